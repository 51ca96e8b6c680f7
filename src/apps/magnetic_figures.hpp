#pragma once
#include <vector>

#include "statics_figures.hpp"

/// \file
/// Pictures of the block `magnetism` of properties.

namespace kamacite::apps {

/// Short vertical lines of ± one standard error, of the colour of their series.
[[nodiscard]] report::Series error_bars(std::vector<double> const& x, std::vector<double> const& y,
                                        std::vector<double> const& error, int colour);

/// Moments against lattice constant and temperature, U₄, M(T) and heat capacity of the spins: those
/// that were computed. For bcc iron with values from elsewhere, whose source the captions name.
[[nodiscard]] std::vector<report::Plot> magnetic_plots(StaticsFiles const& files);

}  // namespace kamacite::apps

#pragma once
#include <vector>

#include "statics_figures.hpp"

/// \file
/// Pictures of the block `resistivity` of properties.

namespace kamacite::apps {

/// The resistivity and its parts against temperature, against the lattice constant if there are
/// several, and the thermal conductivity; for bcc iron with measured values, whose source the
/// captions name. Nothing if it was not computed.
[[nodiscard]] std::vector<report::Plot> resistivity_plots(StaticsFiles const& files);

}  // namespace kamacite::apps

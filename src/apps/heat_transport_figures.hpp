#pragma once
#include <vector>

#include "statics_figures.hpp"

/// \file
/// Pictures of the block `heat_transport` of properties.

namespace kamacite::apps {

/// The conductivity of the lattice as it comes about with time, its spectrum if it was found by
/// fluctuations, and against temperature if there are several. Nothing if it was not computed.
[[nodiscard]] std::vector<report::Plot> heat_transport_plots(StaticsFiles const& files);

}  // namespace kamacite::apps

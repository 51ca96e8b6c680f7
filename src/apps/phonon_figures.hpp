#pragma once
#include <utility>
#include <vector>

#include "statics_figures.hpp"

namespace kamacite::apps {

/// What a report shows of vibrations, with the numbers of each picture: bands, density of states,
/// heat capacity, thermal expansion, Grüneisen parameters; what was not computed is left out. For
/// bcc iron the bands have measured frequencies beside them.
[[nodiscard]] std::vector<std::pair<report::Plot, report::CsvTable>> phonon_plots(
    StaticsFiles const& files);

}  // namespace kamacite::apps

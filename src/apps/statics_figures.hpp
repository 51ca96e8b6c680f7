#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "kamacite/report/page.hpp"
#include "kamacite/report/plot.hpp"

/// \file
/// What a report shows of a directory that properties wrote.

namespace kamacite::apps {

/// A directory that properties wrote.
struct StaticsFiles {
    std::string name;                                ///< of the directory
    nlohmann::ordered_json properties;               ///< properties.json
    std::map<std::string, report::CsvTable> curves;  ///< energy_volume, bain
};

/// "bcc Fe".
[[nodiscard]] std::string crystal_of(StaticsFiles const& files);

/// One row per property: value, spread of the members, numerical error, largest extrapolation.
[[nodiscard]] report::Table statics_table(StaticsFiles const& files);

/// Energies against volume of every member, above its own minimum.
[[nodiscard]] report::Plot statics_energy_plot(StaticsFiles const& files);

/// The Bain path at one volume and relaxed, with a band of ± the spread; nothing if it was not
/// computed.
[[nodiscard]] std::optional<report::Plot> statics_bain_plot(StaticsFiles const& files);

}  // namespace kamacite::apps

#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "kamacite/report/page.hpp"
#include "kamacite/report/plot.hpp"

/// \file
/// What a report shows of a directory that properties wrote.

namespace kamacite::apps {

/// A directory that properties wrote.
struct StaticsFiles {
    std::string name;                                ///< of the directory
    nlohmann::ordered_json properties;               ///< properties.json
    std::map<std::string, report::CsvTable> curves;  ///< by name of file
};

/// Id of a plot of a directory: letters, digits, '_'.
[[nodiscard]] std::string id_of(StaticsFiles const& files, std::string const& what);

/// "bcc Fe".
[[nodiscard]] std::string crystal_of(StaticsFiles const& files);

/// A curve by the name of its file; none if it was not computed.
[[nodiscard]] report::CsvTable const* curve_of(StaticsFiles const& files, std::string const& name);

/// Rows of a table that follow each other.
struct Stretch {
    std::size_t begin, end;

    /// Their numbers in a column.
    [[nodiscard]] std::vector<double> of(std::vector<double> const& column) const {
        return {column.begin() + static_cast<std::ptrdiff_t>(begin),
                column.begin() + static_cast<std::ptrdiff_t>(end)};
    }
};

/// The stretches over which a column has one value, in order.
template <class T>
[[nodiscard]] std::vector<Stretch> stretches_of(std::vector<T> const& column) {
    std::vector<Stretch> all;
    for (std::size_t begin = 0; begin < column.size(); begin = all.back().end) {
        auto end = begin + 1;
        while (end < column.size() && column[end] == column[begin]) ++end;
        all.push_back({begin, end});
    }
    return all;
}

/// Adds dashed lines of ± `spread` about a curve, of its colour.
void add_band(report::Plot& plot, std::vector<double> const& x, std::vector<double> const& mean,
              std::vector<double> const& spread, int colour);

/// One row per property: value, spread of the members, numerical error, largest extrapolation.
[[nodiscard]] report::Table statics_table(StaticsFiles const& files);

/// Energies against volume of every member, above its own minimum.
[[nodiscard]] report::Plot statics_energy_plot(StaticsFiles const& files);

/// The Bain path at one volume and relaxed, with a band of ± the spread; nothing if it was not
/// computed.
[[nodiscard]] std::optional<report::Plot> statics_bain_plot(StaticsFiles const& files);

/// γ(u) of all lines of stacking faults, relaxed, with a band of ± the spread; nothing if none was
/// computed.
[[nodiscard]] std::optional<report::Plot> statics_fault_plot(StaticsFiles const& files);

/// The curves of statics_fault_plot() in one table; empty without any.
[[nodiscard]] report::CsvTable statics_fault_table(StaticsFiles const& files);

/// What properties cannot know, whatever the model, in sentences.
[[nodiscard]] std::vector<std::string> limits_of(std::vector<StaticsFiles> const& all);

}  // namespace kamacite::apps

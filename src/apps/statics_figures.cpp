#include "statics_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "figures.hpp"
#include "statics_tasks.hpp"

namespace kamacite::apps {
namespace {

using report::Series;

std::string or_dash(nlohmann::ordered_json const& entry, char const* key) {
    auto const found = entry.find(key);
    if (found == entry.end() || !found->is_number() || found->get<double>() == 0.0) return "–";
    return rounded(found->get<double>());
}

}  // namespace

std::string id_of(StaticsFiles const& files, std::string const& what) {
    auto id = files.name + "_" + what;
    for (char& c : id)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    return id;
}

std::string crystal_of(StaticsFiles const& files) {
    return fmt::format("{} {}", files.properties.value("lattice", "?"),
                       files.properties.value("element", "?"));
}

report::CsvTable const* curve_of(StaticsFiles const& files, std::string const& name) {
    auto const found = files.curves.find(name);
    return found == files.curves.end() ? nullptr : &found->second;
}

void add_band(report::Plot& plot, std::vector<double> const& x, std::vector<double> const& mean,
              std::vector<double> const& spread, int colour) {
    for (double const sign : {1.0, -1.0}) {
        auto edge = mean;
        for (std::size_t k = 0; k < edge.size(); ++k) edge[k] += sign * spread[k];
        plot.series.push_back({"", x, edge, Series::Style::dashed, colour});
    }
}

report::Table statics_table(StaticsFiles const& files) {
    using Align = report::Table::Align;
    report::Table table{{{"property", Align::left},
                         {"value"},
                         {"unit", Align::left},
                         {"spread of members"},
                         {"numerical error"},
                         {"largest extrapolation"},
                         {"largest grade"}},
                        {},
                        ""};
    for (auto const& [name, entry] : files.properties.at("properties").items()) {
        auto shown = name;
        std::replace(shown.begin(), shown.end(), '_', ' ');
        double const value =
            entry.at("value").is_number() ? entry.at("value").get<double>() : std::nan("");
        table.rows.push_back({shown, std::isfinite(value) ? fmt::format("{:.5g}", value) : "–",
                              entry.value("unit", ""), or_dash(entry, "spread"),
                              or_dash(entry, "error"), or_dash(entry, "extrapolation"),
                              or_dash(entry, "grade")});
    }
    table.caption = fmt::format(
        "{} by {} model(s): {}. Surfaces in J/m², point defects in a supercell of fixed size.",
        crystal_of(files), files.properties.value("members", 1),
        files.properties.value("model", ""));
    return table;
}

report::Plot statics_energy_plot(StaticsFiles const& files) {
    auto const& table = files.curves.at("energy_volume");
    auto const member = table.numbers("member");
    auto const volume = table.numbers("volume");
    auto const energy = table.numbers("energy");
    report::Plot plot;
    plot.id = id_of(files, "energy_volume");
    plot.x.label = "volume / Å³ per atom";
    plot.y.label = "energy above the minimum / meV per atom";
    for (auto const& rows : stretches_of(member)) {
        auto above = rows.of(energy);
        double const low = *std::min_element(above.begin(), above.end());
        for (double& e : above) e = (e - low) * 1e3;
        plot.series.push_back({fmt::format("member {:.0f}", member[rows.begin]), rows.of(volume),
                               std::move(above), Series::Style::line});
    }
    if (plot.series.size() == 1) plot.series.front().name = "model";
    plot.caption = fmt::format(
        "Energy of {} against volume: what the equation of state is fitted to.", crystal_of(files));
    return plot;
}

std::optional<report::Plot> statics_bain_plot(StaticsFiles const& files) {
    auto const* const found = curve_of(files, "bain");
    if (found == nullptr) return {};
    auto const& table = *found;
    auto const ratio = table.numbers("c/a");
    report::Plot plot;
    plot.id = id_of(files, "bain");
    plot.x.label = "c/a";
    plot.y.label = "energy above bcc / meV per atom";
    int colour = 0;
    for (auto const* where : {"at the volume of bcc", "at the best volume"}) {
        auto const mean = table.numbers(fmt::format("energy {}", where));
        auto const spread = table.numbers(fmt::format("spread {}", where));
        plot.series.push_back({where, ratio, mean, Series::Style::line, colour});
        add_band(plot, ratio, mean, spread, colour);
        ++colour;
    }
    plot.marks = {{1.0, "bcc"}, {std::sqrt(2.0), "fcc"}};
    plot.caption =
        "Bain path from bcc to fcc, at one volume and each at its best; dashed: ± the spread of "
        "the members, if there are several.";
    return plot;
}

std::optional<report::Plot> statics_fault_plot(StaticsFiles const& files) {
    report::Plot plot;
    plot.id = id_of(files, "faults");
    plot.x.label = "shift / period";
    plot.y.label = "energy of the fault / J m⁻²";
    int colour = 0;
    for (auto const& [name, table] : files.curves) {
        if (!name.starts_with(fault_prefix)) continue;
        auto line = name.substr(std::string_view{fault_prefix}.size());
        std::replace(line.begin(), line.end(), '_', ' ');
        auto const shift = table.numbers("shift/period");
        auto const mean = table.numbers("energy relaxed");
        plot.series.push_back({line, shift, mean, Series::Style::line, colour});
        add_band(plot, shift, mean, table.numbers("spread relaxed"), colour);
        ++colour;
    }
    if (plot.series.empty()) return {};
    plot.caption =
        "Generalised stacking faults: one half of the crystal shifted against the other in a "
        "plane, "
        "along a direction, relaxed along the normal; dashed: ± the spread of the members.";
    return plot;
}

report::CsvTable statics_fault_table(StaticsFiles const& files) {
    report::CsvTable all;
    for (auto const& [name, table] : files.curves) {
        if (!name.starts_with(fault_prefix)) continue;
        if (all.columns.empty()) all.add("shift/period", table.numbers("shift/period"));
        all.add(name + " [J/m^2]", table.numbers("energy relaxed"));
    }
    return all;
}

std::vector<std::string> limits_of(std::vector<StaticsFiles> const& all) {
    auto const some_have = [&](char const* curve) {
        return std::any_of(all.begin(), all.end(),
                           [&](auto const& files) { return files.curves.contains(curve); });
    };
    std::vector<std::string> items;
    if (some_have("phonon_bands"))
        items.push_back(
            "Phonons and thermal expansion are of the energies that the model was trained on: of "
            "ferromagnetic data they do not have the softening near the Curie temperature.");
    if (some_have("moment_temperature"))
        items.push_back(
            "m(T) is the length of the moments of vibrating atoms in the magnetic order of the "
            "training data; that the order itself is lost is in M(T) alone.");
    if (some_have("magnetisation"))
        items.push_back(
            "M(T) is of an exchange that was given, of rigid sites, not of the model: vibrations "
            "would lower the Curie temperature.");
    if (some_have("heat_conductivity"))
        items.push_back(
            "The conductivity of the lattice is of classical vibrations that meet each other "
            "alone: "
            "of a metal it is an upper bound, as electrons and spins scatter them too, and below "
            "the Debye temperature it has the heat capacity of classical atoms.");
    if (some_have("resistivity"))
        items.push_back(
            "Resistivity is a baseline: vibrations and disorder of spins with given strengths, "
            "added up. Iron's own is up to a fifth above it between 400 and 800 K. The thermal "
            "conductivity is that of electrons by Wiedemann and Franz; vibrations and spins "
            "conduct some 10 W/m/K more, unless a table of it was given.");
    return items;
}

}  // namespace kamacite::apps

#include "statics_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "figures.hpp"

namespace kamacite::apps {
namespace {

using report::Series;

std::string id_of(StaticsFiles const& files, std::string const& what) {
    auto id = files.name + "_" + what;
    for (char& c : id)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    return id;
}

std::string or_dash(nlohmann::ordered_json const& entry, char const* key) {
    auto const found = entry.find(key);
    if (found == entry.end() || !found->is_number() || found->get<double>() == 0.0) return "–";
    return rounded(found->get<double>());
}

}  // namespace

std::string crystal_of(StaticsFiles const& files) {
    return fmt::format("{} {}", files.properties.value("lattice", "?"),
                       files.properties.value("element", "?"));
}

report::Table statics_table(StaticsFiles const& files) {
    using Align = report::Table::Align;
    report::Table table{{{"property", Align::left},
                         {"value"},
                         {"unit", Align::left},
                         {"spread of members"},
                         {"numerical error"},
                         {"largest extrapolation"}},
                        {},
                        ""};
    for (auto const& [name, entry] : files.properties.at("properties").items()) {
        auto shown = name;
        std::replace(shown.begin(), shown.end(), '_', ' ');
        double const value =
            entry.at("value").is_number() ? entry.at("value").get<double>() : std::nan("");
        table.rows.push_back({shown, std::isfinite(value) ? fmt::format("{:.5g}", value) : "–",
                              entry.value("unit", ""), or_dash(entry, "spread"),
                              or_dash(entry, "error"), or_dash(entry, "extrapolation")});
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
    for (std::size_t begin = 0; begin < member.size();) {
        std::size_t end = begin;
        while (end < member.size() && member[end] == member[begin]) ++end;
        auto const first = static_cast<std::ptrdiff_t>(begin),
                   last = static_cast<std::ptrdiff_t>(end);
        double const low = *std::min_element(energy.begin() + first, energy.begin() + last);
        Series series{fmt::format("member {:.0f}", member[begin]), {}, {}, Series::Style::line};
        for (std::size_t k = begin; k < end; ++k) {
            series.x.push_back(volume[k]);
            series.y.push_back((energy[k] - low) * 1e3);
        }
        plot.series.push_back(std::move(series));
        begin = end;
    }
    if (plot.series.size() == 1) plot.series.front().name = "model";
    plot.caption = fmt::format(
        "Energy of {} against volume: what the equation of state is fitted to.", crystal_of(files));
    return plot;
}

std::optional<report::Plot> statics_bain_plot(StaticsFiles const& files) {
    auto const found = files.curves.find("bain");
    if (found == files.curves.end()) return {};
    auto const& table = found->second;
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
        for (double const sign : {1.0, -1.0}) {
            auto edge = mean;
            for (std::size_t k = 0; k < edge.size(); ++k) edge[k] += sign * spread[k];
            plot.series.push_back({"", ratio, edge, Series::Style::dashed, colour});
        }
        ++colour;
    }
    plot.marks = {{1.0, "bcc"}, {std::sqrt(2.0), "fcc"}};
    plot.caption =
        "Bain path from bcc to fcc, at one volume and each at its best; dashed: ± the spread of "
        "the members, if there are several.";
    return plot;
}

}  // namespace kamacite::apps

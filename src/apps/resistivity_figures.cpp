#include "resistivity_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace kamacite::apps {
namespace {

using report::CsvTable;
using report::Plot;
using report::Series;

/// Rows of a table at one value of a column.
struct Rows {
    CsvTable const* table;
    std::vector<std::size_t> rows;

    [[nodiscard]] std::vector<double> numbers(char const* column) const {
        auto const all = table->numbers(column);
        std::vector<double> some;
        for (auto const k : rows) some.push_back(all[k]);
        return some;
    }
};

Rows rows_at(CsvTable const& table, char const* column, double value) {
    Rows found{&table, {}};
    auto const all = table.numbers(column);
    for (std::size_t k = 0; k < all.size(); ++k)
        if (all[k] == value) found.rows.push_back(k);
    return found;
}

std::set<double> values_of(CsvTable const& table, char const* column) {
    auto const all = table.numbers(column);
    return {all.begin(), all.end()};
}

bool any_above(std::vector<double> const& values, double bound) {
    return std::any_of(values.begin(), values.end(), [&](double v) { return v > bound; });
}

/// The lattice constant of the table that is nearest to that at rest.
double nearest_to_rest(StaticsFiles const& files, CsvTable const& table) {
    double const rest =
        files.properties.at("properties").at("lattice_constant").value("value", 0.0);
    auto const all = values_of(table, "lattice constant");
    return *std::min_element(all.begin(), all.end(), [&](double a, double b) {
        return std::abs(a - rest) < std::abs(b - rest);
    });
}

Plot resistivity_plot(StaticsFiles const& files, CsvTable const& table) {
    double const a = nearest_to_rest(files, table);
    auto const rows = rows_at(table, "lattice constant", a);
    auto const t = rows.numbers("temperature");
    Plot plot;
    plot.id = id_of(files, "resistivity");
    plot.x.label = "temperature / K";
    plot.y.label = "resistivity / μΩ cm";
    plot.x.low = 0.0;
    plot.y.low = 0.0;
    plot.series.push_back({"total", t, rows.numbers("resistivity"), Series::Style::line, 0});
    if (auto const learned = rows.numbers("corrected"); any_above(learned, 0.0)) {
        plot.series.push_back({"corrected", t, learned, Series::Style::line, 6});
        add_band(plot, t, learned, rows.numbers("corrected error"), 6);
    }
    struct Part {
        char const *column, *name;
        int colour;
    };
    for (auto const& [column, name, colour] :
         {Part{"phonons", "phonons", 1}, Part{"spins", "spin disorder", 2},
          Part{"residual", "residual", 3}, Part{"deviation", "deviation", 4}}) {
        auto const part = rows.numbers(column);
        if (any_above(part, 1e-9))
            plot.series.push_back({name, t, part, Series::Style::dashed, colour});
    }
    plot.caption = fmt::format(
        "Electrical resistivity of {} at a = {:.4f} Å, and its parts. The values at one "
        "temperature (phonons) and without order (spins) were given, not computed.",
        crystal_of(files), a);
    if (crystal_of(files) == "bcc Fe") {
        plot.series.push_back({"measured",
                               {273.15, 373.15, 573.15, 973.15},
                               {8.9, 14.7, 31.5, 85.5},
                               Series::Style::points,
                               5});
        plot.caption +=
            " Measured: iron (pure), mechanical engineers' handbook of the JSME; other tables are "
            "2 to 8 % lower (8.7 at 273 K: Hust and Lankford, NBSIR 84-3007).";
    }
    return plot;
}

Plot against_constant(StaticsFiles const& files, CsvTable const& table) {
    Plot plot;
    plot.id = id_of(files, "resistivity_lattice_constant");
    plot.x.label = "lattice constant / Å";
    plot.y.label = "resistivity / μΩ cm";
    auto const all = values_of(table, "temperature");
    std::vector<double> const temperatures{all.begin(), all.end()};
    std::size_t const step = std::max<std::size_t>(1, (temperatures.size() + 3) / 4);
    int colour = 0;
    for (std::size_t k = temperatures.size(); k > 0; k -= std::min(k, step)) {
        auto const rows = rows_at(table, "temperature", temperatures[k - 1]);
        plot.series.push_back({fmt::format("{:.0f} K", temperatures[k - 1]),
                               rows.numbers("lattice constant"), rows.numbers("resistivity"),
                               Series::Style::line_points, colour++});
    }
    plot.caption =
        "Resistivity against the lattice constant: vibrations soften, and moments grow, in a wider "
        "lattice. M(T)/M(0) is that of the crystal at rest throughout.";
    return plot;
}

constexpr char const* what_the_lattice_is =
    " Lattice: as it was given, dashed ± its error; by a model of ferromagnetic iron it is an "
    "upper "
    "bound, since electrons and spins scatter vibrations and are not in it. The sum has no part of "
    "the spin waves.";

/// κ and its part of the lattice against the lattice constant, at three temperatures.
Plot conductivity_against_constant(StaticsFiles const& files, CsvTable const& table) {
    Plot plot;
    plot.id = id_of(files, "conductivity_lattice_constant");
    plot.x.label = "lattice constant / Å";
    plot.y.label = "thermal conductivity / W/m/K";
    plot.y.low = 0.0;
    // where Wiedemann and Franz hold, at every lattice constant
    auto all = values_of(table, "temperature");
    auto const t_of = table.numbers("temperature"), holds = table.numbers("Wiedemann-Franz holds");
    for (std::size_t k = 0; k < t_of.size(); ++k)
        if (holds[k] == 0.0 && all.size() > 1) all.erase(t_of[k]);
    std::set<double> shown;
    for (double const wanted : {300.0, 600.0, 1000.0})
        shown.insert(*std::min_element(all.begin(), all.end(), [&](double a, double b) {
            return std::abs(a - wanted) < std::abs(b - wanted);
        }));
    int colour = 0;
    for (double const t : shown) {
        auto const rows = rows_at(table, "temperature", t);
        auto const a = rows.numbers("lattice constant"), sum = rows.numbers("conductivity");
        plot.series.push_back(
            {fmt::format("{:.0f} K, sum", t), a, sum, Series::Style::line_points, colour});
        plot.series.push_back({fmt::format("{:.0f} K, lattice", t), a, rows.numbers("lattice"),
                               Series::Style::points, colour});
        add_band(plot, a, sum, rows.numbers("conductivity error"), colour++);
    }
    plot.caption = fmt::format(
        "Thermal conductivity of {} against the lattice constant: electrons by Wiedemann and Franz "
        "and lattice.{}",
        crystal_of(files), what_the_lattice_is);
    return plot;
}

Plot conductivity_plot(StaticsFiles const& files, CsvTable const& table) {
    auto const rows = rows_at(table, "lattice constant", nearest_to_rest(files, table));
    auto const t = rows.numbers("temperature"), electrons = rows.numbers("electrons"),
               holds = rows.numbers("Wiedemann-Franz holds"), lattice = rows.numbers("lattice");
    Plot plot;
    plot.id = id_of(files, "conductivity");
    plot.x.label = "temperature / K";
    plot.y.label = "thermal conductivity / W/m/K";
    plot.x.low = 0.0;
    plot.y.low = 0.0;
    Series inside{"electrons", t, electrons, Series::Style::line, 0},
        outside{"", t, electrons, Series::Style::dashed, 0};
    double highest = 0.0;
    for (std::size_t k = 0; k < t.size(); ++k) {
        if (holds[k] == 0.0) inside.y[k] = std::nan("");
        if (holds[k] != 0.0 && !(k > 0 && holds[k - 1] == 0.0)) outside.y[k] = std::nan("");
        if (holds[k] != 0.0) highest = std::max(highest, electrons[k]);
    }
    plot.series.push_back(std::move(inside));
    plot.series.push_back(std::move(outside));
    if (highest > 0.0) plot.y.high = 2.0 * highest;  // the wrong end does not rule the picture
    plot.caption = fmt::format(
        "Thermal conductivity of {}: that of the electrons by Wiedemann and Franz (dashed: where "
        "it does not hold, and gives too much).",
        crystal_of(files));
    if (any_above(lattice, 0.0)) {
        plot.series.push_back({"lattice", t, lattice, Series::Style::line, 1});
        auto const sum = rows.numbers("conductivity");
        Series certain{"sum", t, sum, Series::Style::line, 2};
        for (std::size_t k = 0; k < t.size(); ++k)
            if (holds[k] == 0.0) certain.y[k] = std::nan("");
        plot.series.push_back(std::move(certain));
        add_band(plot, t, lattice, rows.numbers("lattice error"), 1);
        auto bounds = sum;  // none where the sum is not drawn
        for (std::size_t k = 0; k < t.size(); ++k)
            if (holds[k] == 0.0) bounds[k] = std::nan("");
        add_band(plot, t, bounds, rows.numbers("conductivity error"), 2);
        for (std::size_t k = 0; k < t.size(); ++k)  // the wrong end still does not rule the picture
            if (holds[k] != 0.0 && std::isfinite(sum[k])) highest = std::max(highest, sum[k]);
        if (highest > 0.0) plot.y.high = 1.3 * highest;
        plot.caption += what_the_lattice_is;
    }
    if (crystal_of(files) == "bcc Fe") {
        plot.series.push_back({"measured",
                               {100, 200, 273.15, 400, 600, 800, 1000},
                               {126.1, 91.3, 81.7, 68.4, 53.5, 41.6, 32.6},
                               Series::Style::points,
                               5});
        plot.caption +=
            " Measured: equation of Hust and Lankford, NBSIR 84-3007 (1984), for iron with a "
            "ratio of resistances of 100.";
    }
    return plot;
}

}  // namespace

std::vector<Plot> resistivity_plots(StaticsFiles const& files) {
    auto const* const found = curve_of(files, "resistivity");
    if (found == nullptr) return {};
    auto const& table = *found;
    std::vector<Plot> plots{resistivity_plot(files, table)};
    if (values_of(table, "lattice constant").size() > 1)
        plots.push_back(against_constant(files, table));
    plots.push_back(conductivity_plot(files, table));
    if (values_of(table, "lattice constant").size() > 1 && any_above(table.numbers("lattice"), 0.0))
        plots.push_back(conductivity_against_constant(files, table));
    return plots;
}

}  // namespace kamacite::apps

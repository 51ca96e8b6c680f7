#include "magnetic_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/magnetism/rescaling.hpp"

namespace kamacite::apps {
namespace {

using report::CsvTable;
using report::Plot;
using report::Series;

double value_of(StaticsFiles const& files, std::string const& name, char const* what = "value") {
    auto const& all = files.properties.at("properties");
    auto const found = all.find(name);
    if (found == all.end() || !found->contains(what) || !found->at(what).is_number())
        return std::nan("");
    return found->at(what).get<double>();
}

bool has_number(std::vector<double> const& values) {
    return std::any_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

Plot moment_plot(StaticsFiles const& files, CsvTable const& table) {
    auto const a = table.numbers("lattice constant"), m = table.numbers("moment"),
               spread = table.numbers("spread"), grade = table.numbers("grade");
    Plot plot;
    plot.id = id_of(files, "moment_lattice_constant");
    plot.x.label = "lattice constant / Å";
    plot.y.label = "local moment |m| / μB";
    plot.series.push_back({"model", a, m, Series::Style::line, 0});
    plot.caption =
        fmt::format("Local moment in perfect {} against the lattice constant.", crystal_of(files));
    if (has_number(spread)) {
        add_band(plot, a, m, spread, 0);
        plot.caption += " Dashed: ± the spread of the members.";
    }
    if (has_number(grade)) {
        double top = 0.0;
        for (double const g : grade) top = std::fmax(top, g);
        plot.caption += fmt::format(" Largest extrapolation grade: {:.2g}.", top);
    }
    if (crystal_of(files) == "bcc Fe") {
        // Means over the sphere of VASP, of the equation of state in the set that comes with
        // FitSNAP's example of iron (github.com/FitSNAP/FitSNAP).
        Series dft{"PBE, VASP",
                   {2.606, 2.706, 2.762, 2.805, 2.833, 2.847, 2.861, 2.869, 2.876, 2.890, 2.918,
                    2.961, 3.003, 3.102},
                   {1.684, 1.967, 2.034, 2.098, 2.170, 2.217, 2.245, 2.263, 2.310, 2.361, 2.447,
                    2.570, 2.644, 2.709},
                   Series::Style::points,
                   1};
        plot.series.push_back(std::move(dft));
        plot.x.low = a.front();
        plot.x.high = a.back();
        plot.caption +=
            " Points: ferromagnetic, the set of Nikolov et al., npj Comput. Mater. 7, 153 (2021); "
            "moments of another code are of other spheres.";
    }
    if (double const rest = value_of(files, "lattice_constant");
        rest > a.front() && rest < a.back())
        plot.marks.push_back({rest, "at rest"});
    return plot;
}

Plot thermal_plot(StaticsFiles const& files, CsvTable const& table) {
    auto const t = table.numbers("temperature"), m = table.numbers("moment"),
               error = table.numbers("error");
    Plot plot;
    plot.id = id_of(files, "moment_temperature");
    plot.x.label = "temperature / K";
    plot.y.label = "mean local moment |m| / μB";
    auto const [lowest, highest] = std::minmax_element(m.begin(), m.end());
    plot.y.low = *lowest - 0.05;  // so that noise does not fill the picture
    plot.y.high = *highest + 0.05;
    plot.series.push_back({"model", t, m, Series::Style::line_points, 0});
    plot.series.push_back(error_bars(t, m, error, 0));
    plot.caption = fmt::format(
        "Mean moment of vibrating atoms of {}, in a cell that stays, all spins parallel; bars: "
        "standard error. The loss of order of the spins is not in it.",
        crystal_of(files));
    return plot;
}

Plot binder_plot(StaticsFiles const& files, CsvTable const& table) {
    auto const t = table.numbers("temperature"), spins = table.numbers("spins"),
               u = table.numbers("U4"), error = table.numbers("error");
    Plot plot;
    plot.id = id_of(files, "binder");
    plot.x.label = "temperature / K";
    plot.y.label = "U4 = 1 − <m⁴>/3<m²>²";
    for (auto const& rows : stretches_of(spins)) {
        int const colour = static_cast<int>(plot.series.size() / 2);
        plot.series.push_back({fmt::format("{:.0f} spins", spins[rows.begin]), rows.of(t),
                               rows.of(u), Series::Style::line_points, colour});
        plot.series.push_back(error_bars(rows.of(t), rows.of(u), rows.of(error), colour));
    }
    double const curie = value_of(files, "curie_temperature");
    plot.marks.push_back({curie, "Tc"});
    plot.caption = fmt::format(
        "Binder's ratio of the spins of two sizes: they cross at T_c = {:.0f} ± {:.0f} K "
        "(statistical).",
        curie, value_of(files, "curie_temperature", "error"));
    return plot;
}

Plot magnetisation_plot(StaticsFiles const& files, CsvTable const& table) {
    auto const t = table.numbers("temperature");
    Plot plot;
    plot.id = id_of(files, "magnetisation");
    plot.x.label = "temperature / K";
    plot.y.label = "M/M(0)";
    plot.y.low = 0.0;
    plot.y.high = 1.05;
    plot.x.low = 0.0;
    auto const add = [&](char const* column, char const* name, int colour) {
        auto const m = table.numbers(column);
        if (!has_number(m)) return;
        plot.series.push_back({name, t, m, Series::Style::line_points, colour});
        plot.series.push_back(
            error_bars(t, m, table.numbers(std::string{column} + " error"), colour));
    };
    add("magnetisation", "classical spins", 0);
    add("rescaled", "rescaled", 1);
    plot.caption =
        "Magnetisation of the spins in a cube, which keeps about 1/√N above T_c; bars: standard "
        "error. Classical statistics lose order too early where it is cold; rescaled: at the "
        "temperature where classical spins are as ordered as quantum ones.";
    if (has_number(table.numbers("measured"))) {
        Series measured{"measured", {}, {}, Series::Style::dashed, 2};
        auto const curve = magnetism::kuzmin_iron();
        for (double x = 0.0; x <= curve.curie; x += curve.curie / 400.0) {
            measured.x.push_back(x);
            measured.y.push_back(magnetism::kuzmin(x, curve));
        }
        plot.series.push_back(std::move(measured));
        plot.caption +=
            " Measured: as Kuz'min has put it, Phys. Rev. Lett. 94, 107204 (2005), T_c = 1043 K.";
    }
    return plot;
}

Plot heat_plot(StaticsFiles const& files, CsvTable const& table) {
    auto const t = table.numbers("temperature"), c = table.numbers("heat capacity");
    Plot plot;
    plot.id = id_of(files, "spin_heat_capacity");
    plot.x.label = "temperature / K";
    plot.y.label = "heat capacity / k_B per spin";
    plot.y.low = 0.0;
    plot.series.push_back({"classical spins", t, c, Series::Style::line_points, 0});
    plot.series.push_back(error_bars(t, c, table.numbers("heat capacity error"), 0));
    plot.marks.push_back({value_of(files, "curie_temperature"), "Tc"});
    plot.caption =
        "Heat capacity of the classical spins from the fluctuations of their energy; bars: "
        "standard error. It goes to k_B at 0 K, where that of quantum spins goes to zero.";
    return plot;
}

}  // namespace

Series error_bars(std::vector<double> const& x, std::vector<double> const& y,
                  std::vector<double> const& error, int colour) {
    Series bars{"", {}, {}, Series::Style::line, colour};
    for (std::size_t k = 0; k < x.size(); ++k) {
        bars.x.insert(bars.x.end(), {x[k], x[k], x[k]});
        bars.y.insert(bars.y.end(), {y[k] - error[k], y[k] + error[k], std::nan("")});
    }
    return bars;
}

std::vector<Plot> magnetic_plots(StaticsFiles const& files) {
    std::vector<Plot> plots;
    auto const add = [&](char const* name, Plot (*plot_of)(StaticsFiles const&, CsvTable const&)) {
        if (auto const* table = curve_of(files, name)) plots.push_back(plot_of(files, *table));
    };
    add("moment_lattice_constant", moment_plot);
    add("moment_temperature", thermal_plot);
    add("binder", binder_plot);
    add("magnetisation", magnetisation_plot);
    add("magnetisation", heat_plot);
    return plots;
}

}  // namespace kamacite::apps

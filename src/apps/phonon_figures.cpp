#include "phonon_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace kamacite::apps {
namespace {

using report::Series;

/// A frequency of bcc iron at room temperature from neutron scattering, to ± 0.1 THz.
struct Measured {
    std::string_view point;
    double frequency;  ///< [THz]
};

/// Source: Minkiewicz, Shirane and Nathans, Phys. Rev. 162, 528 (1967); Brockhouse, Abou-Helal and
/// Hallman, Solid State Commun. 5, 211 (1967); Klotz and Braden, Phys. Rev. Lett. 85, 3209 (2000).
constexpr std::array<Measured, 5> neutrons{
    {{"H", 8.56}, {"P", 7.25}, {"N", 4.5}, {"N", 6.45}, {"N", 9.26}}};

/// A curve, and dashed ones a spread above and below if there is one.
void add_curve(report::Plot& plot, report::CsvTable const& table, std::string const& name,
               std::vector<double> const& x, std::string const& column, int colour) {
    auto const mean = table.numbers(column);
    plot.series.push_back({name, x, mean, Series::Style::line, colour});
    if (table.find("spread of " + column) < 0) return;
    add_band(plot, x, mean, table.numbers("spread of " + column), colour);
}

/// Special points of the path; two at one place, where it jumps, share a mark.
std::vector<report::Mark> marks_of(report::CsvTable const& bands) {
    std::vector<report::Mark> marks;
    auto const labels = bands.texts("point");
    auto const along = bands.numbers("along");
    for (std::size_t k = 0; k < labels.size(); ++k) {
        if (labels[k].empty()) continue;
        if (!marks.empty() && marks.back().x == along[k])
            marks.back().label += "|" + labels[k];
        else
            marks.push_back({along[k], labels[k]});
    }
    return marks;
}

report::Plot bands_plot(StaticsFiles const& files, report::CsvTable const& table,
                        std::string const& what, std::string const& label) {
    report::Plot plot;
    plot.id = id_of(files, what == "branch" ? "phonon_bands" : "grueneisen");
    plot.x.label = "wave vector / 1/Å";
    plot.y.label = label;
    auto const along = table.numbers("along");
    plot.x.low = 0.0;
    plot.x.high = along.back();
    for (int b = 1; table.find(fmt::format("{} {}", what, b)) >= 0; ++b)
        add_curve(plot, table, b == 1 ? crystal_of(files) : "", along,
                  fmt::format("{} {}", what, b), 0);
    plot.marks = marks_of(table);
    bool stable = true;  // but for the noise of frequencies that are 0
    for (auto const& series : plot.series)
        for (double const y : series.y) stable = stable && !(y < -1e-2);
    if (stable) plot.y.low = 0.0;
    return plot;
}

report::Plot frequency_plot(StaticsFiles const& files, report::CsvTable const& table) {
    auto plot = bands_plot(files, table, "branch", "frequency / THz");
    plot.caption =
        "Phonons along lines between special points of the Brillouin zone; dashed: ± the spread of "
        "the members. Frequencies below 0 are imaginary.";
    if (files.properties.value("lattice", "") != "bcc" ||
        files.properties.value("element", "") != "Fe")
        return plot;
    Series measured{"neutrons, room temperature", {}, {}, Series::Style::points, 1};
    for (auto const& mark : plot.marks)
        for (auto const& m : neutrons)
            if (mark.label == m.point) {
                measured.x.push_back(mark.x);
                measured.y.push_back(m.frequency);
            }
    plot.series.push_back(std::move(measured));
    plot.caption +=
        " Points: from the literature, ±0.1 THz, at room temperature (Minkiewicz and others 1967; "
        "Brockhouse and others 1967; Klotz and Braden 2000).";
    return plot;
}

report::Plot temperature_plot(StaticsFiles const& files, report::CsvTable const& table,
                              std::string const& column, std::string const& id,
                              std::string const& label, std::string const& name) {
    report::Plot plot;
    plot.id = id_of(files, id);
    plot.x.label = "temperature / K";
    plot.y.label = label;
    add_curve(plot, table, name, table.numbers("temperature"), column, 0);
    return plot;
}

using Plots = std::vector<std::pair<report::Plot, report::CsvTable>>;

/// Conductivity, what modes of which mean free path carry of it, linewidths.
Plots conductivity_plots(StaticsFiles const& files) {
    Plots plots;
    auto const* table = curve_of(files, "phonon_conductivity");
    if (table == nullptr) return plots;
    bool const whole = table->find("conductivity [W/m/K]") >= 0;
    std::string const approximation = "relaxation-time conductivity";
    auto plot = temperature_plot(files, *table, whole ? "conductivity" : approximation,
                                 "phonon_conductivity", "conductivity of phonons / W/m/K",
                                 whole ? "Boltzmann equation" : "relaxation-time approximation");
    if (whole)
        add_curve(plot, *table, "relaxation-time approximation", table->numbers("temperature"),
                  approximation, 1);
    plot.y.low = 0.0;
    plot.caption =
        "Thermal conductivity of phonons that phonons (three at a time) and isotopes scatter: an "
        "upper bound. In a metal electrons scatter them too, and carry most of the heat.";
    plots.emplace_back(std::move(plot), *table);
    if (auto const* paths = curve_of(files, "phonon_mean_free_paths")) {
        report::Plot sum;
        sum.id = id_of(files, "phonon_mean_free_paths");
        sum.x.label = "log₁₀ of the mean free path / nm";
        sum.y.label = "cumulative conductivity / W/m/K";
        auto x = paths->numbers("mean free path");
        for (auto& length : x) length = std::log10(length);
        add_curve(sum, *paths, crystal_of(files), x, "conductivity", 0);
        sum.y.low = 0.0;
        sum.caption =
            "Conductivity, in the relaxation-time approximation, of the modes whose mean free path "
            "is below a length. " +
            paths->comments.front() + ".";
        plots.emplace_back(std::move(sum), *paths);
    }
    if (auto const* modes = curve_of(files, "phonon_modes")) {
        report::Plot widths;
        widths.id = id_of(files, "phonon_linewidths");
        widths.x.label = "frequency / THz";
        widths.y.label = "linewidth / THz";
        widths.series.push_back({crystal_of(files), modes->numbers("frequency"),
                                 modes->numbers("linewidth"), Series::Style::points, 0});
        widths.caption = "Full widths of the phonons at half maximum, of all modes of the mesh.";
        plots.emplace_back(std::move(widths), *modes);
    }
    return plots;
}

}  // namespace

std::vector<std::pair<report::Plot, report::CsvTable>> phonon_plots(StaticsFiles const& files) {
    std::vector<std::pair<report::Plot, report::CsvTable>> plots;
    auto const table_of = [&](char const* name) { return curve_of(files, name); };
    if (auto const* bands = table_of("phonon_bands")) {
        plots.emplace_back(frequency_plot(files, *bands), *bands);
        auto gamma = bands_plot(files, *bands, "Grueneisen", "Grüneisen parameter");
        gamma.caption =
            "Mode Grüneisen parameters −∂ln ω/∂ln V along the same lines, from volumes 1 % smaller "
            "and larger.";
        plots.emplace_back(std::move(gamma), *bands);
    }
    if (auto const* dos = table_of("phonon_dos")) {
        report::Plot plot;
        plot.id = id_of(files, "phonon_dos");
        plot.x.label = "frequency / THz";
        plot.y.label = "vibrations per THz and atom";
        add_curve(plot, *dos, crystal_of(files), dos->numbers("frequency"), "density", 0);
        plot.caption = "Density of states of the phonons, by linear tetrahedra.";
        plots.emplace_back(std::move(plot), *dos);
    }
    if (auto const* table = table_of("phonon_thermodynamics")) {
        auto plot = temperature_plot(files, *table, "heat capacity", "heat_capacity",
                                     "heat capacity / k_B per atom", "constant volume, harmonic");
        auto const* expansion = table_of("thermal_expansion");
        if (expansion != nullptr)
            add_curve(plot, *expansion, "constant pressure, quasi-harmonic",
                      expansion->numbers("temperature"), "heat capacity", 1);
        plot.caption =
            "Heat capacity of the vibrations alone: that of electrons and of magnetic moments, "
            "which dominates near the Curie temperature, is not in it.";
        plots.emplace_back(std::move(plot), *table);
        if (expansion != nullptr) {
            auto growth =
                temperature_plot(files, *expansion, "linear expansion", "thermal_expansion",
                                 "linear expansion / 10⁻⁶/K", "quasi-harmonic");
            growth.caption = "Thermal expansion at no pressure, quasi-harmonic.";
            plots.emplace_back(std::move(growth), *expansion);
        }
    }
    for (auto& plot : conductivity_plots(files)) plots.push_back(std::move(plot));
    return plots;
}

}  // namespace kamacite::apps

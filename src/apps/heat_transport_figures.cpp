#include "heat_transport_figures.hpp"

#include <fmt/format.h>

#include <set>

namespace kamacite::apps {
namespace {

using report::CsvTable;
using report::Plot;
using report::Series;

/// Names of the rows at one place of a table, in its order: "300 K", with field and lattice
/// constant where there are several.
std::vector<std::string> labels_of(CsvTable const& table) {
    auto const t = table.numbers("temperature"), a = table.numbers("lattice constant");
    bool const fields = table.find("field") >= 0;
    auto const f = fields ? table.numbers("field") : std::vector<double>(t.size(), 0.0);
    bool const several = std::set<double>(a.begin(), a.end()).size() > 1;
    std::vector<std::string> labels;
    for (std::size_t k = 0; k < t.size(); ++k) {
        auto label = fmt::format("{:.0f} K", t[k]);
        if (several) label += fmt::format(", {:.3f} Å", a[k]);
        if (f[k] > 0.0) label += fmt::format(", {:.2g} /Å", f[k]);
        labels.push_back(std::move(label));
    }
    return labels;
}

Plot running_plot(StaticsFiles const& files, CsvTable const& table) {
    bool const driven = files.curves.contains("heat_fields");
    auto const time = table.numbers("time"), kappa = table.numbers("conductivity"),
               error = table.numbers("error");
    Plot plot;
    plot.id = id_of(files, "heat_running");
    plot.x.label = driven ? "time / ps" : "correlation time / ps";
    plot.y.label = "lattice conductivity / W/m/K";
    int colour = 0;
    auto const labels = labels_of(table);
    for (auto const& rows : stretches_of(labels)) {
        auto const t = rows.of(time), k = rows.of(kappa);
        plot.series.push_back({labels[rows.begin], t, k, Series::Style::line, colour});
        add_band(plot, t, k, rows.of(error), colour++);
    }
    plot.caption = driven
                       ? "Conductivity of the lattice: mean answer of the heat flux to a field, so "
                         "far. Dashed: ± the standard error, from the scatter of the runs."
                       : "Conductivity of the lattice: integral of the autocorrelation of the heat "
                         "flux up to a time. Dashed: ± the standard error. The value of the table "
                         "is that of the spectrum at zero frequency.";
    return plot;
}

Plot spectrum_plot(StaticsFiles const& files, CsvTable const& table) {
    auto const frequency = table.numbers("frequency"), raw = table.numbers("periodogram"),
               smooth = table.numbers("spectrum");
    Plot plot;
    plot.id = id_of(files, "heat_spectrum");
    plot.x.label = "frequency / THz";
    plot.y.label = "spectrum of the heat flux / W/m/K";
    plot.y.scale = report::Axis::Scale::logarithmic;
    int colour = 0;
    auto const labels = labels_of(table);
    for (auto const& rows : stretches_of(labels)) {
        auto const f = rows.of(frequency);
        plot.series.push_back({"", f, rows.of(raw), Series::Style::points, colour});
        plot.series.push_back(
            {labels[rows.begin], f, rows.of(smooth), Series::Style::line, colour++});
    }
    plot.caption =
        "Power spectrum of the heat flux, in units of conductivity, which it is at zero frequency: "
        "mean of the runs and axes (points) and its cepstral analysis (lines).";
    return plot;
}

Plot temperature_plot(StaticsFiles const& files, CsvTable const& table) {
    auto const t = table.numbers("temperature"), kappa = table.numbers("conductivity"),
               error = table.numbers("error"), a = table.numbers("lattice constant");
    Plot plot;
    plot.id = id_of(files, "heat_conductivity");
    plot.x.label = "temperature / K";
    plot.y.label = "lattice conductivity / W/m/K";
    plot.y.low = 0.0;
    int colour = 0;
    for (auto const& rows : stretches_of(a)) {
        auto const x = rows.of(t), y = rows.of(kappa);
        plot.series.push_back(
            {fmt::format("a = {:.4f} Å", a[rows.begin]), x, y, Series::Style::line_points, colour});
        add_band(plot, x, y, rows.of(error), colour++);
    }
    plot.caption = fmt::format(
        "Conductivity of the lattice of {}, of classical vibrations that are scattered by each "
        "other alone. Dashed: ± the standard error.",
        crystal_of(files));
    return plot;
}

}  // namespace

std::vector<Plot> heat_transport_plots(StaticsFiles const& files) {
    std::vector<Plot> plots;
    if (auto const* running = curve_of(files, "heat_running"))
        plots.push_back(running_plot(files, *running));
    if (auto const* spectrum = curve_of(files, "heat_spectrum"))
        plots.push_back(spectrum_plot(files, *spectrum));
    auto const* points = curve_of(files, "heat_conductivity");
    if (points == nullptr) return plots;
    auto const t = points->numbers("temperature");
    if (std::set<double>(t.begin(), t.end()).size() > 1)
        plots.push_back(temperature_plot(files, *points));
    return plots;
}

}  // namespace kamacite::apps

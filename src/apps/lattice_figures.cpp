#include "lattice_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kamacite/core/element.hpp"
#include "kamacite/core/units.hpp"

namespace kamacite::apps {

using properties::Lattice;
using properties::VolumePoint;
using report::Series;

namespace {

/// The model's curve: solid where descriptors are inside the range of the training set, dashed
/// where they are not. Both share the points at which they meet.
template <typename Value>
void add_model(report::Plot& plot, LatticeCurve const& curve, Value const& value_of) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    Series inside{
        std::string{properties::name_of(curve.lattice)} + ", model", {}, {}, Series::Style::line};
    Series outside{"", {}, {}, Series::Style::dashed};
    inside.colour = outside.colour = static_cast<int>(curve.lattice);
    auto const is_outside = [&](std::size_t i) { return curve.extrapolation[i] > 0.0; };
    for (std::size_t i = 0; i < curve.model.size(); ++i) {
        double const x = curve.model[i].volume;
        double const y = value_of(curve.model[i]);
        bool const beside =
            (i > 0 && !is_outside(i - 1)) || (i + 1 < curve.model.size() && !is_outside(i + 1));
        inside.x.push_back(x);
        inside.y.push_back(is_outside(i) && !beside ? nan : y);
        outside.x.push_back(x);
        outside.y.push_back(is_outside(i) ? y : nan);
    }
    plot.series.push_back(std::move(inside));
    plot.series.push_back(std::move(outside));
}

/// Which curves come from a file of predictions, not from the model here.
std::string origin_text(std::span<LatticeCurve const> curves) {
    std::string names;
    for (auto const& curve : curves)
        if (curve.stored)
            names += (names.empty() ? "" : ", ") + std::string{properties::name_of(curve.lattice)};
    return names.empty() ? "" : " Stored predictions: " + names + ".";
}

std::string with_error(properties::Estimate const& e, int digits, double factor = 1.0) {
    return fmt::format("{:.{}f} ± {:.{}f}", e.value / factor, digits, e.error / factor, digits);
}

}  // namespace

report::Plot energy_plot(std::span<LatticeCurve const> curves) {
    report::Plot plot;
    plot.id = "energy_volume";
    plot.x.label = "volume / Å³ per atom";
    plot.y.label = "energy above bcc minimum / meV per atom";
    // The model and DFT are counted from their own bcc minimum, so that curvatures can be compared.
    auto const lowest_of = [](std::vector<VolumePoint> const& points) {
        double low = std::numeric_limits<double>::quiet_NaN();
        for (auto const& p : points) low = std::isnan(low) ? p.energy : std::min(low, p.energy);
        return low;
    };
    double const model_zero = lowest_of(curves.front().model);
    double dft_zero = lowest_of(curves.front().dft);
    bool const own_zero = !std::isnan(dft_zero);
    double top = 0.0;
    for (auto const& curve : curves) {
        top = std::max(top, (lowest_of(curve.model) - model_zero) * 1e3);
        add_model(plot, curve, [&](VolumePoint const& p) { return (p.energy - model_zero) * 1e3; });
    }
    for (auto const& curve : curves) {
        Series points{std::string{properties::name_of(curve.lattice)} + ", DFT",
                      {},
                      {},
                      Series::Style::points};
        points.colour = static_cast<int>(curve.lattice);
        for (auto const& p : curve.dft) {
            points.x.push_back(p.volume);
            points.y.push_back((p.energy - (own_zero ? dft_zero : model_zero)) * 1e3);
        }
        if (!points.x.empty()) plot.series.push_back(std::move(points));
    }
    plot.y.low = -40.0;
    plot.y.high = std::max(500.0, 2.0 * top);
    plot.x.low = curves.front().model.front().volume;
    plot.x.high = curves.front().model.back().volume;
    plot.caption =
        "Energy of perfect lattices; lines: model (dashed: outside the range of the training set), "
        "points: DFT of all sides of the split; each counted from its own lowest bcc energy. hcp "
        "at ideal c/a in the model. Several points at one volume are different magnetic solutions.";
    plot.caption += origin_text(curves);
    return plot;
}

std::optional<report::Plot> moment_plot(std::span<LatticeCurve const> curves) {
    report::Plot plot;
    plot.id = "moment_volume";
    plot.x.label = "volume / Å³ per atom";
    plot.y.label = "local moment |m| / μB";
    plot.y.low = 0.0;
    bool any = false;
    for (auto const& curve : curves) {
        add_model(plot, curve, [&](VolumePoint const& p) {
            any = any || !std::isnan(p.moment);
            return p.moment;
        });
        Series points{std::string{properties::name_of(curve.lattice)} + ", DFT",
                      {},
                      {},
                      Series::Style::points};
        points.colour = static_cast<int>(curve.lattice);
        for (auto const& p : curve.dft) {
            if (std::isnan(p.moment)) continue;
            points.x.push_back(p.volume);
            points.y.push_back(p.moment);
        }
        if (!points.x.empty()) plot.series.push_back(std::move(points));
    }
    plot.x.low = curves.front().model.front().volume;
    plot.x.high = curves.front().model.back().volume;
    plot.caption =
        "Local magnetic moment in perfect lattices; lines: model (dashed: outside the range of the "
        "training set), points: DFT of all sides of the split. The model gives one moment per "
        "structure: of two magnetic solutions it can follow one.";
    if (!any) return {};
    return plot;
}

report::Plot bain_plot(BainPath const& path) {
    report::Plot plot;
    plot.id = "bain_path";
    plot.x.label = "c/a";
    plot.y.label = "energy above bcc / meV per atom";
    // The model's path leaves the range of any data at its ends; the picture does not follow it.
    double top = 0.0;
    for (auto const& p : path.dft) top = std::max(top, p.energy * 1e3);
    double const nan = std::numeric_limits<double>::quiet_NaN();
    Series inside{"model", {}, {}, Series::Style::line};
    Series outside{"", {}, {}, Series::Style::dashed};
    inside.colour = outside.colour = 0;
    for (std::size_t i = 0; i < path.model.size(); ++i) {
        auto const& p = path.model[i];
        auto const is_inside = [&](std::size_t k) {
            return k < path.model.size() && path.model[k].extrapolation <= 0.0;
        };
        bool const beside = is_inside(i) || is_inside(i + 1) || (i > 0 && is_inside(i - 1));
        for (auto* series : {&inside, &outside}) series->x.push_back(p.ratio);
        inside.y.push_back(beside ? p.energy * 1e3 : nan);
        outside.y.push_back(is_inside(i) ? nan : p.energy * 1e3);
    }
    plot.series = {std::move(inside), std::move(outside)};
    if (!path.dft.empty()) {
        plot.y.low = -0.25 * top;
        plot.y.high = 2.0 * top;
    }
    Series points{"DFT of the data", {}, {}, Series::Style::points};
    points.colour = 1;
    for (auto const& p : path.dft) {
        points.x.push_back(p.ratio);
        points.y.push_back(p.energy * 1e3);
    }
    if (!points.x.empty()) plot.series.push_back(std::move(points));
    plot.caption = fmt::format(
        "Tetragonal (Bain) path at {:.2f} Å³ per atom, {}: c/a = 1 is bcc, √2 is fcc. Model and "
        "DFT "
        "are counted from their own bcc at this volume; dashed: outside the range of the training "
        "set.",
        path.volume,
        path.dft.empty() ? "the volume of the model's bcc minimum"
                         : "the volume of the data's own");
    return plot;
}

report::Table equilibrium_table(std::span<LatticeCurve const> curves, int element) {
    using Align = report::Table::Align;
    report::Table table;
    table.columns = {{"lattice", Align::left},
                     {"source", Align::left},
                     {"a / Å"},
                     {"V₀ / Å³"},
                     {"B / GPa"},
                     {"B′"},
                     {"E − E(bcc) / meV"},
                     {"points"},
                     {"range of V / Å³"}};
    auto const row = [&](LatticeCurve const& curve, std::string const& source,
                         std::optional<properties::EquationOfState> const& fit,
                         std::optional<properties::EquationOfState> const& bcc) {
        auto const name = properties::name_of(curve.lattice);
        if (!fit) {
            table.rows.push_back(
                {std::string{name}, source, "–", "–", "–", "–", "–", "–", "no fit"});
            return;
        }
        auto const a = properties::lattice_constant(curve.lattice, fit->volume);
        table.rows.push_back(
            {std::string{name}, source, with_error(a, 4), with_error(fit->volume, 3),
             with_error(fit->bulk, 1, units::GPa), with_error(fit->derivative, 1),
             bcc ? fmt::format("{:.1f}", (fit->energy.value - bcc->energy.value) * 1e3) : "–",
             std::to_string(fit->points),
             fmt::format("{:.2f} – {:.2f}", fit->lowest_volume, fit->highest_volume)});
    };
    for (auto const& curve : curves) {
        row(curve, "model", curve.model_fit, curves.front().model_fit);
        if (!curve.dft.empty())
            row(curve, "DFT of the data", curve.dft_fit, curves.front().dft_fit);
        if (curve.lattice == Lattice::bcc && element == 26)
            table.rows.push_back({"bcc", "PBE, converged", "2.834", "11.384", "197", "–", "–", "14",
                                  "11.04 – 11.94"});
    }
    table.caption = fmt::format(
        "{}. Birch–Murnaghan fits of the points within 6 % (2 % in a) of the lowest energy's "
        "volume; "
        "± one standard error of the fit, which does not know the error of the model. hcp: a at "
        "ideal c/a.",
        symbol_of(element));
    if (element == 26)  // pot_testing/REF_DATA/eos_dft.csv there, fitted by the same equation
        table.caption +=
            " PBE, converged: ferromagnetic, 90 Ry, as fitted to the curve in Zhang's "
            "Potential_benchmark_iron (github.com/leiapple). B of iron depends on cutoff, k-mesh, "
            "pseudopotential and range: hold the model's against that of its own data.";
    return table;
}

report::CsvTable points_table(std::span<LatticeCurve const> curves) {
    std::vector<std::string> source, lattice;
    std::vector<double> volume, energy, pressure, moment, extrapolation;
    auto const add = [&](LatticeCurve const& curve, char const* from, VolumePoint const& p,
                         double outside) {
        source.emplace_back(from);
        lattice.emplace_back(properties::name_of(curve.lattice));
        volume.push_back(p.volume);
        energy.push_back(p.energy);
        pressure.push_back(p.pressure / units::GPa);
        moment.push_back(p.moment);
        extrapolation.push_back(outside);
    };
    for (auto const& curve : curves) {
        for (std::size_t i = 0; i < curve.model.size(); ++i)
            add(curve, "model", curve.model[i], curve.extrapolation[i]);
        for (auto const& p : curve.dft)
            add(curve, "dft", p, std::numeric_limits<double>::quiet_NaN());
    }
    report::CsvTable table;
    table.add("source", source);
    table.add("lattice", lattice);
    table.add("volume [angstrom^3/atom]", volume);
    table.add("energy [eV/atom]", energy);
    table.add("pressure [GPa]", pressure);
    table.add("moment [muB]", moment);
    table.add("extrapolation [1]", extrapolation);
    return table;
}

std::string volumes_inside(LatticeCurve const& curve) {
    std::string text;
    for (std::size_t i = 0; i < curve.model.size(); ++i) {
        if (curve.extrapolation[i] > 0.0) continue;
        auto const first = i;
        while (i + 1 < curve.model.size() && curve.extrapolation[i + 1] <= 0.0) ++i;
        text += fmt::format("{}{:.2f} – {:.2f}", text.empty() ? "" : ", ",
                            curve.model[first].volume, curve.model[i].volume);
    }
    return text;
}

bool is_usual(properties::EquationOfState const& fit) {
    return fit.derivative.value >= 2.0 && fit.derivative.value <= 10.0;
}

}  // namespace kamacite::apps

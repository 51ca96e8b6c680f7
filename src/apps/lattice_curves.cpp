#include "lattice_curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"

namespace kamacite::apps {
namespace {

using properties::Lattice;
using properties::VolumePoint;
using report::Series;

constexpr int iron = 26;

/// Distances [in units of the smallest] of an atom's neighbours up to 1.71, in order.
std::vector<double> shells_of(NeighboursOfAtom const& list, double nearest) {
    std::vector<double> shells;
    for (double const d : list.distance)
        if (d < 1.71 * nearest) shells.push_back(d / nearest);
    std::sort(shells.begin(), shells.end());
    return shells;
}

std::optional<Lattice> lattice_of(std::vector<double> const& shells) {
    auto const all_at = [&](std::size_t begin, std::size_t end, double distance, double tolerance) {
        return std::all_of(shells.begin() + static_cast<std::ptrdiff_t>(begin),
                           shells.begin() + static_cast<std::ptrdiff_t>(end),
                           [&](double d) { return std::abs(d / distance - 1.0) < tolerance; });
    };
    // bcc: 8 at 1, 6 at 2/√3, 12 at √(8/3); fcc: 12 at 1, 6 at √2; hcp: 12, 6 at √2, 2 at √(8/3).
    if (shells.size() == 26 && all_at(0, 8, 1.0, 1e-3) && all_at(8, 14, 2.0 / std::sqrt(3.0), 1e-3))
        return Lattice::bcc;
    if (shells.size() == 18 && all_at(0, 12, 1.0, 1e-3) && all_at(12, 18, std::sqrt(2.0), 1e-3))
        return Lattice::fcc;
    if (shells.size() == 20 && all_at(0, 12, 1.0, 0.05) && all_at(12, 18, std::sqrt(2.0), 0.05) &&
        all_at(18, 20, std::sqrt(8.0 / 3.0), 0.06))
        return Lattice::hcp;
    return {};
}

VolumePoint dft_point(Record const& record) {
    auto const& s = record.structure;
    auto const& labels = record.labels;
    double const nan = std::numeric_limits<double>::quiet_NaN();
    VolumePoint point{s.cell.volume() / s.size(), *labels.energy / s.size(), nan, nan};
    if (labels.stress) point.pressure = -labels.stress->trace() / 3.0;
    if (!labels.moments.empty()) {
        point.moment = 0.0;
        for (double const m : labels.moments) point.moment += std::abs(m) / s.size();
    }
    return point;
}

/// One point per volume: of several magnetic solutions the lowest, which the ground state is.
std::vector<VolumePoint> lowest_per_volume(std::vector<VolumePoint> points) {
    std::sort(points.begin(), points.end(), [](auto const& a, auto const& b) {
        return std::pair{a.volume, a.energy} < std::pair{b.volume, b.energy};
    });
    std::vector<VolumePoint> result;
    for (auto const& p : points)
        if (result.empty() || p.volume > 1.0001 * result.back().volume) result.push_back(p);
    return result;
}

std::optional<properties::EquationOfState> try_fit(std::vector<VolumePoint> const& points,
                                                   std::string& complaint) {
    if (points.size() < 4) {
        complaint = fmt::format("{} volumes (4 are needed for a fit)", points.size());
        return {};
    }
    try {
        return properties::fit_near_minimum(points, 0.06);
    } catch (Error const& e) {
        complaint = e.what();
    }
    return {};
}

double largest(std::vector<double> const& values) {
    return values.empty() ? 0.0 : *std::max_element(values.begin(), values.end());
}

double outside_of(Model const& model, Structure const& s) {
    return largest(model.extrapolation(s, find_neighbours(s, model.cutoff())));
}

std::string with_error(properties::Estimate const& e, int digits, double factor = 1.0) {
    return fmt::format("{:.{}f} ± {:.{}f}", e.value / factor, digits, e.error / factor, digits);
}

}  // namespace

std::optional<Lattice> perfect_lattice_of(Structure const& s) {
    if (!s.cell.is_periodic()) return {};
    double const density = s.size() / s.cell.volume();
    auto const neighbours = find_neighbours(s, 2.1 / std::cbrt(density));
    std::optional<Lattice> result;
    double nearest = std::numeric_limits<double>::infinity();
    for (int i = 0; i < s.size(); ++i)
        for (double const d : neighbours.of(i).distance) nearest = std::min(nearest, d);
    for (int i = 0; i < s.size(); ++i) {
        auto const its = lattice_of(shells_of(neighbours.of(i), nearest));
        if (!its || (result && *result != *its)) return {};
        result = its;
    }
    return result;
}

std::vector<LatticeCurve> lattice_curves(Model const& model, int element,
                                         std::span<Record const> dft) {
    std::vector<double> volumes;
    int const points = 49;
    for (int i = 0; i < points; ++i) {
        double const a = 2.55 + (3.15 - 2.55) * i / (points - 1);
        volumes.push_back(properties::volume_per_atom(Lattice::bcc, a));
    }
    std::vector<LatticeCurve> curves;
    for (auto const lattice : {Lattice::bcc, Lattice::fcc, Lattice::hcp}) {
        LatticeCurve curve{lattice, {}, {}, {}, {}, {}, {}, {}};
        for (double const v : volumes) {
            auto const s = properties::perfect_lattice(lattice, element, v);
            curve.model.push_back(properties::volume_point(model, s));
            curve.extrapolation.push_back(outside_of(model, s));
        }
        curves.push_back(std::move(curve));
    }
    for (auto const& record : dft) {
        auto const& s = record.structure;
        bool const pure =
            std::all_of(s.species.begin(), s.species.end(), [&](int z) { return z == element; });
        if (!pure || !record.labels.energy || s.size() > 4) continue;
        auto const lattice = perfect_lattice_of(s);
        for (auto& curve : curves)
            if (lattice == curve.lattice) curve.dft.push_back(dft_point(record));
    }
    for (auto& curve : curves) {
        std::sort(curve.dft.begin(), curve.dft.end(),
                  [](auto const& a, auto const& b) { return a.volume < b.volume; });
        curve.model_fit = try_fit(curve.model, curve.model_complaint);
        curve.dft_fit = try_fit(lowest_per_volume(curve.dft), curve.dft_complaint);
    }
    return curves;
}

std::vector<BainPoint> bain_path(Model const& model, int element, double volume) {
    auto const energy_of = [&](double ratio) {
        return properties::perfect_lattice(Lattice::bct, element, volume, ratio);
    };
    double const bcc = properties::volume_point(model, energy_of(1.0)).energy;
    std::vector<BainPoint> path;
    for (int i = 0; i <= 65; ++i) {
        double const ratio = 0.70 + 0.02 * i;
        auto const s = energy_of(ratio);
        path.push_back(
            {ratio, properties::volume_point(model, s).energy - bcc, outside_of(model, s)});
    }
    return path;
}

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
        plot.series.push_back(std::move(points));
    }
    plot.y.low = -40.0;
    plot.y.high = std::max(500.0, 2.0 * top);
    plot.x.low = curves.front().model.front().volume;
    plot.x.high = curves.front().model.back().volume;
    plot.caption =
        "Energy of perfect lattices; lines: model (dashed: outside the range of the training set), "
        "points: DFT of all sides of the split; each counted from its own lowest bcc energy. hcp "
        "at ideal c/a in the model. Several points at one volume are different magnetic solutions.";
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
            points.x.push_back(p.volume);
            points.y.push_back(p.moment);
            any = any || !std::isnan(p.moment);
        }
        plot.series.push_back(std::move(points));
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

report::Plot bain_plot(std::span<BainPoint const> path, int element) {
    report::Plot plot;
    plot.id = "bain_path";
    plot.x.label = "c/a";
    plot.y.label = "energy above bcc / meV per atom";
    Series line{"model", {}, {}, Series::Style::line};
    for (auto const& p : path) {
        line.x.push_back(p.ratio);
        line.y.push_back(p.energy * 1e3);
    }
    plot.series.push_back(std::move(line));
    plot.caption =
        "Tetragonal (Bain) path at the volume of the model's bcc minimum: c/a = 1 is bcc, √2 fcc.";
    if (element != iron) return plot;
    // Ferromagnetic iron, PBE: Zhang et al. 2023, github.com/leiapple/Potential_benchmark_iron.
    constexpr std::array<std::array<double, 2>, 26> published{
        {{0.70, 318},   {0.75, 225},   {0.79, 169},   {0.88, 58},     {0.92, 21.2},  {0.97, 3.2},
         {1.00, 0},     {1.06, 9.3},   {1.10, 25.0},  {1.15, 45.7},   {1.19, 70.7},  {1.24, 97.4},
         {1.28, 123.5}, {1.33, 144.2}, {1.37, 156.1}, {1.414, 162.1}, {1.46, 157.3}, {1.51, 144.2},
         {1.55, 127.4}, {1.60, 116.0}, {1.63, 110.1}, {1.69, 111.2},  {1.73, 118.3}, {1.78, 135.1},
         {1.86, 186},   {2.00, 308}}};
    Series points{"DFT-PBE, ferromagnetic (published)", {}, {}, Series::Style::points};
    for (auto const& [ratio, energy] : published) {
        points.x.push_back(ratio);
        points.y.push_back(energy);
    }
    plot.series.push_back(std::move(points));
    plot.caption += " Points: ferromagnetic PBE, Potential_benchmark_iron (Zhang et al. 2023).";
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
        if (curve.lattice == Lattice::bcc && element == iron)
            table.rows.push_back(
                {"bcc", "PBE, published", "2.831 – 2.834", "–", "172 – 178", "–", "–", "–", "–"});
    }
    table.caption =
        "Birch–Murnaghan fits of the points within 6 % (2 % in a) of the lowest energy's volume; ± "
        "one "
        "standard "
        "error of the fit, which does not know the error of the model. hcp: a at ideal c/a.";
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

}  // namespace kamacite::apps

#include "lattice_curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kamacite/core/error.hpp"

namespace kamacite::apps {
namespace {

using properties::Lattice;
using properties::VolumePoint;

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

bool is_pure(Structure const& s, int element) {
    return std::all_of(s.species.begin(), s.species.end(), [&](int z) { return z == element; });
}

/// A perfect lattice of one element with an energy, in a small cell: those of many atoms are MD.
std::optional<Lattice> labelled_lattice_of(Record const& record, int element) {
    auto const& s = record.structure;
    if (!record.labels.energy || s.size() > 4 || !is_pure(s, element)) return {};
    return perfect_lattice_of(s);
}

VolumePoint point_of(Record const& record) {
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
    constexpr double width = 0.06;
    if (points.empty()) {
        complaint = "no points";
        return {};
    }
    auto const lowest =
        std::min_element(points.begin(), points.end(),
                         [](auto const& p, auto const& q) { return p.energy < q.energy; });
    auto const near = std::count_if(points.begin(), points.end(), [&](auto const& p) {
        return std::abs(p.volume - lowest->volume) <= width * lowest->volume;
    });
    if (near < 4) {
        complaint = fmt::format(
            "{} of its {} volumes are within 6 % of that of the lowest energy, and a fit needs 4",
            near, points.size());
        return {};
    }
    try {
        return properties::fit_near_minimum(points, width);
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

std::optional<double> tetragonal_ratio_of(Structure const& s) {
    if (!s.cell.is_periodic() || s.size() > 2) return {};
    Mat3 edges = s.cell.rows();
    if (s.size() == 1) {  // the edges of the cube are sums of two primitive vectors
        Mat3 const p = s.cell.rows();
        edges.row(0) = p.row(1) + p.row(2);
        edges.row(1) = p.row(2) + p.row(0);
        edges.row(2) = p.row(0) + p.row(1);
    } else {
        Vec3 const f = s.cell.to_fractional(s.positions[1] - s.positions[0]);
        for (int i = 0; i < 3; ++i)
            if (std::abs(f(i) - std::floor(f(i)) - 0.5) > 1e-3) return {};
    }
    Vec3 const length = edges.rowwise().norm();
    for (int i = 0; i < 3; ++i)
        if (std::abs(edges.row(i).dot(edges.row((i + 1) % 3))) >
            1e-3 * length(i) * length((i + 1) % 3))
            return {};
    for (int c : {2, 1, 0}) {
        double const a = length((c + 1) % 3), b = length((c + 2) % 3);
        if (std::abs(a / b - 1.0) < 1e-3) return length(c) / (0.5 * (a + b));
    }
    return {};
}

std::optional<int> lattice_element(Model const& model, std::span<Record const> dft) {
    auto const& elements = model.descriptors().elements();
    if (std::find(elements.begin(), elements.end(), iron) != elements.end()) return iron;
    std::optional<int> best;
    std::ptrdiff_t most = 0;
    for (int const z : elements) {
        auto const points = std::count_if(dft.begin(), dft.end(), [&](auto const& record) {
            return labelled_lattice_of(record, z).has_value();
        });
        if (points <= most) continue;
        most = points;
        best = z;
    }
    return best;
}

namespace {

/// The volumes of the curves [Å³/atom].
std::vector<double> volumes_of(std::vector<LatticeCurve> const& curves, int element) {
    double low = properties::volume_per_atom(Lattice::bcc, 2.55);
    double high = properties::volume_per_atom(Lattice::bcc, 3.15);
    if (element != iron) {
        low = std::numeric_limits<double>::infinity();
        high = 0.0;
        for (auto const& curve : curves)
            for (auto const& p : curve.dft) {
                low = std::min(low, p.volume / 1.05);
                high = std::max(high, p.volume * 1.05);
            }
    }
    std::vector<double> volumes;
    constexpr int points = 49;
    double const from = std::cbrt(low), to = std::cbrt(high);
    for (int i = 0; i < points; ++i)
        volumes.push_back(std::pow(from + (to - from) * i / (points - 1), 3));
    return volumes;
}

/// Takes the model's points from predictions that are stored.
void take_stored(LatticeCurve& curve, int element, std::span<Record const> predicted) {
    std::vector<std::pair<VolumePoint, double>> points;
    for (auto const& record : predicted) {
        if (labelled_lattice_of(record, element) != curve.lattice) continue;
        auto const& told = record.labels.properties;
        auto const outside = told.find("extrapolation");
        points.emplace_back(point_of(record), outside == told.end() ? 0.0 : outside->second);
    }
    std::sort(points.begin(), points.end(),
              [](auto const& a, auto const& b) { return a.first.volume < b.first.volume; });
    if (points.size() < 20) return;  // too coarse for a curve or a fit
    curve.stored = true;
    for (auto const& [point, outside] : points) {
        curve.model.push_back(point);
        curve.extrapolation.push_back(outside);
    }
}

}  // namespace

std::vector<LatticeCurve> lattice_curves(Model const& model, int element,
                                         std::span<Record const> dft,
                                         std::span<Record const> predicted) {
    std::vector<LatticeCurve> curves;
    for (auto const lattice : {Lattice::bcc, Lattice::fcc, Lattice::hcp}) {
        curves.push_back({lattice, false, {}, {}, {}, {}, {}, {}, {}});
        for (auto const& record : dft)
            if (labelled_lattice_of(record, element) == lattice)
                curves.back().dft.push_back(point_of(record));
    }
    auto const volumes = volumes_of(curves, element);
    for (auto& curve : curves) {
        take_stored(curve, element, predicted);
        if (!curve.stored)
            for (double const v : volumes) {
                auto const s = properties::perfect_lattice(curve.lattice, element, v);
                curve.model.push_back(properties::volume_point(model, s));
                curve.extrapolation.push_back(outside_of(model, s));
            }
        std::sort(curve.dft.begin(), curve.dft.end(),
                  [](auto const& a, auto const& b) { return a.volume < b.volume; });
        curve.model_fit = try_fit(curve.model, curve.model_complaint);
        curve.dft_fit = try_fit(lowest_per_volume(curve.dft), curve.dft_complaint);
    }
    return curves;
}

namespace {

struct Tetragonal {
    double ratio, volume, energy;
};

/// Of all tetragonal crystals those at the volume at which there are the most, in the order of c/a.
std::vector<Tetragonal> tetragonal_points(std::span<Record const> dft, int element) {
    std::vector<Tetragonal> all, best;
    for (auto const& record : dft) {
        auto const& s = record.structure;
        if (!record.labels.energy || !is_pure(s, element)) continue;
        if (auto const ratio = tetragonal_ratio_of(s))
            all.push_back({*ratio, s.cell.volume() / s.size(), *record.labels.energy / s.size()});
    }
    std::sort(all.begin(), all.end(),
              [](auto const& a, auto const& b) { return a.ratio < b.ratio; });
    for (auto const& centre : all) {
        std::vector<Tetragonal> beside;
        for (auto const& p : all)
            if (std::abs(p.volume / centre.volume - 1.0) < 0.005 &&
                (beside.empty() || p.ratio - beside.back().ratio > 1e-3))
                beside.push_back(p);
        if (beside.size() > best.size()) best = beside;
    }
    return best;
}

/// Energy of bcc in DFT at a volume: its own point, else its fit where that is inside its range.
std::optional<double> dft_zero(std::vector<Tetragonal> const& points, LatticeCurve const& bcc,
                               double volume) {
    for (auto const& p : points)
        if (std::abs(p.ratio - 1.0) < 1e-3) return p.energy;
    auto const& fit = bcc.dft_fit;
    if (fit && fit->lowest_volume <= volume && volume <= fit->highest_volume)
        return fit->energy_at(volume);
    return {};
}

}  // namespace

std::optional<BainPath> bain_path(Model const& model, int element, LatticeCurve const& bcc,
                                  std::span<Record const> dft) {
    BainPath path;
    auto const points = tetragonal_points(dft, element);
    if (points.size() >= 3) {
        for (auto const& p : points)
            path.volume += p.volume / static_cast<double>(std::ssize(points));
        double const nan = std::numeric_limits<double>::quiet_NaN();
        if (auto const zero = dft_zero(points, bcc, path.volume))
            for (auto const& p : points) path.dft.push_back({p.ratio, p.energy - *zero, nan});
    } else if (bcc.model_fit) {
        path.volume = bcc.model_fit->volume.value;
    } else {
        return {};
    }
    auto const at = [&](double ratio) {
        return properties::perfect_lattice(Lattice::bct, element, path.volume, ratio);
    };
    double const zero = properties::volume_point(model, at(1.0)).energy;
    for (int i = 0; i <= 65; ++i) {
        double const ratio = 0.70 + 0.02 * i;
        auto const s = at(ratio);
        path.model.push_back(
            {ratio, properties::volume_point(model, s).energy - zero, outside_of(model, s)});
    }
    return path;
}

}  // namespace kamacite::apps

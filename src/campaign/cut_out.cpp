#include "kamacite/campaign/cut_out.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "cut_around.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/neighbours/of_first.hpp"

namespace kamacite::campaign {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double same_atom = 0.3;      // in usual distances
constexpr double exactly = 1e-6;       // [Å]
constexpr double soft_edge = 0.2;      // of the box, where atoms count in part
constexpr double overlap = 0.35;       // in usual distances: how far outside atoms are looked at
constexpr double least_filling = 0.4;  // of the atoms that a cell may have
constexpr double usual_shortest = 0.75;
constexpr int most_lattice_boxes = 12;

/// Share of an atom that belongs to a box, so that shares of all boxes of a lattice add up to 1.
double share_of(Vec3 const& f) {
    double share = 1.0;
    for (double const x : f)
        share *= std::clamp((0.5 + soft_edge - std::abs(x)) / (2.0 * soft_edge), 0.0, 1.0);
    return share;
}

/// Atoms of the surroundings that a periodic box takes, the first atom first.
class Filling {
public:
    Filling(Surroundings const& around, Mat3 const& box, double core, double shortest)
        : around_{around}, box_{box}, shortest_{shortest} {
        Mat3 const inverse = box.inverse();
        // 1/height is the length of a reciprocal vector.
        Vec3 const per_height = inverse.colwise().norm();
        thick_ = shortest * per_height;
        Vec3 const beyond = (0.5 + overlap * around.usual_distance * per_height.array()).matrix();
        struct Entry {
            int atom;
            Vec3 f;
            double order;
        };
        std::vector<Entry> entries;
        for (int i = 0; i < around.size(); ++i) {
            auto const& r = around.r[static_cast<std::size_t>(i)];
            Vec3 const f = inverse.transpose() * r;
            expected_ += share_of(f);
            if ((f.cwiseAbs() - beyond).maxCoeff() > 0.0) continue;
            double const outside = f.cwiseAbs().maxCoeff();
            // The core goes first, from inside out.
            entries.push_back({i, f, r.norm() < core ? r.norm() / core - 1.0 : outside});
        }
        std::stable_sort(entries.begin(), entries.end(),
                         [](Entry const& a, Entry const& b) { return a.order < b.order; });
        for (auto const& e : entries)
            if (has_room(e.atom, e.f)) {
                atoms_.push_back(e.atom);
                fractional_.push_back(e.f);
            }
    }

    [[nodiscard]] int size() const { return static_cast<int>(atoms_.size()); }
    [[nodiscard]] double expected() const { return expected_; }
    [[nodiscard]] Vec3 const& native(int i) const {
        return around_.r[static_cast<std::size_t>(atoms_[static_cast<std::size_t>(i)])];
    }
    [[nodiscard]] std::vector<int> origin() const {
        std::vector<int> numbers;
        for (int const i : atoms_) numbers.push_back(around_.number[static_cast<std::size_t>(i)]);
        return numbers;
    }
    [[nodiscard]] Structure structure() const {
        Structure s{Cell{box_}, {}, {}};
        Vec3 const middle = 0.5 * box_.colwise().sum().transpose();
        for (int i = 0; i < size(); ++i) {
            s.positions.push_back(native(i) + middle);
            s.species.push_back(
                around_.species[static_cast<std::size_t>(atoms_[static_cast<std::size_t>(i)])]);
        }
        return s;
    }

private:
    /// Whether images of the atoms that are there leave room; the atoms themselves always do.
    [[nodiscard]] bool has_room(int atom, Vec3 const& f) const {
        auto const& r = around_.r[static_cast<std::size_t>(atom)];
        for (std::size_t i = 0; i < atoms_.size(); ++i) {
            Vec3 const d = around_.r[static_cast<std::size_t>(atoms_[i])] - r;
            Vec3 const near = (fractional_[i] - f).array().round();
            // The distance is at least that of the planes.
            Vec3 const apart = (fractional_[i] - f - near).cwiseAbs();
            if ((apart.array() > thick_.array() && thick_.array() < 0.5).any()) continue;
            for (int a = -1; a <= 1; ++a)
                for (int b = -1; b <= 1; ++b)
                    for (int c = -1; c <= 1; ++c) {
                        Vec3 const image = Vec3(a, b, c) - near;
                        if (image.isZero()) continue;
                        if ((d + box_.transpose() * image).squaredNorm() < shortest_ * shortest_)
                            return false;
                    }
        }
        return true;
    }

    Surroundings const& around_;
    Mat3 box_;
    double shortest_;
    Vec3 thick_;  // shortest_, fractional
    double expected_ = 0.0;
    std::vector<int> atoms_;
    std::vector<Vec3> fractional_;
};

/// Atoms per volume [1/Å³], where it hardly matters which atoms are just within reach.
double density_of(Surroundings const& around) {
    double const reach = around.reach;
    double sum = 0.0;
    for (auto const& r : around.r) sum += std::pow(1.0 - r.squaredNorm() / (reach * reach), 3);
    return sum / (64.0 * std::numbers::pi / 315.0 * std::pow(reach, 3));
}

struct Neighbour {
    Vec3 r;
    int species;
};

/// Distance to the nearest of some atoms of the same element.
double nearest_to(Neighbour const& one, std::vector<Neighbour> const& others) {
    double least = infinity;
    for (auto const& other : others)
        if (other.species == one.species) least = std::min(least, (other.r - one.r).squaredNorm());
    return std::sqrt(least);
}

void compare_core(CutOut& cut, Surroundings const& around, double core) {
    double const same = same_atom * cut.usual_distance;
    std::vector<Neighbour> before, after;
    for (std::size_t i = 1; i < around.r.size(); ++i)
        if (around.r[i].norm() < core + same) before.push_back({around.r[i], around.species[i]});
    auto const lists = find_neighbours_of_first(cut.structure, core + same, 1);
    auto const list = lists.of(0);
    for (int k = 0; k < list.size(); ++k) {
        int const j = list.atom[static_cast<std::size_t>(k)];
        after.push_back({list.vector(k), cut.structure.species[static_cast<std::size_t>(j)]});
    }
    cut.kept = core;
    double squares = 0.0;
    for (auto const& n : before) {
        if (n.r.norm() >= core) continue;
        ++cut.neighbours;
        double const d = nearest_to(n, after);
        if (d > exactly) cut.kept = std::min(cut.kept, n.r.norm());
        if (d > same)
            ++cut.missing;
        else
            squares += d * d;
    }
    for (auto const& n : after) {
        if (n.r.norm() >= core) continue;
        double const d = nearest_to(n, before);
        if (d > exactly) cut.kept = std::min(cut.kept, n.r.norm());
        if (d > same) ++cut.extra;
    }
    if (int const others = cut.neighbours - cut.missing; others > 0)
        cut.displacement = std::sqrt(squares / others);
}

/// Shortest distance of two atoms that were not at this place of each other before.
double seam_of(Structure const& s, Filling const& filling, double reach) {
    double shortest = infinity;
    auto const neighbours = find_neighbours(s, reach);
    for (int i = 0; i < s.size(); ++i) {
        auto const of_i = neighbours.of(i);
        for (int k = 0; k < of_i.size(); ++k) {
            int const j = of_i.atom[static_cast<std::size_t>(k)];
            Vec3 const before = filling.native(j) - filling.native(i);
            if ((of_i.vector(k) - before).norm() > 1e-3)
                shortest = std::min(shortest, of_i.distance[static_cast<std::size_t>(k)]);
        }
    }
    return shortest;
}

/// What cut_out() makes least.
double cost_of(CutOut const& cut, double core) {
    double const d = cut.usual_distance;
    return 10.0 * (cut.missing + cut.extra) / std::max<double>(cut.neighbours, 1.0) +
           10.0 * cut.displacement / d + 1.0 - cut.kept / core + 2.0 * std::abs(cut.density) +
           std::max(0.0, 0.9 - cut.seam / d);
}

std::optional<CutOut> in_box(Surroundings const& around, Mat3 const& box,
                             CutOutOptions const& options) {
    double const d = around.usual_distance;
    double const shortest = options.shortest > 0.0 ? options.shortest : usual_shortest * d;
    Filling const filling{around, box, options.core, shortest};
    if (filling.size() < 1 || filling.size() > options.most_atoms) return {};
    CutOut cut{.structure = filling.structure(), .origin = filling.origin(), .usual_distance = d};
    cut.density = filling.size() / filling.expected() - 1.0;
    compare_core(cut, around, options.core);
    cut.seam = seam_of(cut.structure, filling, 2.0 * d);
    return cut;
}

}  // namespace

std::optional<CutOut> cut_out(Structure const& large, int centre, CutOutOptions const& options) {
    KAMACITE_EXPECTS(centre >= 0 && centre < large.size());
    return cut_out([&](double reach) { return surroundings_of(large, centre, reach); }, options);
}

std::optional<CutOut> cut_out(Around const& within, CutOutOptions const& options) {
    KAMACITE_EXPECTS(options.core > 0.0 && options.most_atoms > 0);
    auto const near = within(options.core);
    if (near.size() < 2) return {};
    double const ball = 4.0 / 3.0 * std::numbers::pi * std::pow(options.core, 3);
    double const guess = options.most_atoms * ball / near.size();
    double const least_reach = 2.0 * options.core;
    double const density = density_of(within(std::max(1.2 * std::cbrt(guess), least_reach)));
    double const most_volume = options.most_atoms / density;
    // The corners of the box and its soft edge, of a box that is somewhat skew.
    auto const around = within(std::max(1.5 * std::cbrt(most_volume), least_reach));

    std::optional<CutOut> best;
    double least = infinity;
    auto const consider = [&](Mat3 const& box) {
        auto cut = in_box(around, box, options);
        if (!cut) return false;
        double const cost = cost_of(*cut, options.core);
        bool const fewer = best && cut->structure.size() < best->structure.size();
        if (cost < least - exactly || (cost < least + exactly && fewer)) {
            least = std::min(cost, least);
            best = std::move(cut);
        }
        return true;
    };
    if (auto const lattice = lattice_of(around); !lattice.empty()) {
        // By the lattice alone: that a vacancy makes room for one more atom is seen afterwards.
        int tried = 0;
        for (auto const& box : lattice_boxes(lattice, 2.0 * options.core + near.usual_distance,
                                             least_filling * most_volume, 1.1 * most_volume))
            if (consider(fitted(box, around)) && ++tried == most_lattice_boxes) break;
    }
    for (auto const& box : cubes(least_filling * most_volume, most_volume)) consider(box);
    return best;
}

std::vector<std::string> reasons_against(CutOut const& cut, CutOutLimits const& limits) {
    std::vector<std::string> reasons;
    if (cut.missing + cut.extra > limits.changed * cut.neighbours)
        reasons.push_back(
            fmt::format("of {} neighbours {} are missing and {} are new (above {:.3g} of them)",
                        cut.neighbours, cut.missing, cut.extra, limits.changed));
    if (cut.displacement > limits.displacement)
        reasons.push_back(fmt::format("neighbours are displaced by {:.3g} Å (above {:.3g} Å)",
                                      cut.displacement, limits.displacement));
    if (std::abs(cut.density) > limits.density)
        reasons.push_back(fmt::format("the density is off by {:.3g} % (above {:.3g} %)",
                                      100.0 * cut.density, 100.0 * limits.density));
    if (cut.seam < limits.seam * cut.usual_distance)
        reasons.push_back(fmt::format("atoms are {:.3g} Å apart at the seam (below {:.3g} Å)",
                                      cut.seam, limits.seam * cut.usual_distance));
    return reasons;
}

}  // namespace kamacite::campaign

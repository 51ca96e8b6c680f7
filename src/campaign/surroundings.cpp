#include "surroundings.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "kamacite/structure/short_lattice.hpp"

namespace kamacite::campaign {
namespace {

constexpr double longest_translation = 2.1;  // in usual distances: c of hcp is 1.63, a of fcc 1.41
constexpr double same_vector = 0.25;         // in usual distances
constexpr double lattice_share = 0.7;        // of the atoms

double usual_distance(std::vector<Vec3> const& r, double reach) {
    // Those in the inner half have all of their neighbours here.
    double const inner = reach / 2.0;
    std::vector<double> nearest;
    for (std::size_t i = 0; i < r.size() && (i == 0 || r[i].norm() <= inner); ++i) {
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t j = 0; j < r.size(); ++j)
            if (j != i) least = std::min(least, (r[j] - r[i]).squaredNorm());
        nearest.push_back(std::sqrt(least));
    }
    if (r.size() < 2) return 0.0;
    auto const middle = nearest.begin() + std::ssize(nearest) / 2;
    std::nth_element(nearest.begin(), middle, nearest.end());
    return *middle;
}

/// Vectors between atoms that are nearly the same.
struct Translation {
    Vec3 sum = Vec3::Zero();
    int count = 0;
    [[nodiscard]] Vec3 mean() const { return sum / count; }
};

enum class Pairs { of_one_element, all };

std::vector<Vec3> translations_of(Surroundings const& around, Pairs pairs) {
    double const d = around.usual_distance;
    double const inner = around.reach - longest_translation * d;
    std::vector<Translation> found;
    int references = 0;
    for (int i = 0; i < around.size(); ++i) {
        auto const a = static_cast<std::size_t>(i);
        if (around.r[a].norm() > std::max(inner, 0.0)) break;
        ++references;
        for (int j = 0; j < around.size(); ++j) {
            auto const b = static_cast<std::size_t>(j);
            if (i == j ||
                (pairs == Pairs::of_one_element && around.species[a] != around.species[b]))
                continue;
            Vec3 const t = around.r[b] - around.r[a];
            if (t.norm() > longest_translation * d) continue;
            auto const same = std::find_if(found.begin(), found.end(), [&](Translation const& f) {
                return (f.mean() - t).norm() < same_vector * d;
            });
            auto& into = same == found.end() ? found.emplace_back() : *same;
            into.sum += t;
            ++into.count;
        }
    }
    std::vector<Vec3> shared;
    for (auto const& f : found)
        if (f.count >= lattice_share * references) shared.push_back(f.mean());
    std::stable_sort(shared.begin(), shared.end(), [](Vec3 const& a, Vec3 const& b) {
        return a.squaredNorm() < b.squaredNorm() - 1e-6;
    });
    return shared;
}

/// The shortest of `vectors` that are independent; none if there are no three.
std::vector<Vec3> basis_of(std::vector<Vec3> const& vectors) {
    constexpr double least = 0.3;  // sine of the angle to those before
    std::vector<Vec3> basis;
    for (auto const& v : vectors) {
        double const length = v.norm();
        bool const independent =
            basis.empty() ||
            (basis.size() == 1 && basis[0].cross(v).norm() > least * basis[0].norm() * length) ||
            (basis.size() == 2 && std::abs(basis[0].cross(basis[1]).dot(v)) >
                                      least * basis[0].cross(basis[1]).norm() * length);
        if (independent) basis.push_back(v);
        if (basis.size() == 3) return basis;
    }
    return {};
}

/// Multiples of short lattice vectors that may span a cell; of v and −v one.
std::vector<Vec3> edges_of(std::vector<Vec3> const& lattice, double shortest, double longest) {
    std::vector<Vec3> edges;
    for (int a = -2; a <= 2; ++a)
        for (int b = -2; b <= 2; ++b)
            for (int c = -2; c <= 2; ++c) {
                bool const is_first = a > 0 || (a == 0 && (b > 0 || (b == 0 && c > 0)));
                if (!is_first || std::gcd(std::gcd(a, b), c) != 1) continue;
                Vec3 const v = a * lattice[0] + b * lattice[1] + c * lattice[2];
                for (int m = 1; m * v.norm() <= longest; ++m)
                    if (m * v.norm() >= shortest) edges.push_back(m * v);
            }
    return edges;
}

struct Box {
    Mat3 rows;
    double height;
    double volume;
};

double least_height(Mat3 const& rows, double volume) {
    double height = std::numeric_limits<double>::infinity();
    for (int k = 0; k < 3; ++k) {
        Vec3 const a = rows.row((k + 1) % 3), b = rows.row((k + 2) % 3);
        height = std::min(height, volume / a.cross(b).norm());
    }
    return height;
}

}  // namespace

std::vector<Near> near(Cell const& cell, std::span<Vec3 const> positions, Vec3 const& point,
                       double reach) {
    Cell const lattice = short_lattice(cell).cell;
    std::vector<Near> found;
    Vec3 const images{reach / lattice.height(0), reach / lattice.height(1),
                      reach / lattice.height(2)};
    for (std::size_t i = 0; i < positions.size(); ++i) {
        Vec3 const f = lattice.to_fractional(positions[i] - point);
        std::array<int, 3> low{}, high{};
        for (int k = 0; k < 3; ++k) {
            auto const at = static_cast<std::size_t>(k);
            if (!lattice.periodic()[at]) continue;
            low[at] = static_cast<int>(std::ceil(-images[k] - f[k]));
            high[at] = static_cast<int>(std::floor(images[k] - f[k]));
        }
        for (int a = low[0]; a <= high[0]; ++a)
            for (int b = low[1]; b <= high[1]; ++b)
                for (int c = low[2]; c <= high[2]; ++c) {
                    Vec3 const r = lattice.to_cartesian(f + Vec3(a, b, c));
                    if (r.norm() <= reach) found.push_back({r, static_cast<int>(i)});
                }
    }
    return found;
}

Surroundings sorted_surroundings(std::span<Vec3 const> r, std::span<int const> species,
                                 std::span<int const> number, double reach) {
    std::vector<std::size_t> order(r.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return r[i].squaredNorm(); });
    Surroundings around;
    around.reach = reach;
    for (auto const i : order) {
        around.r.push_back(r[i]);
        around.species.push_back(species[i]);
        around.number.push_back(number[i]);
    }
    around.usual_distance = usual_distance(around.r, reach);
    return around;
}

Surroundings surroundings_of(Structure const& large, int centre, double reach) {
    std::vector<Vec3> r;
    std::vector<int> species, number;
    for (auto const& atom : near(large.cell, large.positions,
                                 large.positions[static_cast<std::size_t>(centre)], reach)) {
        r.push_back(atom.r);
        species.push_back(large.species[static_cast<std::size_t>(atom.number)]);
        number.push_back(atom.number);
    }
    return sorted_surroundings(r, species, number, reach);
}

std::vector<Vec3> lattice_of(Surroundings const& around) {
    // In a random alloy only the lattice without regard to elements is one.
    auto basis = basis_of(translations_of(around, Pairs::of_one_element));
    return basis.empty() ? basis_of(translations_of(around, Pairs::all)) : basis;
}

std::vector<Mat3> lattice_boxes(std::vector<Vec3> const& lattice, double height,
                                double least_volume, double most_volume) {
    constexpr std::size_t kept = 60;
    constexpr double least_sine = 0.5;
    double const side = std::cbrt(most_volume);
    auto const edges = edges_of(lattice, 0.5 * side, 1.5 * side);
    std::vector<Box> boxes;
    for (std::size_t i = 0; i < edges.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
            Vec3 const normal = edges[i].cross(edges[j]);
            if (normal.norm() < least_sine * edges[i].norm() * edges[j].norm()) continue;
            for (std::size_t k = 0; k < j; ++k) {
                double const volume = normal.dot(edges[k]);
                if (std::abs(volume) > most_volume || std::abs(volume) < least_volume) continue;
                Mat3 rows;
                rows << edges[i].transpose(), edges[j].transpose(), edges[k].transpose();
                if (volume < 0.0) rows.row(2) *= -1.0;
                boxes.push_back({rows, least_height(rows, std::abs(volume)), std::abs(volume)});
            }
        }
    auto const reached = [&](Box const& b) { return std::min(b.height, height); };
    std::stable_sort(boxes.begin(), boxes.end(), [&](Box const& a, Box const& b) {
        if (std::abs(reached(a) - reached(b)) > 1e-6) return reached(a) > reached(b);
        return a.volume < b.volume - 1e-6;
    });
    std::vector<Mat3> best;
    for (std::size_t i = 0; i < boxes.size() && best.size() < kept; ++i)
        // Of boxes that are the same by symmetry, which follow each other, a few.
        if (i < 3 || std::abs(boxes[i].height - boxes[i - 3].height) > 0.02 * boxes[i].height ||
            std::abs(boxes[i].volume - boxes[i - 3].volume) > 0.02 * boxes[i].volume)
            best.push_back(boxes[i].rows);
    return best;
}

std::vector<Mat3> cubes(double least_volume, double most_volume) {
    constexpr int sizes = 12, turns = 4;
    std::vector<Mat3> boxes;
    for (int s = 0; s < sizes; ++s) {
        double const volume = most_volume + (least_volume - most_volume) * s / sizes;
        for (int t = 0; t < turns; ++t) {
            auto const turn = Eigen::AngleAxisd(t * std::numbers::pi / 11.0,
                                                Vec3(1.0, 2.0 - t, 0.5 * t).normalized());
            boxes.emplace_back(std::cbrt(volume) * turn.toRotationMatrix());
        }
    }
    return boxes;
}

Mat3 fitted(Mat3 const& box, Surroundings const& around) {
    constexpr double depth = 0.2, width = 0.6;  // of the slab of atoms at the seam, fractional
    double const same = same_vector * around.usual_distance;
    Mat3 result = box;
    for (int k = 0; k < 3; ++k) {
        Mat3 const inverse = result.inverse();
        Vec3 const t = result.row(k);
        Vec3 sum = Vec3::Zero();
        int count = 0;
        for (auto const& from : around.r) {
            Vec3 const f = inverse.transpose() * from;
            Vec3 const beside(k == 0 ? 0.0 : f[0], k == 1 ? 0.0 : f[1], k == 2 ? 0.0 : f[2]);
            if (std::abs(f[k] + 0.5) > depth || beside.cwiseAbs().maxCoeff() > width) continue;
            for (auto const& to : around.r) {
                Vec3 const v = to - from;
                if ((v - t).squaredNorm() > same * same) continue;
                sum += v;
                ++count;
            }
        }
        if (count > 0) result.row(k) = sum / count;
    }
    return result;
}

}  // namespace kamacite::campaign

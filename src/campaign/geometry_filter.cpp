#include "kamacite/campaign/geometry_filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <set>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/generate/distance.hpp"
#include "kamacite/neighbours/neighbours.hpp"

namespace kamacite::campaign {
namespace {

void judge_cell(Structure const& s, GeometryLimits const& limits,
                std::vector<std::string>& reasons) {
    double longest = 0.0, shortest = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 3; ++i) {
        if (!s.cell.periodic()[static_cast<std::size_t>(i)]) continue;
        double const length = s.cell.rows().row(i).norm();
        double const flatness = s.cell.height(i) / length;
        longest = std::max(longest, length);
        shortest = std::min(shortest, length);
        if (flatness < limits.least_flatness)
            reasons.push_back(fmt::format(
                "the cell is skew: lattice vector {} is {:.3g} Å long and {:.3g} Å high (ratio "
                "below {:.3g})",
                "abc"[i], length, s.cell.height(i), limits.least_flatness));
    }
    if (longest > limits.most_aspect * shortest)
        reasons.push_back(
            fmt::format("the cell is long: lattice vectors of {:.3g} and {:.3g} Å (ratio above "
                        "{:.3g})",
                        longest, shortest, limits.most_aspect));
}

void judge_volume(Structure const& s, GeometryLimits const& limits,
                  std::vector<std::string>& reasons) {
    if (!s.cell.is_periodic()) return;
    double spheres = 0.0;
    for (int const z : s.species)
        spheres += 4.0 * std::numbers::sqrt2 * std::pow(generate::covalent_radius(z), 3);
    double const relative = s.cell.volume() / spheres;
    if (relative < limits.relative_volume_low || relative > limits.relative_volume_high)
        reasons.push_back(
            fmt::format("{:.3g} Å³/atom is {:.3g} of close packed atoms (outside {:.3g} … {:.3g})",
                        s.cell.volume() / s.size(), relative, limits.relative_volume_low,
                        limits.relative_volume_high));
}

/// Shortest limit of any pair of these elements, and the distance at which an atom is alone.
struct Distances {
    double least = std::numeric_limits<double>::infinity();
    double alone = 0.0;
    double longest = 0.0;
};

Distances reach_of(std::set<int> const& elements, GeometryLimits const& limits) {
    Distances reach;
    for (int const a : elements)
        for (int const b : elements) {
            double const sum = generate::covalent_radius(a) + generate::covalent_radius(b);
            reach.least = std::min(reach.least, limits.distance(a, b));
            reach.longest = std::max(reach.longest, limits.distance(a, b));
            reach.alone = std::max(reach.alone, limits.relative_isolation * sum);
        }
    return reach;
}

std::string pair_text(Structure const& s, int i, int j, double distance, double limit) {
    return fmt::format("{}{} and {}{} are {:.3g} Å apart (below {:.3g} Å)", symbol_of(s.species[i]),
                       i, symbol_of(s.species[j]), j, distance, limit);
}

void judge_neighbours(Structure const& s, GeometryLimits const& limits, Distances const& reach,
                      std::vector<std::string>& reasons) {
    auto const neighbours = find_neighbours(s, std::max(reach.alone, reach.longest));
    std::map<std::pair<int, int>, generate::Pair> nearest;  // of those too close, by elements
    int alone = 0, first_alone = -1;
    for (int i = 0; i < s.size(); ++i) {
        auto const of_i = neighbours.of(i);
        bool accompanied = false;
        for (int k = 0; k < of_i.size(); ++k) {
            auto const at = static_cast<std::size_t>(k);
            int const j = of_i.atom[at];
            int const z1 = s.species[i], z2 = s.species[j];
            double const d = of_i.distance[at];
            accompanied = accompanied ||
                          d < limits.relative_isolation *
                                  (generate::covalent_radius(z1) + generate::covalent_radius(z2));
            if (d >= limits.distance(z1, z2)) continue;
            auto& pair =
                nearest.try_emplace(std::minmax(z1, z2), generate::Pair{i, j, d}).first->second;
            if (d < pair.distance) pair = {i, j, d};
        }
        if (accompanied) continue;
        if (alone == 0) first_alone = i;
        ++alone;
    }
    for (auto const& [elements, pair] : nearest)
        reasons.push_back(pair_text(s, pair.first, pair.second, pair.distance,
                                    limits.distance(elements.first, elements.second)));
    if (alone > 0)
        reasons.push_back(fmt::format(
            "{} atoms have no neighbour, {}{} the first (within {:.3g} "
            "of the covalent radii)",
            alone, symbol_of(s.species[first_alone]), first_alone, limits.relative_isolation));
}

}  // namespace

double GeometryLimits::distance(int z1, int z2) const {
    for (auto const& key : {std::pair{z1, z2}, std::pair{z2, z1}})
        if (auto const given = distances.find(key); given != distances.end()) return given->second;
    return relative_distance * (generate::covalent_radius(z1) + generate::covalent_radius(z2));
}

std::vector<std::string> reasons_against(Structure const& s, GeometryLimits const& limits) {
    std::vector<std::string> reasons;
    try {
        check(s);
    } catch (DataError const& error) {
        return {error.what()};
    }
    if (s.size() > limits.most_atoms)
        reasons.push_back(fmt::format("{} atoms (at most {})", s.size(), limits.most_atoms));
    judge_cell(s, limits, reasons);
    judge_volume(s, limits, reasons);
    if (!reasons.empty()) return reasons;  // neighbours of absurd cells may be millions

    auto const reach = reach_of({s.species.begin(), s.species.end()}, limits);
    // Atoms nearly on one point are beyond what find_neighbours() takes.
    if (auto const pair = generate::too_close(s, {0.5 * reach.least}))
        return {pair_text(s, pair->first, pair->second, pair->distance,
                          limits.distance(s.species[pair->first], s.species[pair->second]))};
    judge_neighbours(s, limits, reach, reasons);
    return reasons;
}

}  // namespace kamacite::campaign

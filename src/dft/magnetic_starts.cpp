#include "kamacite/dft/magnetic_starts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "judge.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::dft {
namespace {

std::vector<double> sizes_of(Structure const& s, StartMoments const& moments) {
    std::vector<double> sizes;
    for (int const z : s.species) {
        auto const found = moments.of.find(z);
        sizes.push_back(found == moments.of.end() ? 0.0 : found->second);
    }
    return sizes;
}

/// +1 and −1 so that nearest neighbours among `atoms` differ, 0 for the others; empty if two
/// colours are not enough.
std::vector<int> two_colours(Structure const& s, std::vector<std::size_t> const& atoms) {
    std::vector<char> magnetic(s.positions.size(), 0);
    for (auto const i : atoms) magnetic[i] = 1;
    // Neighbours of metals are never farther than this.
    auto pairs = pairs_within(s, 5.0);
    std::erase_if(pairs, [&](Pair const& p) { return !magnetic[p.first] || !magnetic[p.second]; });
    if (pairs.empty()) return {};
    double const reach = 1.15 * std::ranges::min_element(pairs, {}, &Pair::distance)->distance;
    std::vector<std::vector<std::size_t>> neighbours(s.positions.size());
    for (auto const& p : pairs) {
        if (p.distance > reach) continue;
        neighbours[p.first].push_back(p.second);
        neighbours[p.second].push_back(p.first);
    }
    std::vector<int> colour(s.positions.size(), 0);
    for (auto const root : atoms) {
        if (colour[root] != 0) continue;
        colour[root] = 1;
        std::vector<std::size_t> todo{root};
        while (!todo.empty()) {
            auto const i = todo.back();
            todo.pop_back();
            for (auto const j : neighbours[i]) {
                if (colour[j] == colour[i]) return {};
                if (colour[j] == 0) todo.push_back(j);
                colour[j] = -colour[i];
            }
        }
    }
    return colour;
}

/// Signs of planes of atoms across vector `k` of the cell; empty if there is one plane only.
std::vector<int> alternating_planes(Structure const& s, std::vector<std::size_t> const& atoms,
                                    int k) {
    constexpr double thickness = 0.6;  // Å, so that rattled planes are still planes
    double const height = s.cell.height(k);
    std::vector<std::pair<double, std::size_t>> heights;
    for (auto const i : atoms) {
        double const f = s.cell.to_fractional(s.positions[i])[k];
        heights.emplace_back(height * (f - std::floor(f)), i);
    }
    std::ranges::sort(heights);
    // Begin behind the widest gap, so that no plane is cut by the border of the cell.
    std::size_t begin = 0;
    double widest = heights.front().first + height - heights.back().first;
    for (std::size_t j = 1; j < heights.size(); ++j) {
        double const gap = heights[j].first - heights[j - 1].first;
        if (gap > widest + 1e-9) {
            widest = gap;
            begin = j;
        }
    }
    std::ranges::rotate(heights, heights.begin() + static_cast<std::ptrdiff_t>(begin));
    std::vector<int> signs(s.positions.size(), 0);
    int sign = 1, planes = 1;
    double last = heights.front().first;
    for (auto const& [z, i] : heights) {
        double const step = z - last - height * std::floor((z - last) / height);
        if (step > thickness) {
            sign = -sign;
            ++planes;
        }
        last = z;
        signs[i] = sign;
    }
    return planes > 1 ? signs : std::vector<int>{};
}

}  // namespace

Start ferromagnetic_start(Structure const& s, StartMoments const& moments) {
    return {"ferromagnetic", sizes_of(s, moments)};
}

std::optional<Start> antiferromagnetic_start(Structure const& s, StartMoments const& moments) {
    auto const sizes = sizes_of(s, moments);
    std::vector<std::size_t> atoms;
    for (std::size_t i = 0; i < sizes.size(); ++i)
        if (sizes[i] != 0.0) atoms.push_back(i);
    if (atoms.size() < 2) return std::nullopt;
    auto signs = two_colours(s, atoms);
    bool const both = std::ranges::count(signs, -1) > 0;
    if (!both) {
        std::array<int, 3> axes{0, 1, 2};
        std::ranges::stable_sort(
            axes, [&](int a, int b) { return s.cell.height(a) > s.cell.height(b) + 1e-9; });
        signs.clear();
        for (int const k : axes)
            if (signs.empty()) signs = alternating_planes(s, atoms, k);
    }
    if (signs.empty()) return std::nullopt;
    Start start{"antiferromagnetic", sizes};
    for (std::size_t i = 0; i < sizes.size(); ++i) start.moments[i] *= signs[i];
    return start;
}

Start nonmagnetic_start() {
    return {"nonmagnetic", {}};
}

Start predicted_start(std::vector<double> moments) {
    return {"predicted", std::move(moments)};
}

std::vector<Start> magnetic_starts(Structure const& s, std::span<std::string const> names,
                                   StartMoments const& moments,
                                   std::vector<double> const& predicted) {
    KAMACITE_EXPECTS(predicted.empty() || std::ssize(predicted) == s.size() + 0L);
    std::vector<Start> starts;
    for (auto const& name : names) {
        if (name == "ferromagnetic") {
            starts.push_back(ferromagnetic_start(s, moments));
        } else if (name == "antiferromagnetic") {
            if (auto start = antiferromagnetic_start(s, moments)) starts.push_back(*start);
        } else if (name == "nonmagnetic") {
            starts.push_back(nonmagnetic_start());
        } else if (name == "predicted") {
            if (!predicted.empty()) starts.push_back(predicted_start(predicted));
        } else {
            throw InputError(
                fmt::format("unknown magnetic start '{}': use ferromagnetic, "
                            "antiferromagnetic, nonmagnetic or predicted",
                            name));
        }
    }
    return starts;
}

std::optional<std::size_t> lowest_of(std::span<std::optional<double> const> energies,
                                     std::size_t atoms) {
    constexpr double same = 1e-6;  // [eV/atom]
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < energies.size(); ++i)
        if (energies[i] &&
            (!best || *energies[i] < *energies[*best] - same * static_cast<double>(atoms)))
            best = i;
    return best;
}

std::optional<std::size_t> pick_lowest(std::span<Outcome const> outcomes) {
    std::vector<std::optional<double>> energies;
    std::size_t atoms = 1;
    for (auto const& outcome : outcomes) {
        energies.push_back(outcome.ok() ? outcome.labels->energy : std::nullopt);
        if (outcome.ok()) atoms = std::max(atoms, outcome.labels->forces.size());
    }
    return lowest_of(energies, atoms);
}

}  // namespace kamacite::dft

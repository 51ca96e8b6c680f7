#include "kamacite/dataset/duplicates.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>

#include "columns.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/io/hash.hpp"

namespace kamacite::dataset {
namespace {

constexpr double length_tolerance = 1e-4;  // [Å]
constexpr double energy_tolerance = 1e-5;  // [eV/atom]
constexpr double force_tolerance = 1e-3;   // [eV/Å]
constexpr double stress_tolerance = 1e-4;  // [eV/Å³]
constexpr double moment_tolerance = 1e-2;  // [μB]

template <class Round>
std::uint64_t hash_physics(Record const& record, Round const& round) {
    io::Hash64 hash;
    auto const add = [&](double value) { hash.add(round(value) + 0.0); };  // −0 becomes 0
    auto const add_mat3 = [&](Mat3 const& m) {
        for (int i = 0; i < 3; ++i)
            for (int j = 0; j < 3; ++j) add(m(i, j));
    };
    auto const& s = record.structure;
    auto const& labels = record.labels;
    add_mat3(s.cell.rows());
    for (bool const p : s.cell.periodic()) hash.add(p);
    hash.add(s.size());
    for (int const z : s.species) hash.add(z);
    for (auto const& r : s.positions)
        for (double const x : r) add(x);
    hash.add(labels.energy.has_value()).add(labels.stress.has_value());
    hash.add(labels.forces.size()).add(labels.moments.size());
    if (labels.energy) add(*labels.energy);
    if (labels.stress) add_mat3(*labels.stress);
    for (auto const& f : labels.forces)
        for (double const x : f) add(x);
    for (double const m : labels.moments) add(m);
    for (auto const& [name, value] : labels.properties) {
        hash.add(name);
        add(value);
    }
    return hash.value();
}

/// Random sums of n numbers whose mean square difference between two sets is that of the numbers.
template <class NumberAt>
Projection projected(std::size_t n, NumberAt const& number_at) {
    Projection result{};
    if (n == 0) return result;
    RandomStream random{0, "labels", 0};  // the same signs for all records
    for (std::size_t i = 0; i < n; ++i) {
        auto bits = random.bits();
        for (auto& p : result) {
            p += bits & 1U ? number_at(i) : -number_at(i);
            bits >>= 1U;
        }
    }
    for (auto& p : result) p /= std::sqrt(static_cast<double>(n));
    return result;
}

bool within(std::array<double, 9> const& a, std::array<double, 9> const& b, double tolerance) {
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!(std::abs(a[i] - b[i]) <= tolerance)) return false;
    return true;
}

bool are_same(Geometry const& a, Geometry const& b) {
    return a.kind == b.kind && within(a.rows, b.rows, length_tolerance) &&
           distance(a.shape, b.shape) <= length_tolerance;
}

bool have_same_labels(Comparable const& a, Comparable const& b) {
    return a.texts == b.texts && std::abs(a.energy - b.energy) <= energy_tolerance &&
           within(a.stress, b.stress, stress_tolerance) &&
           distance(a.forces, b.forces) <= force_tolerance &&
           distance(a.moments, b.moments) <= moment_tolerance;
}

/// One number for a geometry: those that are the same differ by less than `height_tolerance` in it.
double height_of(Geometry const& g) {
    double height = g.shape[0];
    for (std::size_t i = 0; i < g.rows.size(); ++i)
        height += g.rows[i] * (0.5 + 0.05 * static_cast<double>(i));
    return height;
}

constexpr double height_tolerance = length_tolerance * (2.9 + 9 * 0.7);  // √8 for the projection

}  // namespace

std::uint64_t fingerprint_of(Record const& record) {
    return hash_physics(record, [](double x) { return std::nearbyint(x * 1e6); });
}

std::uint64_t exact_hash(Record const& record) {
    io::Hash64 hash;
    hash.add(hash_physics(record, [](double x) { return x; }));
    for (auto const* text :
         {&record.name, &record.family, &record.trajectory, &record.source, &record.recipe})
        hash.add(*text);
    if (!record.level.empty()) hash.add(record.level);  // hashes of version 1 stay
    return hash.value();
}

Geometry geometry_of(Structure const& s) {
    Mat3 const& rows = s.cell.rows();
    Geometry geometry{kind_of(s), {}, projected_positions(s, rows.rowwise().norm())};
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j)
            if (s.cell.periodic()[static_cast<std::size_t>(i)])
                geometry.rows[static_cast<std::size_t>(3 * i + j)] = rows(i, j);
    return geometry;
}

std::vector<std::uint64_t> same_geometry(std::span<Geometry const> all) {
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t i = 0; i < all.size(); ++i) order.emplace_back(height_of(all[i]), i);
    std::sort(order.begin(), order.end(), [&](auto const& a, auto const& b) {
        return std::tuple{all[a.second].kind, a.first, a.second} <
               std::tuple{all[b.second].kind, b.first, b.second};
    });
    std::vector<std::uint64_t> group(all.size());
    std::iota(group.begin(), group.end(), 0u);
    std::vector<std::size_t> leaders;  // positions in `order`; the others are the same as one
    for (std::size_t n = 0; n < order.size(); ++n) {
        auto const [height, i] = order[n];
        bool found = false;
        for (auto k = leaders.rbegin(); k != leaders.rend() && !found; ++k) {
            auto const [its_height, leader] = order[*k];
            if (all[leader].kind != all[i].kind || height - its_height > height_tolerance) break;
            found = are_same(all[leader], all[i]);
            if (found) group[i] = leader;
        }
        if (!found) leaders.push_back(n);
    }
    return group;
}

Comparable comparable_of(Record const& record) {
    auto const& labels = record.labels;
    io::Hash64 texts;
    texts.add(labels.energy.has_value()).add(labels.stress.has_value());
    texts.add(labels.forces.size()).add(labels.moments.size());
    for (auto const& [name, value] : labels.properties) texts.add(name).add(value + 0.0);
    Comparable result{geometry_of(record.structure), texts.value()};
    result.energy = labels.energy.value_or(0.0) / std::max(1, record.structure.size());
    if (labels.stress)
        for (std::size_t i = 0; i < 9; ++i)
            result.stress[i] = (*labels.stress)(static_cast<int>(i / 3), static_cast<int>(i % 3));
    result.forces = projected(3 * labels.forces.size(), [&](std::size_t i) {
        return labels.forces[i / 3][static_cast<int>(i % 3)];
    });
    for (auto& f : result.forces) f *= std::sqrt(3.0);  // of vectors, not of components
    result.moments =
        projected(labels.moments.size(), [&](std::size_t i) { return labels.moments[i]; });
    return result;
}

Duplicates find_duplicates(std::span<Comparable const> all) {
    std::vector<Geometry> geometries;
    geometries.reserve(all.size());
    for (auto const& c : all) geometries.push_back(c.geometry);
    auto const group = same_geometry(geometries);
    std::map<std::uint64_t, std::vector<std::size_t>> different;  // of one geometry, by labels
    Duplicates found;
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto& others = different[group[i]];
        auto const same = std::ranges::any_of(
            others, [&](std::size_t j) { return have_same_labels(all[j], all[i]); });
        if (same) {
            found.later.push_back(static_cast<long long>(i));
            continue;
        }
        found.differing += others.empty() ? 0 : 1;
        for (auto const j : others)
            if (all[i].energy != 0.0 && all[j].energy != 0.0)
                found.apart = std::max(found.apart, std::abs(all[i].energy - all[j].energy));
        others.push_back(i);
    }
    return found;
}

}  // namespace kamacite::dataset

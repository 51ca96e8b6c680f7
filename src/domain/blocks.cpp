#include "blocks.hpp"

#include <algorithm>

#include "kamacite/neighbours/of_first.hpp"

namespace kamacite::domain {
namespace {

constexpr int atoms_per_block = 4096;

/// Some atoms and what is near them.
struct Part {
    Structure structure;
    std::vector<int> original;  ///< of each atom, in the whole
};

Part part_of(Structure const& whole, int begin, int end, double cutoff) {
    Part part{{whole.cell, {}, {}}, {}};
    auto const add = [&](std::size_t i) {
        part.structure.species.push_back(whole.species[i]);
        part.structure.positions.push_back(whole.positions[i]);
        part.original.push_back(static_cast<int>(i));
    };
    auto const first = static_cast<std::size_t>(begin), last = static_cast<std::size_t>(end);
    Vec3 low = whole.positions[first], high = low;
    for (auto i = first; i < last; ++i) {
        add(i);
        low = low.cwiseMin(whole.positions[i]);
        high = high.cwiseMax(whole.positions[i]);
    }
    low.array() -= cutoff;
    high.array() += cutoff;
    for (std::size_t i = 0; i < whole.positions.size(); ++i) {
        auto const r = whole.positions[i].array();
        if (i >= first && i < last) continue;
        if ((r >= low.array()).all() && (r <= high.array()).all()) add(i);
    }
    return part;
}

}  // namespace

Prediction predict_in_blocks(Potential const& potential, Structure const& structure, int owned) {
    Prediction all;
    all.forces.assign(structure.positions.size(), Vec3::Zero());
    all.virials.assign(structure.positions.size(), Mat3::Zero());
    auto const append = [](auto& to, auto const& from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    for (int begin = 0; begin < owned; begin += atoms_per_block) {
        int const end = std::min(owned, begin + atoms_per_block);
        auto const part = part_of(structure, begin, end, potential.cutoff());
        auto const p = potential.predict(
            part.structure,
            find_neighbours_of_first(part.structure, potential.cutoff(), end - begin));
        append(all.energies, p.energies);
        append(all.moments, p.moments);
        append(all.extrapolation, p.extrapolation);
        append(all.grade, p.grade);
        for (std::size_t i = 0; i < p.forces.size(); ++i) {
            auto const to = static_cast<std::size_t>(part.original[i]);
            all.forces[to] += p.forces[i];
            all.virials[to] += p.virials[i];
        }
    }
    return all;
}

}  // namespace kamacite::domain

#pragma once
#include "kamacite/core/error.hpp"
#include "kamacite/potential/potential.hpp"

namespace kamacite {

/// Energies, forces and virials of a sum over pairs nearer than `cutoff`.
/// \param atoms  how many there are with the ghosts, which are not listed
/// \param pair  pair(i, j, r) has members energy [eV] and slope [eV/Å]
template <class F>
Prediction sum_of_pairs(Neighbours const& neighbours, std::size_t atoms, double cutoff,
                        F const& pair) {
    auto const n = static_cast<std::size_t>(neighbours.size());
    KAMACITE_EXPECTS(n <= atoms);
    Prediction result;
    result.energies.assign(n, 0.0);
    result.forces.assign(atoms, Vec3::Zero());
    result.virials.assign(atoms, Mat3::Zero());
    for (std::size_t i = 0; i < n; ++i) {
        auto const list = neighbours.of(static_cast<int>(i));
        for (int k = 0; k < list.size(); ++k) {
            auto const slot = static_cast<std::size_t>(k);
            double const r = list.distance[slot];
            if (r >= cutoff) continue;
            auto const j = static_cast<std::size_t>(list.atom[slot]);
            auto const v = pair(i, j, r);
            Vec3 const p = 0.5 * v.slope / r * list.vector(k);  // ∂E_i/∂r_ij
            result.energies[i] += 0.5 * v.energy;
            result.forces[i] += p;
            result.forces[j] -= p;
            result.virials[j] -= list.vector(k) * p.transpose();
        }
    }
    return result;
}

}  // namespace kamacite

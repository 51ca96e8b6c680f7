#pragma once
#include "kamacite/potential/potential.hpp"

namespace kamacite::dynamics {

/// Energy that flows through the cell, times its volume, in its two parts.
struct HeatFlux {
    Vec3 convective = Vec3::Zero();  ///< Σ v_i (½ m_i v_i² + E_i) [eV Å/fs]: carried by atoms
    Vec3 virial = Vec3::Zero();      ///< Σ W_i · v_i [eV Å/fs]: handed over between atoms

    [[nodiscard]] Vec3 total() const { return convective + virial; }  ///< J [eV Å/fs]
};

/// Heat flux of a many-body potential, the part of some atoms.
///
///     J = d/dt Σ r_i e_i = Σ v_i e_i + Σ W_i · v_i,   e_i = ½ m_i v_i² + E_i
///     (W_i · v_i)_α = Σ_β W_i,αβ v_i,β,   W_i = Σ_j r_ij ⊗ ∂E_j/∂r_ji
///
/// The first equality holds for a finite system; with periodic cells the second form is the
/// definition. A constant e0 added to every E_i adds e0 Σ v_i, nothing where that sum vanishes (one
/// element, no momentum). A W_i of another gauge with the same sum, such as the pair-stress form,
/// is wrong here: a velocity multiplies each.
/// \param prediction  energies of the n atoms, one each, and virials of at least the first n, with
///                    what other ranks' ghosts have of them added
/// \param velocities  [Å/fs], n
/// \param masses      [eV fs²/Å²], n
/// \returns what the n atoms add to J; its sum over all ranks is J
/// \throws DataError if the prediction has no virials
/// Source: Fan, Pereira, Wang, Zheng, Donadio, Harju, Phys. Rev. B 92, 094301 (2015).
[[nodiscard]] HeatFlux heat_flux(Prediction const& prediction, std::span<Vec3 const> velocities,
                                 std::span<double const> masses);

}  // namespace kamacite::dynamics

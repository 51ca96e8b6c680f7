#pragma once
#include "kamacite/potential/potential.hpp"

namespace kamacite::dynamics {

/// Forces of a fictitious field that drives a heat current, of some atoms.
///
///     F_i = e_i F_e + W_iᵀ F_e,   e_i = ½ m_i v_i² + E_i,   W_i = Σ_j r_ij ⊗ ∂E_j/∂r_ji
///
/// Their power is that of the field on the heat flux: Σ_i v_i · F_i = J · F_e (heat_flux()), so
/// that by linear response ⟨J⟩ = V T κ F_e. What is given here adds up to a force on the whole,
/// which take_total_away() removes. A W_i of another gauge, or its transpose, drives another
/// current. \param prediction  energies of the n atoms and virials of at least the first n, with
/// what other
///                    ranks' ghosts have of them added
/// \param velocities  [Å/fs], n
/// \param masses      [eV fs²/Å²], n
/// \param field       F_e [1/Å]
/// \param out         F_i [eV/Å], n
/// \throws DataError if the prediction has no virials
/// Source: Evans, Phys. Lett. A 91, 457 (1982); for many-body potentials Fan, Dong, Harju,
/// Ala-Nissila, Phys. Rev. B 99, 064308 (2019), eq. 9.
void driving_forces(Prediction const& prediction, std::span<Vec3 const> velocities,
                    std::span<double const> masses, Vec3 const& field, std::span<Vec3> out);

/// Takes the force on the whole away: F_i ← F_i − m_i/M F. Without momentum the power Σ v_i · F_i
/// stays, whatever the masses.
/// \param forces      [eV/Å], changed in place
/// \param masses      [eV fs²/Å²], as many
/// \param total       F = Σ F_i over all atoms, added over ranks [eV/Å]
/// \param total_mass  M of all atoms [eV fs²/Å²], positive
void take_total_away(std::span<Vec3> forces, std::span<double const> masses, Vec3 const& total,
                     double total_mass);

}  // namespace kamacite::dynamics

#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "kamacite/core/types.hpp"

/// \file
/// The pieces of a step of molecular dynamics. Every function is serial and acts on the atoms it is
/// given, one entry of each span per atom, in any order: all atoms, or those that one rank owns.
/// Sums are then parts, to be added over ranks; random numbers belong to the atom, known by its
/// number among all.

namespace kamacite::dynamics {

/// Changes velocities by the forces that act for a time.
///
///     v_i ← v_i + F_i dt / m_i
///
/// Velocity Verlet is kick(dt/2), drift(dt), new forces, kick(dt/2).
/// \param velocities  [Å/fs], changed in place
/// \param forces      [eV/Å]; what lies beyond velocities.size(), ghosts, is not looked at
/// \param masses      [eV fs²/Å²], positive, as many as velocities
/// \param dt          [fs], of either sign
/// Source: Swope, Andersen, Berens, Wilson, J. Chem. Phys. 76, 637 (1982).
void kick(std::span<Vec3> velocities, std::span<Vec3 const> forces, std::span<double const> masses,
          double dt);

/// Moves atoms along their velocities: r_i ← r_i + v_i dt.
/// \param positions   [Å], changed in place; not brought back into a cell
/// \param velocities  [Å/fs], as many
/// \param dt          [fs], of either sign
void drift(std::span<Vec3> positions, std::span<Vec3 const> velocities, double dt);

/// Kinetic energy K = ½ Σ m_i v_i².
/// \param velocities  [Å/fs]
/// \param masses      [eV fs²/Å²], as many
/// \returns [eV], ≥ 0
[[nodiscard]] double kinetic_energy(std::span<Vec3 const> velocities,
                                    std::span<double const> masses);

/// Kinetic part of the pressure tensor: Σ m_i v_i ⊗ v_i, so that σ = −(W + Σ m_i v_i ⊗ v_i)/V with
/// the virial W of the potential. Its trace is 2K.
/// \param velocities  [Å/fs]
/// \param masses      [eV fs²/Å²], as many
/// \returns [eV], symmetric
[[nodiscard]] Mat3 kinetic_tensor(std::span<Vec3 const> velocities, std::span<double const> masses);

/// Momentum P = Σ m_i v_i.
/// \param velocities  [Å/fs]
/// \param masses      [eV fs²/Å²], as many
/// \returns [eV fs/Å]
[[nodiscard]] Vec3 momentum(std::span<Vec3 const> velocities, std::span<double const> masses);

/// Kinetic temperature T = 2K/(k_B n).
/// \param kinetic_energy      K of all atoms [eV]
/// \param degrees_of_freedom  n ≥ 1: 3 per atom, less 3 where the momentum is conserved
/// \returns [K]
[[nodiscard]] double temperature(double kinetic_energy, long long degrees_of_freedom);

/// Masses of atoms by their elements (mass_of).
/// \param species  atomic numbers
/// \returns [eV fs²/Å²], one per atom
/// \throws DataError if an element is not known
[[nodiscard]] std::vector<double> masses_of(std::span<int const> species);

/// Velocities of Maxwell and Boltzmann: v_i = √(k_B T/m_i) ξ_i, with ξ_i three standard normals.
/// The motion of the centre of mass is not removed, and the kinetic energy is not made that of T:
/// both would need all atoms. remove_drift() does the first.
/// \param species      atomic numbers
/// \param ids          numbers of the atoms among all, ≥ 0, as many; ξ_i depends on (seed, id)
/// alone \param temperature  T [K], ≥ 0 \param seed         another seed gives other velocities
/// \returns [Å/fs], one per atom
/// \throws DataError if an element is not known
[[nodiscard]] std::vector<Vec3> thermal_velocities(std::span<int const> species,
                                                   std::span<long long const> ids,
                                                   double temperature, std::uint64_t seed);

/// Takes the motion of the centre of mass from the velocities: v_i ← v_i − P/M.
/// \param velocities      [Å/fs], changed in place
/// \param total_momentum  P of all atoms [eV fs/Å], as momentum() gives it, added over ranks
/// \param total_mass      M of all atoms [eV fs²/Å²], positive
void remove_drift(std::span<Vec3> velocities, Vec3 const& total_momentum, double total_mass);

/// A bath that exchanges heat with every atom by friction and noise.
struct Langevin {
    double temperature = 300.0;  ///< T [K], ≥ 0
    double friction = 0.01;      ///< γ [1/fs], ≥ 0: velocities are forgotten after about 1/γ
    std::uint64_t seed = 0;      ///< of the noise
};

/// Exchanges heat with a bath: friction and noise alone, for a time dt, with no error in dt.
///
///     v_i ← c v_i + √((1 − c²) k_B T/m_i) ξ_i,   c = exp(−γ dt)
///
/// The O of BAOAB: kick(dt/2), drift(dt/2), exchange_heat(dt), drift(dt/2), new forces, kick(dt/2).
/// The momentum of all atoms is not conserved: it gets its thermal fluctuation.
/// \param velocities  [Å/fs], changed in place
/// \param masses      [eV fs²/Å²], positive, as many
/// \param ids         numbers of the atoms among all, ≥ 0, as many; the noise ξ_i depends on
///                    (bath.seed, id, step) alone
/// \param bath        T, γ and the seed
/// \param dt          [fs], ≥ 0
/// \param step        number of the step, ≥ 0: each has its own noise
/// Source: Leimkuhler and Matthews, Appl. Math. Res. eXpress 2013, 34 (2013).
void exchange_heat(std::span<Vec3> velocities, std::span<double const> masses,
                   std::span<long long const> ids, Langevin const& bath, double dt, long long step);

}  // namespace kamacite::dynamics

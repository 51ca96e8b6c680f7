#pragma once
#include "kamacite/phonons/displacements.hpp"

namespace kamacite::phonons {

/// By how much force constants from forces miss what they must satisfy, before it is imposed
/// [eV/Å²]: the largest element of each.
struct Asymmetry {
    double exchange = 0.0;  ///< of Φ_ij − Φ_jiᵀ
    double sum = 0.0;       ///< of Σ_j Φ_ij: forces of a crystal that is moved as a whole
};

/// Harmonic force constants of a crystal between an atom of the cell and one of the supercell,
///
///     Φ_iα,jβ = ∂²E/∂u_iα ∂u_jβ,   F_jβ = −Σ_iα u_iα Φ_iα,jβ
///
/// in eV/Å². They hold what the supercell can: Φ_ij is the sum over the images of j.
struct ForceConstants {
    Supercell supercell;
    std::vector<Mat3> blocks;  ///< Φ_ij at [i · supercell.size() + j], i in the unit cell
    Asymmetry asymmetry;

    [[nodiscard]] Mat3 const& block(int i, int j) const {
        return blocks[std::size_t(i * supercell.size() + j)];
    }
};

/// What is to be computed for the force constants of a crystal.
struct DisplacementPlan {
    Supercell supercell;
    std::vector<Operation> operations;  ///< of the supercell
    std::vector<Displacement> displacements;
};

/// \param matrix    of the supercell
/// \param distance  of the displacements [Å], positive
/// \throws as find_space_group() and Supercell
[[nodiscard]] DisplacementPlan plan_displacements(Structure const& unit, Mat3i const& matrix,
                                                  double distance);

/// The supercell without displacement, then those of the plan.
[[nodiscard]] std::vector<ForceJob> force_jobs(DisplacementPlan const& plan,
                                               Potential const& potential);

/// Forces of the displaced supercells [eV/Å], of all atoms, less those without displacement.
struct ForceSet {
    std::vector<std::vector<Vec3>> forces;  ///< one per displacement of the plan
    Reach reach{};                          ///< of all
};

/// \param results  of force_jobs(), in their order
/// \throws DataError if the crystal is not at rest: a force of more than 1e-3 eV/Å acts on an atom
[[nodiscard]] ForceSet force_set(DisplacementPlan const& plan,
                                 std::span<ForceResult const> results);

/// Least squares: symmetry turns each displacement and its forces into those of all equivalent
/// atoms, and Φ_ij = −(Σ u uᵀ)⁻¹ Σ u F_jᵀ over all of them; so Φ has the symmetry of the crystal.
/// Exchange symmetry and the acoustic sum rule are imposed afterwards by the nearest constants that
/// have both,
///
///     Φ → ½(Φ + Φᵀ) → (1 − P) Φ (1 − P),   P: onto translations of the whole supercell
///
/// Source: Parlinski, Li and Kawazoe, Phys. Rev. Lett. 78, 4063 (1997).
[[nodiscard]] ForceConstants solve_force_constants(DisplacementPlan const& plan,
                                                   ForceSet const& set);

/// All of the above for one crystal and potential, the supercells spread over the ranks.
/// Collective.
[[nodiscard]] ForceConstants force_constants(mpi::Communicator const& comm,
                                             Potential const& potential, Structure const& unit,
                                             Mat3i const& matrix, double distance);

}  // namespace kamacite::phonons

#pragma once
#include "kamacite/phonons/harmonic.hpp"

namespace kamacite::phonons {

/// Two atoms of the supercell moved.
struct PairDisplacement {
    std::size_t first;  ///< which displacement of ThirdOrderPlan::first, of atom i …
    int second;         ///< … and which atom j of the supercell moves as well
    Vec3 vector;        ///< of j [Å]; where j is i, both add up
};

/// What is to be computed for the third-order force constants of a crystal.
struct ThirdOrderPlan {
    Supercell supercell;
    std::vector<Operation> operations;  ///< of the supercell
    double cutoff;                      ///< [Å]: no two atoms of a triple are farther apart
    std::vector<Displacement> first;
    std::vector<PairDisplacement> pairs;
};

/// \throws InputError if the cutoff is above a third of the shortest vector of the supercell: a
///         triple could then close over its border
void require_third_order_fits(Supercell const& supercell, double cutoff);

/// The fewest pairs of displacements from which symmetry makes all: those of find_displacements(),
/// and with each of them, in the crystal that is left of lower symmetry, of one atom of each kind
/// within the cutoff.
/// \param distance  of either displacement [Å], positive
/// \throws InputError as require_third_order_fits()
[[nodiscard]] ThirdOrderPlan plan_third_order(Structure const& unit, Mat3i const& matrix,
                                              double cutoff, double distance);

/// The supercells of the plan's pairs.
[[nodiscard]] std::vector<ForceJob> force_jobs(ThirdOrderPlan const& plan,
                                               Potential const& potential);

/// Components Φ_αβγ at [9α + 3β + γ].
using Tensor3 = Eigen::Matrix<double, 27, 1>;

/// One triple of atoms: i of the unit cell, j and k of the supercell.
struct Triple {
    int i, j, k;
    Tensor3 constants;  ///< [eV/Å³]
};

/// Third-order force constants of a crystal, Φ_iα,jβ,kγ = ∂³E/∂u_iα ∂u_jβ ∂u_kγ.
struct ThirdOrder {
    Supercell supercell;
    std::vector<Triple> triples;  ///< all within the cutoff
    Asymmetry asymmetry;          ///< before it is imposed, as that of ForceConstants [eV/Å³]
    double sum = 0.0;             ///< largest element of Σ_k Φ_ijk that is left [eV/Å³]
    Reach reach{};                ///< of the forces it is made of
};

/// Least squares over the images of both displacements, Φ_ijk = (Σ u uᵀ)⁻¹ Σ u ⊗ G_jk(u), with G
/// the force constants of the crystal in which atom i is moved by u, from central differences or
/// what symmetry makes of them. The six permutations of (i, j, k) and the acoustic sum rule are
/// imposed by turns, until a turn changes nothing more.
/// \param forces  of force_jobs(), in their order
[[nodiscard]] ThirdOrder solve_third_order(ThirdOrderPlan const& plan,
                                           std::span<ForceResult const> forces);

/// The shortest distance [Å] from atom i of the supercell to an image of atom j.
[[nodiscard]] double shortest_distance(Supercell const& supercell, int i, int j);
/// Whether that is at most a cutoff [Å], to 1e-5 Å: of distances that are equal by symmetry all are
/// or none.
[[nodiscard]] bool are_within(Supercell const& supercell, int i, int j, double cutoff);

}  // namespace kamacite::phonons

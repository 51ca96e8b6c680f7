#pragma once
#include <cstdint>

#include "kamacite/phonons/clusters.hpp"
#include "kamacite/phonons/ensemble.hpp"
#include "kamacite/phonons/third_order.hpp"

namespace kamacite::phonons {

/// Force constants of second and third order that symmetry and sum rules leave, in a supercell.
struct ConstantsBasis {
    Supercell supercell;
    ClusterBasis second, third;

    [[nodiscard]] int unknowns() const { return second.unknowns() + third.unknowns(); }
};

/// \param second_cutoff  [Å], as make_basis(); at least the supercell's size: all pairs
/// \param third_cutoff   [Å], as make_basis()
/// \throws InputError as require_third_order_fits()
[[nodiscard]] ConstantsBasis constants_basis(Supercell const& supercell,
                                             std::vector<Operation> const& operations,
                                             double second_cutoff, double third_cutoff);

/// Force constants of both orders.
struct Constants {
    ForceConstants second;
    ThirdOrder third;
};

/// \param unknowns  free parameters of the second order, then of the third
[[nodiscard]] Constants constants_of(ConstantsBasis const& basis, Eigen::VectorXd const& unknowns);

/// Equations A x = F of the forces of displaced cells,
///
///     F_iα = −Σ_jβ Φ_iα,jβ u_jβ − ½ Σ_jβ,kγ Φ_iα,jβ,kγ u_jβ u_kγ,
///
/// held as AᵀA and AᵀF, of which sums are sums over cells.
struct NormalEquations {
    explicit NormalEquations(int unknowns)
        : squares{Eigen::MatrixXd::Zero(unknowns, unknowns)},
          products{Eigen::VectorXd::Zero(unknowns)} {}

    Eigen::MatrixXd squares;   ///< AᵀA
    Eigen::VectorXd products;  ///< AᵀF
    double forces = 0.0;       ///< FᵀF [eV²/Å²]
    double rows = 0.0;         ///< of A

    /// Σ |A x − F|² [eV²/Å²]; exact to rounding of FᵀF.
    [[nodiscard]] double residual(Eigen::VectorXd const& x) const;
    NormalEquations& operator+=(NormalEquations const& other);
    NormalEquations& operator-=(NormalEquations const& other);
};

/// Adds the equations of one cell.
/// \param displacements, forces  of all atoms of the supercell [Å], [eV/Å]
void add_cell(NormalEquations& equations, ConstantsBasis const& basis,
              std::span<Vec3 const> displacements, std::span<Vec3 const> forces);

/// Least squares.
struct Solution {
    Eigen::VectorXd unknowns;
    double condition;  ///< of A, its columns of length one
};

/// \throws InputError if the equations do not determine all unknowns, to a condition of 10⁶
[[nodiscard]] Solution solve(NormalEquations const& equations);

/// How cells are drawn and fitted.
struct RegressionSettings {
    double temperature = 300.0;  ///< of the ensemble [K]
    Statistics statistics = Statistics::quantum;
    int cells = 20;              ///< even, at least 4
    int iterations = 3;          ///< at least 1
    double second_cutoff = 1e3;  ///< [Å]
    double third_cutoff = 5.0;   ///< [Å]
    std::uint64_t seed = 1;
};

/// What a fit to cells gives.
struct Regression {
    Constants constants;
    /// Of fits that leave out one block of cells each: their spread is the error (jackknife_error).
    std::vector<ForceConstants> without;
    /// Of fits to every other block of cells, and to the rest: halves that share no cell.
    std::vector<Constants> halves;
    int second_unknowns = 0, third_unknowns = 0;
    double condition = 0.0;
    /// Root mean square of what is missed of the forces of cells that were not fitted: of each
    /// block by the fit without it [eV/Å].
    double error = 0.0;
    double determination = 0.0;  ///< R² of these forces
    Reach reach{};               ///< of all cells
};

/// Fewest cells from which the unknowns of a basis follow, one of the blocks left out.
[[nodiscard]] int cells_needed(ConstantsBasis const& basis);

/// Draws cells from an ensemble, computes their forces and fits force constants to them. Cells
/// come in pairs of opposite displacements, so that even and odd orders do not mix; pairs are put
/// into at most 16 blocks, whatever the number of ranks, and blocks are spread over the ranks: the
/// same bits on any number of them, and memory that does not grow with the cells. Pair k draws from
/// the stream (seed, "rattled cell", k).
/// Collective.
/// \throws InputError if there are fewer cells than cells_needed(); as Potential::predict()
[[nodiscard]] Regression fit_cells(mpi::Communicator const& comm, Potential const& potential,
                                   ConstantsBasis const& basis, Ensemble const& ensemble, int cells,
                                   std::uint64_t seed);

/// A crystal at a temperature.
struct Renormalised {
    Regression fit;       ///< of the last iteration
    ForceConstants last;  ///< second order of the iteration before: from which its cells were drawn
    std::vector<double> changes;  ///< by each iteration: largest, of ω at commensurate q [1/fs]
};

/// Effective force constants at a temperature: those that fit the forces of cells drawn from the
/// ensemble of the second order itself. With many cells these are the means over the ensemble
///
///     Φ = ⟨∂²E/∂u∂u⟩,   Ψ = ⟨∂³E/∂u∂u∂u⟩
///
/// within the cutoffs, of which the first is the self-consistent harmonic approximation. Each
/// iteration draws the same noise. Collective.
/// \param crystal     where it begins; its supercell is the one that is used
/// \param operations  of the supercell
/// \throws InputError as fit_cells()
/// Source: Hooton, Phil. Mag. 46, 422 (1955), the approximation; Hellman, Abrikosov and Simak,
/// Phys. Rev. B 84, 180301 (2011), constants from a fit at a temperature; Errea, Calandra and
/// Mauri, Phys. Rev. B 89, 064302 (2014), stochastic cells.
[[nodiscard]] Renormalised renormalise(mpi::Communicator const& comm, Potential const& potential,
                                       Harmonic const& crystal,
                                       std::vector<Operation> const& operations,
                                       RegressionSettings const& settings);

/// Standard error of a number by the spread of its values with one of n blocks left out each,
/// (Σ (x − x̄)² (n − 1)/n)^½. Source: Efron and Stein, Ann. Stat. 9, 586 (1981).
[[nodiscard]] double jackknife_error(std::span<double const> without);

}  // namespace kamacite::phonons

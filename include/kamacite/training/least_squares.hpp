#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/mpi/communicator.hpp"

namespace kamacite::training {

/// A sum of squares ½|r(x)|² of replicated variables. All functions are called on all ranks with
/// the same arguments, may be collective, and must give the same on all.
struct LeastSquares {
    using Vector = std::vector<double>;
    std::function<Vector(std::span<double const> x)> residuals;  ///< r(x)
    /// J(x) v and J(x)ᵀ u with J = ∂r/∂x
    std::function<Vector(std::span<double const> x, std::span<double const> v)> product;
    std::function<Vector(std::span<double const> x, std::span<double const> u)> transposed;
};

/// What the solvers of PETSc are asked to do.
struct LeastSquaresOptions {
    double regularizer = 1e-4;  ///< λ
    int inner = 50;             ///< products with J and Jᵀ for each iteration at most
    std::string petsc{};        ///< further options of PETSc
};

/// One iteration of PETSc's TAO brgn: Gauss–Newton with the proximal regularisation
///
///     min ½|r(x)|² + ½ λ |x − x_before|²
///
/// whose steps are found with J and Jᵀ as operators (no row is stored) by conjugate gradients, with
/// a line search. It begins anew in each call, so that x is its whole state.
///
/// TAO runs on rank 0 and the other ranks serve, as for minimise_once().
/// \param x  the same on all ranks; moved
/// \returns empty, or why it cannot go on
/// \throws as minimise_once(). Collective.
[[nodiscard]] std::string gauss_newton_once(mpi::Communicator const& comm, std::vector<double>& x,
                                            LeastSquares const& problem,
                                            LeastSquaresOptions const& options);

/// The ridge regression of the linearised problem,
///
///     min ½|r + J d|² + ½ λ |x + d|²,   x ← x + d
///
/// by PETSc's KSP lsqr, with J as an operator. Where r is linear in x this is the solution, in one
/// call. Else d is halved until the sum falls, six times at most.
/// \returns empty, or why it cannot go on: "no better point" where no part of d is better
/// \throws as minimise_once(). Collective.
[[nodiscard]] std::string ridge_regression(mpi::Communicator const& comm, std::vector<double>& x,
                                           LeastSquares const& problem,
                                           LeastSquaresOptions const& options);

}  // namespace kamacite::training

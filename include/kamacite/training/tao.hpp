#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/mpi/communicator.hpp"

namespace kamacite::training {

/// What TAO is asked to do.
struct TaoOptions {
    int iterations = 50;  ///< at most
    std::string petsc;    ///< options of PETSc, e.g. "-tao_lmm_vectors 20"; may change -tao_type
};

/// Where a minimisation ended.
struct TaoResult {
    std::vector<double> x;
    std::string reason;  ///< as TAO names it, e.g. "CONVERGED_GATOL"
};

/// Minimises a function of replicated variables with PETSc's TAO, by default limited-memory BFGS.
///
/// TAO runs on rank 0 alone and the other ranks serve its evaluations: a line search that differs
/// in the last bit from rank to rank could otherwise part their ways for ever. Evaluations are
/// where the time goes, and they are shared.
///
/// \param start      first x, the same on all ranks
/// \param evaluate   value at x and gradient into `g`; called on all ranks with the same x, may be
///                   collective, must give the same on all
/// \param iteration  called on all ranks after each iteration with the new x; true: stop
/// \throws SystemError if PETSc fails; InputError if an option is not one that PETSc can read
/// Collective.
[[nodiscard]] TaoResult minimise(
    mpi::Communicator const& comm, std::span<double const> start, TaoOptions const& options,
    std::function<double(std::span<double const> x, std::span<double> g)> const& evaluate,
    std::function<bool(std::span<double const> x)> const& iteration);

}  // namespace kamacite::training

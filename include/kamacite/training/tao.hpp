#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/mpi/communicator.hpp"

namespace kamacite::training {

/// Where a minimisation stands: all that it goes on from, to the bit.
///
/// TAO is a deterministic function of the values that it is given, so these, from where it began,
/// are its whole state: its next iteration is found by showing them to it again, which costs
/// nothing beside an evaluation.
struct TaoState {
    std::vector<double> start;                   ///< where it began; empty: it has not begun
    int iterations = 0;                          ///< done since then
    std::vector<double> values;                  ///< f of each evaluation since then
    std::vector<std::vector<double>> gradients;  ///< of each
};

/// What TAO is asked to do.
struct TaoOptions {
    std::string type = "lmvm";  ///< of TAO
    int restart = 100;          ///< iterations until it begins anew where it is
    std::string petsc{};        ///< options of PETSc, e.g. "-tao_ls_type armijo"
};

/// One iteration of PETSc's TAO on replicated variables, e.g. limited-memory BFGS with its line
/// search.
///
/// TAO runs on rank 0 alone and the other ranks serve its evaluations: a line search that differs
/// in the last bit from rank to rank could otherwise part their ways for ever. Evaluations are
/// where the time goes, and they are shared.
///
/// \param x         the same on all ranks; moved
/// \param state     the same on all ranks; updated
/// \param evaluate  value at x and gradient into `g`; called on all ranks with the same x, may be
///                  collective, must give the same on all
/// \returns empty, or why it cannot go on, as TAO names it, e.g. "CONVERGED_GATOL"
/// \throws SystemError if PETSc fails; InputError if an option is not one that PETSc can read, or
///         that nothing reads. Collective.
[[nodiscard]] std::string minimise_once(
    mpi::Communicator const& comm, std::vector<double>& x, TaoState& state,
    TaoOptions const& options,
    std::function<double(std::span<double const> x, std::span<double> g)> const& evaluate);

}  // namespace kamacite::training

#pragma once
#include <petsctao.h>

#include <exception>
#include <span>
#include <string>
#include <vector>

#include "kamacite/core/handle.hpp"

/// \file
/// What the solvers of PETSc have in common here.

namespace kamacite::petsc {

/// \throws SystemError naming the call if it failed
void check(PetscErrorCode code, char const* call);

/// How a Handle owns a vector; objects of one rank, which others do not wait for.
struct VecTraits {
    using type = Vec;
    static type null() noexcept { return nullptr; }
    static void close(type v) noexcept { VecDestroy(&v); }
    static constexpr bool collective = false;
};
/// The same of a matrix.
struct MatTraits {
    using type = Mat;
    static type null() noexcept { return nullptr; }
    static void close(type m) noexcept { MatDestroy(&m); }
    static constexpr bool collective = false;
};
/// The same of an optimiser.
struct TaoTraits {
    using type = Tao;
    static type null() noexcept { return nullptr; }
    static void close(type t) noexcept { TaoDestroy(&t); }
    static constexpr bool collective = false;
};
/// The same of a linear solver.
struct KspTraits {
    using type = KSP;
    static type null() noexcept { return nullptr; }
    static void close(type k) noexcept { KSPDestroy(&k); }
    static constexpr bool collective = false;
};
using Vector = Handle<VecTraits>;     ///< of one rank
using Operator = Handle<MatTraits>;   ///< of one rank
using Optimiser = Handle<TaoTraits>;  ///< of one rank
using Solver = Handle<KspTraits>;     ///< of one rank

/// Starts PETSc on this rank alone, the first time it is needed; it cannot be started twice. MPI
/// ends it: what hangs on MPI_COMM_SELF is taken down first in MPI_Finalize. Signals stay with the
/// program.
void start();

/// Options of PETSc that hold while this lives.
class Options {
public:
    /// \throws InputError if it is not words like "-name" or "-name value"
    explicit Options(std::string const& text);
    /// \throws InputError naming an option that nobody has asked for
    void expect_all_read() const;
    ~Options();
    Options(Options const&) = delete;
    Options& operator=(Options const&) = delete;

private:
    PetscOptions options_ = nullptr;
};

/// Calls work for C code: an exception waits in `error` until that has returned.
template <class Work>
PetscErrorCode guarded(std::exception_ptr& error, Work const& work) {
    try {
        work();
        return 0;
    } catch (...) {
        error = std::current_exception();
        return PETSC_ERR_USER;
    }
}

/// This rank's part of a vector.
[[nodiscard]] std::vector<double> values_of(Vec from);
/// Writes this rank's part of a vector.
void fill(Vec into, std::span<double const> from);
/// A vector of this rank alone.
[[nodiscard]] Vector vector_of(std::span<double const> values);

}  // namespace kamacite::petsc

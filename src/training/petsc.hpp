#pragma once
#include <petsctao.h>

#include <span>
#include <string>
#include <vector>

#include "kamacite/core/handle.hpp"

/// \file
/// PETSc on one rank alone: what its solvers have in common here.

namespace kamacite::training::petsc {

/// \throws SystemError naming the call if it failed
void check(PetscErrorCode code, char const* call);

struct VecTraits {
    using type = Vec;
    static type null() noexcept { return nullptr; }
    static void close(type v) noexcept { VecDestroy(&v); }
    static constexpr bool collective = false;
};
struct MatTraits {
    using type = Mat;
    static type null() noexcept { return nullptr; }
    static void close(type m) noexcept { MatDestroy(&m); }
    static constexpr bool collective = false;
};
struct TaoTraits {
    using type = Tao;
    static type null() noexcept { return nullptr; }
    static void close(type t) noexcept { TaoDestroy(&t); }
    static constexpr bool collective = false;
};
struct KspTraits {
    using type = KSP;
    static type null() noexcept { return nullptr; }
    static void close(type k) noexcept { KSPDestroy(&k); }
    static constexpr bool collective = false;
};
using Vector = Handle<VecTraits>;
using Operator = Handle<MatTraits>;
using Optimiser = Handle<TaoTraits>;
using Solver = Handle<KspTraits>;

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

[[nodiscard]] std::vector<double> values_of(Vec from);
void fill(Vec into, std::span<double const> from);
[[nodiscard]] Vector vector_of(std::span<double const> values);

}  // namespace kamacite::training::petsc

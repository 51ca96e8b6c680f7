#include "kamacite/training/tao.hpp"

#include <fmt/format.h>
#include <petsctao.h>

#include <cmath>
#include <exception>

#include "kamacite/core/error.hpp"
#include "kamacite/core/handle.hpp"

namespace kamacite::training {
namespace {

void check(PetscErrorCode code, char const* call) {
    if (code == 0) return;
    char const* text = nullptr;
    PetscErrorMessage(code, &text, nullptr);
    throw SystemError(fmt::format("{} failed: {} (PETSc error {})", call,
                                  text == nullptr ? "unknown" : text, static_cast<int>(code)));
}

struct VecTraits {
    using type = Vec;
    static type null() noexcept { return nullptr; }
    static void close(type v) noexcept { VecDestroy(&v); }
    static constexpr bool collective = false;
};
struct TaoTraits {
    using type = Tao;
    static type null() noexcept { return nullptr; }
    static void close(type t) noexcept { TaoDestroy(&t); }
    static constexpr bool collective = false;
};

int finalise_petsc(MPI_Comm, int, void*, void*) {
    return PetscFinalize() == 0 ? MPI_SUCCESS : MPI_ERR_OTHER;
}

/// Starts PETSc on this rank alone, the first time it is needed; it cannot be started twice. MPI
/// ends it: what hangs on MPI_COMM_SELF is taken down first in MPI_Finalize. Signals stay with the
/// program.
void start_petsc() {
    PetscBool running = PETSC_FALSE;
    check(PetscInitialized(&running), "PetscInitialized");
    if (running == PETSC_TRUE) return;
    PETSC_COMM_WORLD = MPI_COMM_SELF;
    check(PetscOptionsSetValue(nullptr, "-no_signal_handler", "true"), "PetscOptionsSetValue");
    check(PetscOptionsSetValue(nullptr, "-skip_petscrc", "true"), "PetscOptionsSetValue");
    check(PetscInitializeNoArguments(), "PetscInitialize");
    check(PetscPushErrorHandler(PetscReturnErrorHandler, nullptr), "PetscPushErrorHandler");
    int key = MPI_KEYVAL_INVALID;
    mpi::check(MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, finalise_petsc, &key, nullptr),
               "MPI_Comm_create_keyval");
    mpi::check(MPI_Comm_set_attr(MPI_COMM_SELF, key, nullptr), "MPI_Comm_set_attr");
}

/// Options of PETSc that hold while this lives.
class Options {
public:
    explicit Options(std::string const& text) {
        check(PetscOptionsCreate(&options_), "PetscOptionsCreate");
        if (PetscOptionsInsertString(options_, text.c_str()) != 0) {
            PetscOptionsDestroy(&options_);
            throw InputError(fmt::format(
                "PETSc cannot read the options '{}': write them as on its command line, e.g. "
                "'-tao_lmm_vectors 20'",
                text));
        }
        PetscOptionsPush(options_);
    }
    ~Options() {
        PetscOptionsPop();
        PetscOptionsDestroy(&options_);
    }
    Options(Options const&) = delete;
    Options& operator=(Options const&) = delete;

private:
    PetscOptions options_ = nullptr;
};

enum class Order : int { finish, evaluate, iteration, failed };

/// What all ranks do together; rank 0 says when.
struct Work {
    mpi::Communicator const& comm;
    std::function<double(std::span<double const>, std::span<double>)> const& evaluate;
    std::function<bool(std::span<double const>)> const& iteration;
    std::vector<double> x{};
    std::exception_ptr error{};  // kept while C code is on the stack

    void give(Order order) {
        std::vector<int> word = {static_cast<int>(order)};
        comm.broadcast(word);
        if (order != Order::failed) comm.broadcast(x);
    }
};

void take(Work& work, Vec from) {
    PetscInt n = 0;
    double const* values = nullptr;
    check(VecGetLocalSize(from, &n), "VecGetLocalSize");
    check(VecGetArrayRead(from, &values), "VecGetArrayRead");
    work.x.assign(values, values + n);
    check(VecRestoreArrayRead(from, &values), "VecRestoreArrayRead");
}

/// Runs a callback of C code: an exception waits in `work` until that code has returned.
template <class F>
PetscErrorCode guarded(Work& work, F const& body) {
    try {
        body();
        return 0;
    } catch (...) {
        work.error = std::current_exception();
        return PETSC_ERR_USER;
    }
}

PetscErrorCode on_evaluate(Tao, Vec x, PetscReal* value, Vec g, void* context) {
    auto& work = *static_cast<Work*>(context);
    return guarded(work, [&] {
        take(work, x);
        work.give(Order::evaluate);
        double* into = nullptr;
        check(VecGetArray(g, &into), "VecGetArray");
        *value = work.evaluate(work.x, std::span{into, work.x.size()});
        check(VecRestoreArray(g, &into), "VecRestoreArray");
    });
}

PetscErrorCode on_iteration(Tao tao, void* context) {
    auto& work = *static_cast<Work*>(context);
    return guarded(work, [&] {
        check(TaoDefaultConvergenceTest(tao, nullptr), "TaoDefaultConvergenceTest");
        PetscInt n = 0;
        check(TaoGetIterationNumber(tao, &n), "TaoGetIterationNumber");
        if (n == 0) return;
        Vec x = nullptr;
        check(TaoGetSolution(tao, &x), "TaoGetSolution");
        take(work, x);
        work.give(Order::iteration);
        if (work.iteration(work.x))
            check(TaoSetConvergedReason(tao, TAO_CONVERGED_USER), "TaoSetConvergedReason");
    });
}

std::string solve(Work& work, std::span<double const> start, TaoOptions const& options) {
    start_petsc();
    Options const given{options.petsc};
    Vec raw_x = nullptr;
    check(VecCreateSeq(PETSC_COMM_SELF, static_cast<PetscInt>(start.size()), &raw_x),
          "VecCreateSeq");
    Handle<VecTraits> const x{raw_x};
    double* values = nullptr;
    check(VecGetArray(x.get(), &values), "VecGetArray");
    std::copy(start.begin(), start.end(), values);
    check(VecRestoreArray(x.get(), &values), "VecRestoreArray");

    Tao raw_tao = nullptr;
    check(TaoCreate(PETSC_COMM_SELF, &raw_tao), "TaoCreate");
    Handle<TaoTraits> const tao{raw_tao};
    check(TaoSetType(tao.get(), TAOLMVM), "TaoSetType");
    check(TaoSetMaximumIterations(tao.get(), options.iterations), "TaoSetMaximumIterations");
    check(TaoSetTolerances(tao.get(), 1e-10, 1e-10, 0.0), "TaoSetTolerances");
    check(TaoSetFromOptions(tao.get()), "TaoSetFromOptions");
    check(TaoSetSolution(tao.get(), x.get()), "TaoSetSolution");
    check(TaoSetObjectiveAndGradient(tao.get(), nullptr, on_evaluate, &work),
          "TaoSetObjectiveAndGradient");
    check(TaoSetConvergenceTest(tao.get(), on_iteration, &work), "TaoSetConvergenceTest");

    auto const code = TaoSolve(tao.get());
    if (work.error) std::rethrow_exception(work.error);
    check(code, "TaoSolve");
    take(work, x.get());
    TaoConvergedReason reason = TAO_CONTINUE_ITERATING;
    check(TaoGetConvergedReason(tao.get(), &reason), "TaoGetConvergedReason");
    return TaoConvergedReasons[reason];
}

}  // namespace

TaoResult minimise(
    mpi::Communicator const& comm, std::span<double const> start, TaoOptions const& options,
    std::function<double(std::span<double const> x, std::span<double> g)> const& evaluate,
    std::function<bool(std::span<double const> x)> const& iteration) {
    Work work{comm, evaluate, iteration};
    TaoResult result;
    if (comm.is_root()) {
        try {
            result.reason = solve(work, start, options);
        } catch (...) {
            // An error in common work was thrown on all ranks; one of PETSc is rank 0's alone.
            if (!work.error) work.give(Order::failed);
            throw;
        }
        work.give(Order::finish);
    } else {
        std::vector<double> g(start.size());
        for (;;) {
            std::vector<int> word;
            comm.broadcast(word);
            auto const order = static_cast<Order>(word.at(0));
            if (order == Order::failed)
                throw SystemError("the optimiser failed on rank 0: see its message");
            comm.broadcast(work.x);
            if (order == Order::finish) break;
            if (order == Order::evaluate)
                (void)evaluate(work.x, g);
            else
                (void)iteration(work.x);
        }
    }
    comm.broadcast(result.reason);
    result.x = std::move(work.x);
    return result;
}

}  // namespace kamacite::training

#include "kamacite/training/tao.hpp"

#include <fmt/format.h>
#include <exception>
#include <utility>

#include "kamacite/core/error.hpp"
#include "kamacite/petsc/petsc.hpp"

namespace kamacite::training {
namespace {

enum class Order : int { finish, evaluate, failed };

using Evaluate = std::function<double(std::span<double const>, std::span<double>)>;

/// What all ranks do together; rank 0 says when.
struct Work {
    mpi::Communicator const& comm;
    TaoState& state;
    Evaluate const& evaluate;
    std::size_t seen = 0;        // evaluations that this TAO has been shown or has asked for
    std::vector<double> x{};     // where to evaluate
    std::exception_ptr error{};  // kept while C code is on the stack

    void give(Order order) {
        std::vector<int> word = {static_cast<int>(order)};
        comm.broadcast(word);
        if (order == Order::evaluate) comm.broadcast(x);
    }
    void evaluate_here() {
        std::vector<double> g(x.size());
        double const value = evaluate(x, g);
        state.values.push_back(value);
        state.gradients.push_back(std::move(g));
    }
};

/// Value and gradient for TAO. An exception waits in `work` until the C code has returned.
PetscErrorCode on_evaluate(Tao, Vec x, PetscReal* value, Vec g, void* context) {
    auto& work = *static_cast<Work*>(context);
    try {
        if (work.seen == work.state.values.size()) {
            work.x = petsc::values_of(x);
            work.give(Order::evaluate);
            work.evaluate_here();
        }
        petsc::fill(g, work.state.gradients[work.seen]);
        *value = work.state.values[work.seen];
        ++work.seen;
        return 0;
    } catch (...) {
        work.error = std::current_exception();
        return PETSC_ERR_USER;
    }
}

petsc::Optimiser make_tao(Work& work, Vec x, TaoOptions const& options) {
    Tao raw = nullptr;
    petsc::check(TaoCreate(PETSC_COMM_SELF, &raw), "TaoCreate");
    petsc::Optimiser tao{raw};
    petsc::check(TaoSetType(tao.get(), options.type.c_str()), "TaoSetType");
    petsc::check(TaoSetTolerances(tao.get(), 1e-10, 1e-10, 0.0), "TaoSetTolerances");
    petsc::check(TaoSetSolution(tao.get(), x), "TaoSetSolution");
    petsc::check(TaoSetObjectiveAndGradient(tao.get(), nullptr, on_evaluate, &work),
                 "TaoSetObjectiveAndGradient");
    if (TaoSetFromOptions(tao.get()) != 0)
        throw InputError(
            fmt::format("PETSc refuses the options '{}': mend 'petsc'", options.petsc));
    petsc::check(TaoSetMaximumIterations(tao.get(), work.state.iterations + 1),
                 "TaoSetMaximumIterations");
    return tao;
}

/// One more iteration, on rank 0; x is moved. \returns why it cannot go on, or nothing
std::string iterate(Work& work, std::vector<double>& x, TaoOptions const& options) {
    petsc::start();
    petsc::Options const given{options.petsc};
    auto const point = petsc::vector_of(work.state.start);
    auto const tao = make_tao(work, point.get(), options);
    auto const code = TaoSolve(tao.get());
    if (work.error) std::rethrow_exception(work.error);
    petsc::check(code, "TaoSolve");
    given.expect_all_read();
    TaoConvergedReason reason = TAO_CONTINUE_ITERATING;
    petsc::check(TaoGetConvergedReason(tao.get(), &reason), "TaoGetConvergedReason");
    x = petsc::values_of(point.get());
    return reason == TAO_DIVERGED_MAXITS ? "" : TaoConvergedReasons[reason];
}

std::string serve(Work& work) {
    for (;;) {
        std::vector<int> word;
        work.comm.broadcast(word);
        auto const order = static_cast<Order>(word.at(0));
        if (order == Order::failed) mpi::all_or_none(work.comm, [] {});  // throws what rank 0 has
        if (order == Order::finish) return "";
        work.comm.broadcast(work.x);
        work.evaluate_here();
    }
}

std::string lead(Work& work, std::vector<double>& x, TaoOptions const& options) {
    try {
        auto end = iterate(work, x, options);
        work.give(Order::finish);
        return end;
    } catch (...) {
        // An error in common work was thrown on all ranks; one of PETSc is rank 0's alone.
        if (work.error) throw;
        work.give(Order::failed);
        mpi::all_or_none(work.comm, [] { throw; });
        return "";
    }
}

}  // namespace

std::string minimise_once(mpi::Communicator const& comm, std::vector<double>& x, TaoState& state,
                          TaoOptions const& options, Evaluate const& evaluate) {
    if (state.start.empty() || state.iterations >= options.restart) state = {x, 0, {}, {}};
    Work work{comm, state, evaluate};
    auto const before = x;
    auto end = comm.is_root() ? lead(work, x, options) : serve(work);
    comm.broadcast(end);
    comm.broadcast(x);
    ++state.iterations;
    if (x != before) return end;
    // No better point: what is known of the curvature may mislead, so the next call has none.
    bool const knew = state.iterations > 1;
    state = {};
    return knew ? "" : end.empty() ? "no better point" : end;
}

}  // namespace kamacite::training

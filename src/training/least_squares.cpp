#include "kamacite/training/least_squares.hpp"

#include <fmt/format.h>

#include <cmath>
#include <exception>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/petsc/petsc.hpp"

namespace kamacite::training {
namespace {

using Vector = LeastSquares::Vector;

enum class Order : int { finish, residuals, product, transposed, failed };

/// What all ranks do together; rank 0 says when.
struct Work {
    mpi::Communicator const& comm;
    LeastSquares const& problem;
    Vector point;                // x where products are taken
    std::exception_ptr error{};  // kept while C code is on the stack

    Vector ask(Order order, Vector argument) {
        std::vector<int> word = {static_cast<int>(order)};
        comm.broadcast(word);
        comm.broadcast(argument);
        return answer(order, argument);
    }
    Vector answer(Order order, Vector const& argument) {
        if (order == Order::product) return problem.product(point, argument);
        if (order == Order::transposed) return problem.transposed(point, argument);
        point = argument;
        return problem.residuals(point);
    }
    /// Moves there, if it is not there.
    void go_to(Vector const& x) {
        if (x != point) (void)ask(Order::residuals, x);
    }
    void tell(Order order) {
        std::vector<int> word = {static_cast<int>(order)};
        comm.broadcast(word);
    }
};

void serve(Work& work) {
    for (;;) {
        std::vector<int> word;
        work.comm.broadcast(word);
        auto const order = static_cast<Order>(word.at(0));
        if (order == Order::failed) mpi::all_or_none(work.comm, [] {});  // throws what rank 0 has
        if (order == Order::finish) return;
        Vector argument;
        work.comm.broadcast(argument);
        (void)work.answer(order, argument);
    }
}

/// Runs lead() on rank 0, with whom the others serve. \returns what it returns
template <class F>
std::string conduct(Work& work, F const& lead) {
    std::string end;
    if (!work.comm.is_root()) {
        serve(work);
    } else {
        try {
            petsc::start();
            end = lead();
            work.tell(Order::finish);
        } catch (...) {
            if (work.error) throw;  // it was thrown on all ranks
            work.tell(Order::failed);
            mpi::all_or_none(work.comm, [] { throw; });
        }
    }
    work.comm.broadcast(end);
    return end;
}

void check(Work const& work, PetscErrorCode code, char const* call) {
    if (work.error) std::rethrow_exception(work.error);
    petsc::check(code, call);
}

Work& work_of(Mat j) {
    void* context = nullptr;
    petsc::check(MatShellGetContext(j, &context), "MatShellGetContext");
    return *static_cast<Work*>(context);
}

PetscErrorCode on_residuals(Tao, Vec x, Vec r, void* context) {
    auto& work = *static_cast<Work*>(context);
    return petsc::guarded(work.error,
                          [&] { petsc::fill(r, work.ask(Order::residuals, petsc::values_of(x))); });
}

PetscErrorCode on_jacobian(Tao, Vec x, Mat, Mat, void* context) {
    auto& work = *static_cast<Work*>(context);
    return petsc::guarded(work.error, [&] { work.go_to(petsc::values_of(x)); });
}

PetscErrorCode on_product(Mat j, Vec v, Vec out) {
    auto& work = work_of(j);
    return petsc::guarded(work.error,
                          [&] { petsc::fill(out, work.ask(Order::product, petsc::values_of(v))); });
}

PetscErrorCode on_transposed(Mat j, Vec u, Vec out) {
    auto& work = work_of(j);
    return petsc::guarded(
        work.error, [&] { petsc::fill(out, work.ask(Order::transposed, petsc::values_of(u))); });
}

petsc::Operator operator_of(Work& work, std::size_t rows, std::size_t columns,
                            PetscErrorCode (*product)(Mat, Vec, Vec),
                            PetscErrorCode (*transposed)(Mat, Vec, Vec), void* context) {
    Mat raw = nullptr;
    auto const m = static_cast<PetscInt>(rows), n = static_cast<PetscInt>(columns);
    check(work, MatCreateShell(PETSC_COMM_SELF, m, n, m, n, context, &raw), "MatCreateShell");
    petsc::Operator j{raw};
    check(work, MatShellSetOperation(raw, MATOP_MULT, reinterpret_cast<void (*)(void)>(product)),
          "MatShellSetOperation");
    check(work,
          MatShellSetOperation(raw, MATOP_MULT_TRANSPOSE,
                               reinterpret_cast<void (*)(void)>(transposed)),
          "MatShellSetOperation");
    return j;
}

/// \param rows  number of residuals
std::string lead_gauss_newton(Work& work, Vector& x, std::size_t rows,
                              LeastSquaresOptions const& options) {
    petsc::Options const given{
        fmt::format("-tao_brgn_regularization_type l2prox -tao_brgn_regularizer_weight {} {}",
                    options.regularizer, options.petsc)};
    auto const point = petsc::vector_of(x);
    auto const r = petsc::vector_of(Vector(rows, 0.0));
    auto const j = operator_of(work, rows, x.size(), on_product, on_transposed, &work);
    Tao raw = nullptr;
    check(work, TaoCreate(PETSC_COMM_SELF, &raw), "TaoCreate");
    petsc::Optimiser const tao{raw};
    check(work, TaoSetType(raw, TAOBRGN), "TaoSetType");
    check(work, TaoSetTolerances(raw, 1e-12, 1e-12, 0.0), "TaoSetTolerances");
    check(work, TaoSetSolution(raw, point.get()), "TaoSetSolution");
    check(work, TaoSetResidualRoutine(raw, r.get(), on_residuals, &work), "TaoSetResidualRoutine");
    check(work, TaoSetJacobianResidualRoutine(raw, j.get(), j.get(), on_jacobian, &work),
          "TaoSetJacobianResidualRoutine");
    check(work, TaoSetMaximumIterations(raw, 1), "TaoSetMaximumIterations");
    if (TaoSetFromOptions(raw) != 0)
        throw InputError(
            fmt::format("PETSc refuses the options '{}': mend 'petsc'", options.petsc));
    Tao inner = nullptr;
    check(work, TaoBRGNGetSubsolver(raw, &inner), "TaoBRGNGetSubsolver");
    check(work, TaoSetMaximumIterations(inner, 1), "TaoSetMaximumIterations");
    check(work, TaoSetUp(raw), "TaoSetUp");
    KSP ksp = nullptr;
    check(work, TaoGetKSP(inner, &ksp), "TaoGetKSP");
    if (ksp != nullptr)
        check(work,
              KSPSetTolerances(ksp, PETSC_DEFAULT, PETSC_DEFAULT, PETSC_DEFAULT, options.inner),
              "KSPSetTolerances");
    check(work, TaoSolve(raw), "TaoSolve");
    given.expect_all_read();
    TaoConvergedReason reason = TAO_CONTINUE_ITERATING;
    check(work, TaoGetConvergedReason(raw, &reason), "TaoGetConvergedReason");
    x = petsc::values_of(point.get());
    return reason == TAO_DIVERGED_MAXITS ? "" : TaoConvergedReasons[reason];
}

/// J with √λ of each variable below it.
struct Ridge {
    Work& work;
    double root;
};

Ridge& ridge_of(Mat j) {
    void* context = nullptr;
    petsc::check(MatShellGetContext(j, &context), "MatShellGetContext");
    return *static_cast<Ridge*>(context);
}

PetscErrorCode on_ridge_product(Mat j, Vec v, Vec out) {
    auto& ridge = ridge_of(j);
    return petsc::guarded(ridge.work.error, [&] {
        auto const values = petsc::values_of(v);
        auto all = ridge.work.ask(Order::product, values);
        for (double const x : values) all.push_back(ridge.root * x);
        petsc::fill(out, all);
    });
}

PetscErrorCode on_ridge_transposed(Mat j, Vec u, Vec out) {
    auto& ridge = ridge_of(j);
    return petsc::guarded(ridge.work.error, [&] {
        auto values = petsc::values_of(u);
        PetscInt n = 0;
        petsc::check(VecGetLocalSize(out, &n), "VecGetLocalSize");
        auto const rows = values.size() - static_cast<std::size_t>(n);
        Vector const below{values.begin() + static_cast<std::ptrdiff_t>(rows), values.end()};
        values.resize(rows);
        auto sum = ridge.work.ask(Order::transposed, values);
        for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += ridge.root * below[k];
        petsc::fill(out, sum);
    });
}

double squares(Vector const& r) {
    return std::inner_product(r.begin(), r.end(), r.begin(), 0.0);
}

std::string lead_ridge(Work& work, Vector& x, Vector const& r, LeastSquaresOptions const& options) {
    petsc::Options const given{options.petsc};
    Ridge ridge{work, std::sqrt(options.regularizer)};
    auto const rows = r.size() + x.size();
    auto const j = operator_of(work, rows, x.size(), on_ridge_product, on_ridge_transposed, &ridge);
    Vector right;
    for (double const value : r) right.push_back(-value);
    for (double const value : x) right.push_back(-ridge.root * value);
    auto const b = petsc::vector_of(right);
    auto const d = petsc::vector_of(Vector(x.size(), 0.0));
    KSP raw = nullptr;
    check(work, KSPCreate(PETSC_COMM_SELF, &raw), "KSPCreate");
    petsc::Solver const solver{raw};
    check(work, KSPSetType(raw, KSPLSQR), "KSPSetType");
    check(work, KSPSetOperators(raw, j.get(), j.get()), "KSPSetOperators");
    PC pc = nullptr;
    check(work, KSPGetPC(raw, &pc), "KSPGetPC");
    check(work, PCSetType(pc, PCNONE), "PCSetType");
    check(work, KSPSetTolerances(raw, 1e-12, 1e-300, PETSC_DEFAULT, options.inner),
          "KSPSetTolerances");
    if (KSPSetFromOptions(raw) != 0)
        throw InputError(
            fmt::format("PETSc refuses the options '{}': mend 'petsc'", options.petsc));
    check(work, KSPSolve(raw, b.get(), d.get()), "KSPSolve");
    given.expect_all_read();
    auto step = petsc::values_of(d.get());
    double const before = squares(r) + options.regularizer * squares(x);
    for (int halvings = 0; halvings <= 6; ++halvings) {
        auto trial = x;
        for (std::size_t k = 0; k < trial.size(); ++k) trial[k] += step[k];
        double const after =
            squares(work.ask(Order::residuals, trial)) + options.regularizer * squares(trial);
        if (after < before) {
            x = trial;
            // A linear problem is solved; what is left is rounding.
            return before - after < 1e-9 * before ? "no better point" : "";
        }
        for (double& value : step) value *= 0.5;
    }
    return "no better point";
}

}  // namespace

std::string gauss_newton_once(mpi::Communicator const& comm, std::vector<double>& x,
                              LeastSquares const& problem, LeastSquaresOptions const& options) {
    Work work{comm, problem, x};
    auto const rows = problem.residuals(x).size();
    auto const before = x;
    auto end = conduct(work, [&] { return lead_gauss_newton(work, x, rows, options); });
    comm.broadcast(x);
    if (x == before && end.empty()) end = "no better point";
    return end;
}

std::string ridge_regression(mpi::Communicator const& comm, std::vector<double>& x,
                             LeastSquares const& problem, LeastSquaresOptions const& options) {
    Work work{comm, problem, x};
    auto const r = problem.residuals(x);
    auto const end = conduct(work, [&] { return lead_ridge(work, x, r, options); });
    comm.broadcast(x);
    return end;
}

}  // namespace kamacite::training

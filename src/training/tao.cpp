#include "kamacite/training/tao.hpp"

#include <fmt/format.h>
#include <petsctao.h>

#include <cctype>
#include <exception>
#include <sstream>
#include <utility>

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

/// Whether a text is words like "-name" or "-name value", of which PETSc itself drops the others.
bool is_options(std::string const& text) {
    std::istringstream words{text};
    bool takes_value = false;
    for (std::string word; words >> word;) {
        bool const name =
            word.size() > 1 && word[0] == '-' && std::isalpha(static_cast<unsigned char>(word[1]));
        if (!name && !takes_value) return false;
        takes_value = name;
    }
    return true;
}

/// Options of PETSc that hold while this lives.
class Options {
public:
    explicit Options(std::string const& text) {
        if (!is_options(text))
            throw InputError(fmt::format(
                "PETSc cannot read the options '{}': write them as on its command line, e.g. "
                "'-tao_ls_type armijo'",
                text));
        check(PetscOptionsCreate(&options_), "PetscOptionsCreate");
        check(PetscOptionsInsertString(options_, text.c_str()), "PetscOptionsInsertString");
        PetscOptionsPush(options_);
    }
    /// \throws InputError naming an option that nobody has asked for
    void expect_all_read() const {
        PetscInt left = 0;
        char** names = nullptr;
        char** values = nullptr;
        check(PetscOptionsLeftGet(options_, &left, &names, &values), "PetscOptionsLeftGet");
        std::string const first = left > 0 ? names[0] : "";
        check(PetscOptionsLeftRestore(options_, &left, &names, &values), "PetscOptionsLeftRestore");
        if (!first.empty())
            throw InputError(fmt::format(
                "PETSc's optimiser does not know the option '-{}' (see the manual page of TAO): "
                "mend 'petsc'",
                first));
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

std::vector<double> values_of(Vec from) {
    PetscInt n = 0;
    double const* values = nullptr;
    check(VecGetLocalSize(from, &n), "VecGetLocalSize");
    check(VecGetArrayRead(from, &values), "VecGetArrayRead");
    std::vector<double> out{values, values + n};
    check(VecRestoreArrayRead(from, &values), "VecRestoreArrayRead");
    return out;
}

void fill(Vec into, std::span<double const> from) {
    double* values = nullptr;
    check(VecGetArray(into, &values), "VecGetArray");
    std::copy(from.begin(), from.end(), values);
    check(VecRestoreArray(into, &values), "VecRestoreArray");
}

Handle<VecTraits> vector_of(std::span<double const> values) {
    Vec raw = nullptr;
    check(VecCreateSeq(PETSC_COMM_SELF, static_cast<PetscInt>(values.size()), &raw),
          "VecCreateSeq");
    Handle<VecTraits> vector{raw};
    fill(vector.get(), values);
    return vector;
}

/// Value and gradient for TAO. An exception waits in `work` until the C code has returned.
PetscErrorCode on_evaluate(Tao, Vec x, PetscReal* value, Vec g, void* context) {
    auto& work = *static_cast<Work*>(context);
    try {
        if (work.seen == work.state.values.size()) {
            work.x = values_of(x);
            work.give(Order::evaluate);
            work.evaluate_here();
        }
        fill(g, work.state.gradients[work.seen]);
        *value = work.state.values[work.seen];
        ++work.seen;
        return 0;
    } catch (...) {
        work.error = std::current_exception();
        return PETSC_ERR_USER;
    }
}

Handle<TaoTraits> make_tao(Work& work, Vec x, TaoOptions const& options) {
    Tao raw = nullptr;
    check(TaoCreate(PETSC_COMM_SELF, &raw), "TaoCreate");
    Handle<TaoTraits> tao{raw};
    check(TaoSetType(tao.get(), options.type.c_str()), "TaoSetType");
    check(TaoSetTolerances(tao.get(), 1e-10, 1e-10, 0.0), "TaoSetTolerances");
    check(TaoSetSolution(tao.get(), x), "TaoSetSolution");
    check(TaoSetObjectiveAndGradient(tao.get(), nullptr, on_evaluate, &work),
          "TaoSetObjectiveAndGradient");
    if (TaoSetFromOptions(tao.get()) != 0)
        throw InputError(
            fmt::format("PETSc refuses the options '{}': mend 'petsc'", options.petsc));
    check(TaoSetMaximumIterations(tao.get(), work.state.iterations + 1), "TaoSetMaximumIterations");
    return tao;
}

/// One more iteration, on rank 0; x is moved. \returns why it cannot go on, or nothing
std::string iterate(Work& work, std::vector<double>& x, TaoOptions const& options) {
    start_petsc();
    Options const given{options.petsc};
    auto const point = vector_of(work.state.start);
    auto const tao = make_tao(work, point.get(), options);
    auto const code = TaoSolve(tao.get());
    if (work.error) std::rethrow_exception(work.error);
    check(code, "TaoSolve");
    given.expect_all_read();
    TaoConvergedReason reason = TAO_CONTINUE_ITERATING;
    check(TaoGetConvergedReason(tao.get(), &reason), "TaoGetConvergedReason");
    x = values_of(point.get());
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

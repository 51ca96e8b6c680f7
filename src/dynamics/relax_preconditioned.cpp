#include <fmt/format.h>
#include <petscksp.h>
#include <petsctao.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <numbers>

#include "kamacite/core/error.hpp"
#include "path_point.hpp"
#include "preconditioner.hpp"

namespace kamacite::dynamics {
namespace {

using petsc::check;

/// What TAO works with, and what waits until its C code has returned.
struct Work {
    FreeStructure& s;
    Rest const& rest;
    AfterStep const& after_step;
    PathPoint& point;
    Preconditioner const& preconditioner;
    double mu, mu_cell;
    End end = End::at_rest;
    bool ended = false, moved_far = false;
    long long steps = 0;
    std::exception_ptr error{};
};

/// Enthalpy and its gradient. A step that takes an atom too far has an infinite enthalpy, which the
/// line search shortens without an evaluation.
PetscErrorCode on_evaluate(Tao, Vec x, PetscReal* value, Vec g, void* context) {
    auto& work = *static_cast<Work*>(context);
    return petsc::guarded(work.error, [&] {
        auto const to = petsc::values_of(x);
        if (work.point.stride(to) > work.rest.longest_step) {
            *value = std::numeric_limits<double>::infinity();
            check(VecZeroEntries(g), "VecZeroEntries");
            return;
        }
        work.point.go_to(to);
        *value = work.point.value();
        petsc::fill(g, work.point.gradient());
    });
}

/// After each step: whether the structure is at rest, or has to be looked at anew.
PetscErrorCode on_test(Tao tao, void* context) {
    auto& work = *static_cast<Work*>(context);
    return petsc::guarded(work.error, [&] {
        Vec x = nullptr;
        check(TaoGetSolution(tao, &x), "TaoGetSolution");
        work.point.go_to(petsc::values_of(x));  // it is there, unless a line search has failed
        work.point.accept();
        bool const first = work.steps++ == 0;  // of this matrix: seen already
        bool const stop = !first && work.after_step(work.s);
        if (work.rest.reached(work.s.standing())) {
            work.ended = true;
        } else if (stop) {
            work.ended = true;
            work.end = End::stopped;
        } else if (work.s.evaluations() >= work.rest.most_evaluations) {
            work.ended = true;
            work.end = End::out_of_evaluations;
        } else if (work.point.far_from_start() > 0.5 * work.preconditioner.nearest()) {
            work.moved_far = true;
        }
        if (work.ended || work.moved_far)
            check(TaoSetConvergedReason(tao, TAO_CONVERGED_USER), "TaoSetConvergedReason");
    });
}

/// P⁻¹ with μ and μ_c.
PetscErrorCode on_precondition(PC pc, Vec in, Vec out) {
    void* context = nullptr;
    PetscErrorCode const code = PCShellGetContext(pc, &context);
    if (code != 0) return code;
    auto& work = *static_cast<Work*>(context);
    return petsc::guarded(work.error, [&] {
        auto values = petsc::values_of(in);
        auto const atoms = std::span{values}.first(work.point.atom_numbers());
        work.preconditioner.solve(atoms);
        for (double& v : atoms) v /= work.mu;
        for (double& v : std::span{values}.subspan(atoms.size())) v /= work.mu_cell;
        petsc::fill(out, values);
    });
}

/// The curvature along a small displacement, as a multiple of what P has there.
double atom_stiffness(FreeStructure& s, Preconditioner const& p) {
    // Waves as long as the cell or some ten neighbours, and a hundredth of their distance high.
    constexpr double height = 1e-2, longest = 8.0;
    auto const& cell = s.domain().cell();
    Vec3 waves;
    for (int k = 0; k < 3; ++k)
        waves[k] = std::max(1.0, std::round(cell.height(k) / (longest * p.nearest())));
    std::vector<Vec3> there, back;
    std::vector<double> flat, before;
    for (std::size_t i = 0; i < s.domain().atoms().positions.size(); ++i) {
        Vec3 const f = cell.to_fractional(s.domain().atoms().positions[i]);
        Vec3 v = Vec3::Zero();
        for (int k = 0; k < 3 && !s.stays(i); ++k)
            v[k] = height * p.nearest() * std::sin(2.0 * std::numbers::pi * waves[k] * f[k]);
        there.push_back(v);
        flat.insert(flat.end(), v.data(), v.data() + 3);
        before.insert(before.end(), s.forces()[i].data(), s.forces()[i].data() + 3);
    }
    auto const wave = s.order().rows<double>(std::span<double const>{flat}, 3);
    auto const forces = s.order().rows<double>(std::span<double const>{before}, 3);
    s.move(there, Mat3::Zero());
    before.clear();
    for (auto const& f : s.forces()) before.insert(before.end(), f.data(), f.data() + 3);
    auto const after = s.order().rows<double>(std::span<double const>{before}, 3);
    double curvature = 0.0;
    for (std::size_t k = 0; k < wave.size(); ++k) curvature -= wave[k] * (after[k] - forces[k]);
    curvature = s.comm().all_reduce(mpi::Op::sum, curvature);
    auto const home = s.order().of_atoms<double>(std::span<double const>{wave}, 3);
    for (std::size_t i = 0; 3 * i < home.size(); ++i)
        back.emplace_back(-home[3 * i], -home[3 * i + 1], -home[3 * i + 2]);
    s.move(back, Mat3::Zero());
    double const mine = p.product(wave);
    constexpr double usual = 1.0;  // [eV/Å²] where the structure is no minimum along the wave
    return curvature > 0.0 && mine > 0.0 ? std::max(curvature / mine, 1e-3) : usual;
}

/// The curvature along a small strain, of volume and shape.
double cell_stiffness(FreeStructure& s) {
    constexpr double strain = 1e-3, usual = 1.0;
    if (s.freedom().cell == CellFreedom::fixed) return usual;
    Mat3 e;
    e << 1.0, 0.5, 0.5, 0.5, 1.0, 0.5, 0.5, 0.5, 1.0;
    e = s.free_part(e) * strain;
    std::vector<Vec3> still(s.domain().atoms().ids.size(), Vec3::Zero());
    Mat3 const before = s.enthalpy_virial();
    s.move(still, e);
    Mat3 const after = s.enthalpy_virial();
    still.assign(s.domain().atoms().ids.size(), Vec3::Zero());
    s.move(still, (Mat3::Identity() + e).inverse() - Mat3::Identity());
    double const length = s.cell_length();
    double const curvature =
        -(after - before).cwiseProduct(e).sum() / (e.squaredNorm() * length * length);
    return curvature > 0.0 ? std::max(curvature, 1e-3) : usual;
}

Shared<petsc::TaoTraits> tao_of(Work& work, Vec x, PreconditionerOptions const& options) {
    Tao raw = nullptr;
    check(TaoCreate(work.s.comm().raw(), &raw), "TaoCreate");
    Shared<petsc::TaoTraits> tao{raw};
    check(TaoSetType(raw, TAOLMVM), "TaoSetType");
    check(TaoSetSolution(raw, x), "TaoSetSolution");
    check(TaoSetObjectiveAndGradient(raw, nullptr, on_evaluate, &work),
          "TaoSetObjectiveAndGradient");
    check(TaoSetConvergenceTest(raw, on_test, &work), "TaoSetConvergenceTest");
    check(TaoSetMaximumIterations(raw, std::numeric_limits<PetscInt>::max()),
          "TaoSetMaximumIterations");
    check(TaoSetMaximumFunctionEvaluations(raw, std::numeric_limits<PetscInt>::max()),
          "TaoSetMaximumFunctionEvaluations");
    TaoLineSearch search = nullptr;
    check(TaoGetLineSearch(raw, &search), "TaoGetLineSearch");
    check(TaoLineSearchSetType(search, TAOLINESEARCHARMIJO), "TaoLineSearchSetType");
    if (TaoSetFromOptions(raw) != 0)
        throw InputError("PETSc refuses the options '" + options.petsc + "': mend 'petsc'");
    Mat shell = nullptr;  // stands for P: only its inverse is asked for
    PetscInt n = 0;
    check(VecGetLocalSize(x, &n), "VecGetLocalSize");
    check(MatCreateShell(work.s.comm().raw(), n, n, PETSC_DETERMINE, PETSC_DETERMINE, nullptr,
                         &shell),
          "MatCreateShell");
    check(TaoLMVMSetH0(raw, shell), "TaoLMVMSetH0");
    check(MatDestroy(&shell), "MatDestroy");
    KSP ksp = nullptr;
    check(TaoLMVMGetH0KSP(raw, &ksp), "TaoLMVMGetH0KSP");
    check(KSPSetType(ksp, KSPPREONLY), "KSPSetType");
    PC pc = nullptr;
    check(KSPGetPC(ksp, &pc), "KSPGetPC");
    check(PCSetType(pc, PCSHELL), "PCSetType");
    check(PCShellSetContext(pc, &work), "PCShellSetContext");
    check(PCShellSetApply(pc, on_precondition), "PCShellSetApply");
    return tao;
}

/// TAO from where the structure stands until it ends, has moved far or finds no better point.
void minimise(Work& work, PreconditionerOptions const& options, petsc::Options const& given) {
    auto const& comm = work.s.comm();
    Vec raw = nullptr;
    auto const start = work.point.coordinates();
    check(VecCreateMPI(comm.raw(), static_cast<PetscInt>(start.size()), PETSC_DETERMINE, &raw),
          "VecCreateMPI");
    Shared<petsc::VecTraits> const x{raw};
    petsc::fill(raw, start);
    auto const tao = tao_of(work, raw, options);
    check(TaoSetUp(tao.get()), "TaoSetUp");
    given.expect_all_read();  // before the work, not after it
    auto const code = TaoSolve(tao.get());
    if (work.error) std::rethrow_exception(work.error);
    check(code, "TaoSolve");
    work.point.go_to(petsc::values_of(raw));  // a line search may end elsewhere
}

}  // namespace

End relax_preconditioned(FreeStructure& s, Rest const& rest, PreconditionerOptions const& options,
                         AfterStep const& after_step) {
    petsc::start();
    petsc::Options const given{
        fmt::format("-tao_lmvm_mat_lmvm_hist_size {} {}", options.memory, options.petsc)};
    bool const stop = after_step(s);
    if (rest.reached(s.standing())) return End::at_rest;
    if (stop) return End::stopped;
    int failures = 0;
    while (failures < 2) {
        Preconditioner const preconditioner{s, options};
        double const mu = atom_stiffness(s, preconditioner), mu_cell = cell_stiffness(s);
        PathPoint point{s};
        Work work{s, rest, after_step, point, preconditioner, mu, mu_cell};
        minimise(work, options, given);
        if (work.ended) return work.end;
        bool const progress = work.steps > 2;
        failures = work.moved_far || progress ? 0 : failures + 1;
    }
    return relax_by_fire(s, rest, after_step);
}

}  // namespace kamacite::dynamics

#pragma once
#include <functional>
#include <string>

#include "kamacite/dynamics/free_structure.hpp"

namespace kamacite::dynamics {

/// When the relaxation of a structure over all ranks ends.
struct Rest {
    double force_tolerance = 1e-3;        ///< [eV/Å] largest |F_i| that counts as none
    double stress_tolerance = 1e-4;       ///< [eV/Å³] likewise of σ + p 1
    long long most_evaluations = 10'000;  ///< of the potential
    double longest_step = 0.2;            ///< [Å] that an atom moves at once, at most

    [[nodiscard]] bool reached(Standing const& s) const {
        return s.largest_force <= force_tolerance && s.largest_stress <= stress_tolerance;
    }
};

/// How a relaxation ended.
enum class End { at_rest, out_of_evaluations, stopped };

/// Called with where a step has led, on all ranks, and may be collective.
/// \returns whether to stop here, the same on all ranks
using AfterStep = std::function<bool(FreeStructure const&)>;

/// Brings a structure to rest by FIRE, atoms and cell together.
/// \param s  moved; its velocities are overwritten
/// Collective. \throws what FreeStructure::move() throws
[[nodiscard]] End relax_by_fire(FreeStructure& s, Rest const& rest, AfterStep const& after_step);

/// What the preconditioner of a relaxation is made of; the numbers of the article, but `stability`.
struct PreconditionerOptions {
    double decay = 3.0;       ///< A
    double reach = 2.0;       ///< r_cut in units of the mean distance r_nn of nearest neighbours
    double stability = 0.01;  ///< c_stab
    int memory = 10;          ///< steps that limited-memory BFGS remembers
    std::string petsc{};      ///< options of PETSc, e.g. "-relax_ksp_rtol 1e-6"
};

/// The same by limited-memory BFGS of PETSc TAO with a preconditioner made from the neighbours:
///
///     P_ij = −μ exp(−A (r_ij/r_nn − 1)) for r_ij < r_cut,   P_ii = −Σ_j P_ij + μ c_stab
///
/// for each of x, y and z; the cell has a number μ_c. μ and μ_c are those that a small displacement
/// in waves, and a small strain, ask for. P is a sparse matrix over all ranks, in the order of the
/// atoms' numbers, and is solved by conjugate gradients with algebraic multigrid. It is built anew,
/// and what BFGS remembers forgotten, when an atom has moved by half of r_nn. A step is accepted
/// if it lowers the enthalpy (Armijo), where the rounding of energies would hide that by the work
/// of the forces. Where the line search fails twice in a row, FIRE goes on.
///
/// The minimum does not depend on the number of ranks; the way to it does, by what multigrid and
/// loose tolerances make of P.
/// \throws InputError if an option is not one that PETSc can read, or that nothing reads;
///         SystemError if PETSc fails; what FreeStructure::move() throws. Collective.
/// Source: Packwood, Kermode, Mones, Bernstein, Woolley, Gould, Ortner, Csányi, J. Chem. Phys. 144,
/// 164109 (2016).
[[nodiscard]] End relax_preconditioned(FreeStructure& s, Rest const& rest,
                                       PreconditionerOptions const& options,
                                       AfterStep const& after_step);

}  // namespace kamacite::dynamics

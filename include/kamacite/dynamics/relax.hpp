#pragma once
#include "kamacite/potential/potential.hpp"

namespace kamacite::dynamics {

/// When a relaxation ends.
struct RelaxOptions {
    double force_tolerance = 1e-3;  ///< [eV/Å] largest |F_i| that counts as none
    int max_steps = 2000;           ///< evaluations of the potential
    double longest_step = 0.1;      ///< [Å] that an atom moves at once, at most
};

/// A structure at rest, or where the last step left it.
struct Relaxation {
    Structure structure;
    double energy = 0.0;         ///< [eV]
    double largest_force = 0.0;  ///< [eV/Å] largest |F_i|
    int steps = 0;               ///< evaluations that were made
    bool converged = false;      ///< largest_force ≤ force_tolerance
};

/// Moves the atoms, in a cell that stays, until the forces vanish: FIRE, with unit masses. It does
/// not break symmetries beyond rounding, so that a saddle point which a symmetry keeps stays one.
/// \throws NumericalError naming the step if a force is not finite; what the potential throws
/// Source: Bitzek, Koskinen, Gähler, Moseler, Gumbsch, Phys. Rev. Lett. 97, 170201 (2006).
[[nodiscard]] Relaxation relax_positions(Potential const& potential, Structure structure,
                                         RelaxOptions const& options = {});

}  // namespace kamacite::dynamics

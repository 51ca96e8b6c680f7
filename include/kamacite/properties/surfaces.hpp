#pragma once
#include <string>

#include "kamacite/dynamics/relax.hpp"
#include "kamacite/generate/lattice.hpp"

namespace kamacite::properties {

/// Energy of a surface per area.
struct SurfaceEnergy {
    double unrelaxed = 0.0;  ///< [eV/Å²] of the atoms as in the crystal
    double energy = 0.0;     ///< γ [eV/Å²] after relaxation
    int atoms = 0;           ///< of the slab
};

/// γ = (E_slab − N e)/(2 A) of a slab with two equal surfaces, e the energy per atom of the
/// crystal. The crystal is strained by nothing: the slab has its lattice constant in the plane.
/// \param plane   Miller indices, as generate::plane_of() reads them
/// \param a       lattice constant [Å]
/// \param layers  atomic planes; the thickness must be well above twice the cutoff for a γ that no
///                longer depends on it
/// \throws InputError if there is no such plane; NumericalError if it does not come to rest
[[nodiscard]] SurfaceEnergy surface_energy(Potential const& potential, generate::Lattice lattice,
                                           int element, double a, std::string const& plane,
                                           int layers, dynamics::RelaxOptions const& relax = {});

}  // namespace kamacite::properties

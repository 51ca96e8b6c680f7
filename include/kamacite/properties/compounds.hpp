#pragma once
#include <vector>

#include "kamacite/dynamics/relax.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/structure/structure.hpp"

namespace kamacite::properties {

/// `s` made larger or smaller, all lengths alike, until its energy is least to some parts in a
/// thousand: downhill in steps from where its shortest bond has 1.1 times the sum of the covalent
/// radii. A start for a relaxation, which sees no more of the potential than it must.
/// \throws NumericalError if there is no minimum between 0.6 and 3 times these radii
[[nodiscard]] Structure scaled_to_minimum(Potential const& potential, Structure const& s);

/// A crystal whose atoms and cell are at rest.
struct Crystalline {
    Structure structure;
    double energy = 0.0;  ///< [eV/atom]
    double volume = 0.0;  ///< [Å³/atom]
};

/// Atoms and cell of `s` relaxed against a pressure.
/// \param alone     of this rank by itself
/// \param pressure  [eV/Å³], positive if it compresses
/// \throws NumericalError if they do not come to rest
[[nodiscard]] Crystalline crystal_at_rest(mpi::Communicator const& alone,
                                          Potential const& potential, Structure const& s,
                                          dynamics::RelaxOptions const& relax,
                                          double pressure = 0.0);

/// Bulk modulus [eV/Å³] of a crystal at rest, of any symmetry: that of equal pressure on all sides,
///
///     B = −V ∂p/∂V ≈ −V 2p/(V(p) − V(−p)),   p = 0.5 GPa
///
/// with atoms and cell relaxed at either pressure. \throws as crystal_at_rest()
[[nodiscard]] double hydrostatic_bulk_modulus(mpi::Communicator const& alone,
                                              Potential const& potential,
                                              Crystalline const& at_rest,
                                              dynamics::RelaxOptions const& relax);

/// Energy of formation per atom [eV] of a compound of energy E per atom,
///
///     ΔE = E − Σ_X c_X μ_X
///
/// \param energy      [eV/atom]
/// \param references  μ of each of its atoms: what an atom has in the reference of its element [eV]
[[nodiscard]] double formation_energy(double energy, std::vector<double> const& references);

}  // namespace kamacite::properties

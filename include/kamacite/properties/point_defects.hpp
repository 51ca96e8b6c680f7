#pragma once
#include <string>
#include <vector>

#include "kamacite/dynamics/relax.hpp"
#include "kamacite/generate/lattice.hpp"

namespace kamacite::properties {

/// A vacancy or a self-interstitial in a supercell of a cubic crystal.
struct DefectEnergy {
    double unrelaxed = 0.0;  ///< E_f of the atoms as placed [eV]
    double formation = 0.0;  ///< E_f [eV] after relaxation in the cell of the perfect crystal
    double pressure = 0.0;  ///< [eV/Å³] of the relaxed cell: how far it is from an endless crystal
    int atoms = 0;          ///< of the perfect supercell
    int steps = 0;          ///< of the relaxation
};

/// Names of the defects that defect_energy() knows: vacancy, and the sites of with_interstitial().
[[nodiscard]] std::vector<std::string> defect_names();

/// Formation energy of a point defect at fixed cell,
///
///     E_f = E(N ± 1) − (N ± 1)/N · E(N)
///
/// \param defect  one of defect_names()
/// \param a       lattice constant [Å] of the perfect crystal
/// \param copies  of the conventional cell along each edge, positive
/// \throws InputError if the lattice is not bcc or fcc; NumericalError if it does not come to rest
[[nodiscard]] DefectEnergy defect_energy(Potential const& potential, generate::Lattice lattice,
                                         int element, double a, std::string const& defect,
                                         int copies, dynamics::RelaxOptions const& relax = {});

}  // namespace kamacite::properties

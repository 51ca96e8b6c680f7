#pragma once
#include "kamacite/phonons/supercell.hpp"
#include "kamacite/potential/potential.hpp"

namespace kamacite::mpi {
class Communicator;
}

namespace kamacite::phonons {

/// One atom of the unit cell moved, in the supercell.
struct Displacement {
    int atom;     ///< of the unit cell
    Vec3 vector;  ///< [Å]
};

/// The fewest displacements from which symmetry makes those of every atom along every direction:
/// of one atom of each kind, along directions whose images under the operations that leave the atom
/// where it is span space; against each direction too unless one of these turns it round.
/// \param operations  of the supercell: operations_on()
/// \param distance    [Å], positive
[[nodiscard]] std::vector<Displacement> find_displacements(Structure const& unit,
                                                           std::vector<Operation> const& operations,
                                                           double distance);

/// The supercell with one atom moved.
[[nodiscard]] Structure displaced(Supercell const& supercell, Displacement const& displacement);

/// A structure whose forces are wanted, and by which potential.
struct ForceJob {
    Potential const* potential;
    Structure structure;
};

/// What a potential says of one structure.
struct ForceResult {
    std::vector<Vec3> forces;  ///< [eV/Å]
    double energy = 0.0;       ///< [eV]
    Reach reach{};
};

/// Forces of all structures, spread over the ranks. Results do not depend on how many there are.
/// Collective. \throws as Potential::predict()
[[nodiscard]] std::vector<ForceResult> compute_forces(mpi::Communicator const& comm,
                                                      std::vector<ForceJob> const& jobs);

}  // namespace kamacite::phonons

#pragma once
#include <string>
#include <vector>

#include "kamacite/dynamics/band.hpp"
#include "kamacite/dynamics/relax.hpp"
#include "kamacite/generate/lattice.hpp"

namespace kamacite::properties {

/// A point defect on its way to the next site.
struct Migration {
    double barrier = 0.0;          ///< E_m [eV]: of the saddle point above the defect at rest
    std::vector<double> way;       ///< [Å] of all images from the first end
    std::vector<double> energies;  ///< [eV] of all images above the first end
};

/// Names of the defects that migration() knows: vacancy, dumbbell_110.
[[nodiscard]] std::vector<std::string> migrating_defects();

/// Energy of a jump between two structures of the same atoms in the same order, both relaxed at
/// fixed cell first, by a nudged elastic band with a climbing image from a straight path.
/// \param alone   of this rank by itself
/// \param what    what jumps, for messages
/// \param images  between the ends
/// \throws NumericalError if an end or the path does not come to rest
[[nodiscard]] Migration jump(mpi::Communicator const& alone, Potential const& potential,
                             Structure const& first, Structure const& last, std::string const& what,
                             int images, dynamics::RelaxOptions const& relax = {});

/// Energy of the jump of a point defect to a neighbouring site, at fixed cell, by a nudged elastic
/// band with a climbing image:
///
///     vacancy       a nearest neighbour jumps into it (bcc and fcc)
///     dumbbell_110  to a nearest neighbour, turned by 60° (bcc): the way of least energy in iron
///
/// \param alone    of this rank by itself
/// \param a        lattice constant [Å] of the perfect crystal
/// \param copies   of the conventional cell along each edge, positive
/// \param images   between the ends
/// \throws InputError if the defect is not known or not in this lattice; NumericalError if an end
///         or the path does not come to rest
[[nodiscard]] Migration migration(mpi::Communicator const& alone, Potential const& potential,
                                  generate::Lattice lattice, int element, double a,
                                  std::string const& defect, int copies, int images,
                                  dynamics::RelaxOptions const& relax = {});

}  // namespace kamacite::properties

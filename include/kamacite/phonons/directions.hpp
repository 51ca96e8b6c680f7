#pragma once
#include <vector>

#include "kamacite/phonons/displacements.hpp"

namespace kamacite::phonons {

/// Directions, ±, along which an atom must be moved in a surrounding with the given symmetry: the
/// fewest whose images span space, of these sets the one that spans it most evenly.
/// \param rotations  Cartesian, of the operations that leave atom and surrounding as they are
/// \returns of length one
[[nodiscard]] std::vector<Vec3> spanning_directions(Cell const& cell,
                                                    std::vector<Mat3> const& rotations);

/// Where an operation that keeps atom `fixed` of the home cell in the home cell puts atom j of the
/// supercell.
[[nodiscard]] int image_of(Supercell const& supercell, Operation const& op, int fixed, int j);

}  // namespace kamacite::phonons

#pragma once
#include "kamacite/neighbours/neighbours.hpp"

namespace kamacite {

/// Neighbours of the first atoms alone, among all atoms: what a Potential takes where the atoms
/// behind are ghosts. The lists are those that find_neighbours(s, cutoff) gives the same atoms.
/// \param cutoff  [Å], positive; pairs with distance < cutoff are listed
/// \param first  how many atoms get a list, 0 … s.size()
/// \throws DataError as find_neighbours(); atoms on one point are seen if one of them is listed
[[nodiscard]] Neighbours find_neighbours_of_first(Structure const& s, double cutoff, int first);

}  // namespace kamacite

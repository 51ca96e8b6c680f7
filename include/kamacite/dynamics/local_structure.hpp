#pragma once
#include <array>
#include <string_view>
#include <vector>

#include "kamacite/domain/domain.hpp"

namespace kamacite::dynamics {

/// The crystal that the nearest neighbours of an atom belong to.
enum class LocalStructure { other, bcc, fcc, hcp, icosahedral };

/// How many they are: values of the enum are 0 … n_local_structures − 1.
inline constexpr int n_local_structures = 5;

/// "other", "bcc", "fcc", "hcp", "icosahedral".
[[nodiscard]] std::string_view name_of(LocalStructure structure);

/// Tells the crystal about one atom from how its neighbours are bonded among each other (adaptive
/// common neighbour analysis).
///
/// Of the 12 nearest neighbours those are bonded that are nearer to each other than
///
///     r_c = (1 + √2)/2 · Σ_k d_k/12
///
/// which is midway between the first two shells of fcc and hcp. Each neighbour has a signature:
/// neighbours it shares with the atom, bonds between these, bonds in the longest chain of them.
/// fcc has 12 × 421, hcp 6 × 421 and 6 × 422, an icosahedron 12 × 555. If it is none of them, the
/// same is done with 14 neighbours and
///
///     r_c = (1 + √2)/2 · ½ (2/√3 · Σ_{k≤8} d_k/8 + Σ_{9≤k≤14} d_k/6)
///
/// midway between the second and third shell of bcc, which has 8 × 666 and 6 × 444.
///
/// Which neighbours are the nearest must be clear: if the last of the 12 (14) and the next are
/// equally far within 1e-6 of the distance, there is no such shell, and the answer does not depend
/// on the order of the list or on rounding. No length need be given, so that any pressure will do.
/// Heat hides crystal: of bcc that is rattled by normal numbers of root mean square 0.05, 0.087,
/// 0.1, 0.12 a, all, 95 %, 82 %, 51 % is seen (measured). \param
/// neighbours  in any order; all within some distance, beyond the 14th if it has so many Source:
/// Stukowski, Modelling Simul. Mater. Sci. Eng. 20, 045021 (2012); the signatures: Honeycutt and
/// Andersen, J. Phys. Chem. 91, 4950 (1987).
[[nodiscard]] LocalStructure local_structure(NeighboursOfAtom const& neighbours);

/// The same for every atom that has a list: of find_neighbours(), or of some atoms among ghosts,
/// find_neighbours_of_first().
/// \param neighbours  within a cutoff that holds the 14 nearest and one more: for bcc iron 4.1 Å,
///                    the third shell, and room for thermal motion
/// \returns one per list
[[nodiscard]] std::vector<LocalStructure> local_structures(Neighbours const& neighbours);

/// Atoms of each local structure, by the values of the enum.
using LocalStructureCounts = std::array<long long, n_local_structures>;

/// The most neighbours that an atom has within the cutoff, of all ranks: with less than twelve
/// local_structures() can tell nothing. As count_local_structures(). Collective.
[[nodiscard]] int most_neighbours(mpi::Communicator const& comm, domain::Domain const& domain,
                                  double cutoff);

/// Counts the local structures of all atoms of all ranks; the same on every rank.
/// \param cutoff  [Å] as local_structures() wants it, at most that of the domain
/// Collective.
[[nodiscard]] LocalStructureCounts count_local_structures(mpi::Communicator const& comm,
                                                          domain::Domain const& domain,
                                                          double cutoff);

}  // namespace kamacite::dynamics

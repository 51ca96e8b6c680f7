#pragma once
#include <vector>

#include "kamacite/domain/domain.hpp"

namespace kamacite::dynamics {

/// How far the directions of an atom's neighbours have the symmetry of a crystal: 1 at most, 0 if
/// they are spread evenly.
///
///     q_l = √( 4π/(2l + 1) Σ_m |q_lm|² ),   q_lm = 1/N Σ_j Y_lm(r_j/r_j)
///
/// The same however the crystal is turned. q_6 is 0.511 in bcc (14 neighbours), 0.575 in fcc, 0.485
/// in hcp (12 neighbours); q_4 0.036, 0.191, 0.097.
/// \param neighbours  the nearest, without the shells behind them; 0 if there are none
/// \param l           0 … 12; 4 and 6 are the ones in use
/// Source: Steinhardt, Nelson, Ronchetti, Phys. Rev. B 28, 784 (1983).
[[nodiscard]] double bond_order(NeighboursOfAtom const& neighbours, int l);

/// The same with q_lm replaced by its mean over the atom and its neighbours, which tells crystals
/// from each other and from a liquid in spite of thermal motion.
/// \param neighbours  the nearest of each atom; those of the first atoms have lists of their own
/// \param first       atoms to be told of, the first ones
/// \returns q̄_l of the first atoms
/// Source: Lechner and Dellago, J. Chem. Phys. 129, 114707 (2008), eqs. 5 and 6.
[[nodiscard]] std::vector<double> averaged_bond_order(Neighbours const& neighbours, int l,
                                                      int first);

/// Means over all atoms.
struct BondOrder {
    double q4 = 0.0;  ///< of q̄_4
    double q6 = 0.0;  ///< of q̄_6
};

/// Means of the averaged q_4 and q_6 over all atoms of all ranks; the same on every rank.
/// \param cutoff  within which atoms are neighbours [Å], positive: behind the second shell of bcc
///                iron 3.5 Å, behind the first of fcc 3.1 Å. Twice it may exceed the domain's.
/// \throws DataError on all ranks if atoms are on one point. Collective.
[[nodiscard]] BondOrder mean_bond_order(mpi::Communicator const& comm, domain::Domain const& domain,
                                        double cutoff);

}  // namespace kamacite::dynamics

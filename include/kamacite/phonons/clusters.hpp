#pragma once
#include <vector>

#include "kamacite/phonons/supercell.hpp"

namespace kamacite::phonons {

/// A pair or triple of atoms, and how its constants follow from parameters of its orbit: all
/// clusters that operations of the crystal and exchanges of atoms make of one.
struct Cluster {
    std::vector<int> atoms;  ///< the first of the unit cell, the others of the supercell
    int first;               ///< of the orbit's parameters
    /// Constants from the parameters first, first + 1, …: row 3α + β, or 9α + 3β + γ.
    Eigen::MatrixXd map;
};

/// All force constants of one order that the symmetry of a crystal leaves, linear in parameters
/// that are free.
///
/// Of each orbit the constants of one cluster are held in the space that the operations and
/// exchanges which leave this cluster as it is leave as it is too: the image of the mean of what
/// they do to tensors. The sum rule, Σ_j Φ_ij = 0 or Σ_k Φ_ijk = 0, binds parameters of different
/// orbits; the null space of it is what is free. So symmetry and sum rule hold to rounding whatever
/// the free parameters are.
struct ClusterBasis {
    std::vector<Cluster> clusters;  ///< all within the cutoff, in the order of their atoms
    int orbits = 0;
    Eigen::MatrixXd free;  ///< parameters (rows) from free ones (columns), columns orthonormal

    [[nodiscard]] int unknowns() const { return static_cast<int>(free.cols()); }
};

/// \param operations  of the supercell
/// \param order       of the constants, 2 or 3
/// \param cutoff      [Å]: no two atoms of a cluster are farther apart. Of third order at most a
///                    third of the supercell's shortest vector; of second order any
[[nodiscard]] ClusterBasis make_basis(Supercell const& supercell,
                                      std::vector<Operation> const& operations, int order,
                                      double cutoff);

}  // namespace kamacite::phonons

#pragma once
#include "kamacite/descriptors/descriptors.hpp"

namespace kamacite::detail {

/// Symmetry functions of one atom with their Jacobian, written out as the definitions are: sums
/// over neighbours and over pairs of neighbours. Slow; what the fast kernels are tested against.
struct ReferenceOfAtom {
    std::vector<double> g;              ///< G_k, in the order of Descriptors
    std::vector<double> scale;          ///< sum of the magnitudes of the terms of G_k
    std::vector<std::vector<Vec3>> dg;  ///< dg[k][j] = ∂G_k/∂r_ij [1/Å]
};

/// \param centre   species of the atom
/// \param species  species of every atom that `list` names
[[nodiscard]] ReferenceOfAtom reference_of_atom(Descriptors const& descriptors, int centre,
                                                NeighboursOfAtom const& list,
                                                std::span<int const> species);

}  // namespace kamacite::detail

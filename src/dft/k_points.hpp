#pragma once
#include <array>

#include "kamacite/structure/structure.hpp"

namespace kamacite::dft {

/// A mesh of k-points, Γ among them, that has the symmetry of the lattice.
///
///     n_i = max(1, ⌈|b_i|/spacing⌉),  raised to the largest of those with which an operation of
///     the lattice's point group mixes it
///
/// Without the second line a strained primitive cell (13 × 13 × 12 of a body-centred tetragonal
/// one) would have a mesh of lower symmetry than its crystal: up to eight times as many points to
/// compute, and stresses that break the symmetry.
/// \param spacing  largest distance of points [1/Å, with the 2π]
[[nodiscard]] std::array<int, 3> k_points(Cell const& cell, double spacing);

}  // namespace kamacite::dft

#pragma once
#include "kamacite/model/model.hpp"

namespace kamacite::apps {

/// A model of iron of the size of published ones, with random weights: for timing, not for physics.
/// 10 radial functions (η grid of Recipe, centred) and 24 wide
/// ones (6 η × λ = ±1 × ζ = 1, 6), all to 6.5 Å, networks of 2 × 10 nodes with tanh. Descriptors
/// are scaled by their spread in rattled bcc iron.
[[nodiscard]] Model classic_model();

/// Rattled bcc crystal of at least `atoms` atoms in a cube of cells: a = 2.87 Å, every coordinate
/// moved by a normal number of 0.1 Å, the same structure every time.
/// \param elements  one, or several that are drawn at random
[[nodiscard]] Structure rattled_crystal(int atoms, std::vector<int> const& elements);

}  // namespace kamacite::apps

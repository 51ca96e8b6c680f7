#pragma once
#include <array>

#include "kamacite/structure/cell.hpp"

namespace kamacite {

/// The cell of n[0] × n[1] × n[2] copies of a cell: that of supercell().
/// \param n  copies along a, b, c, positive
[[nodiscard]] Cell repeated(Cell const& cell, std::array<int, 3> const& n);

}  // namespace kamacite

#pragma once
#include <array>

#include "kamacite/structure/cell.hpp"

namespace kamacite {

/// Edges and angles of a cell, as crystallographers give it.
struct CellShape {
    std::array<double, 3> lengths;  ///< of a, b, c [Å]
    std::array<double, 3> angles;  ///< α between b and c, β between a and c, γ between a and b [°]
};

/// Of any cell, whatever its orientation.
[[nodiscard]] CellShape shape_of(Cell const& cell);

}  // namespace kamacite

#include "kamacite/structure/cell_shape.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace kamacite {

CellShape shape_of(Cell const& cell) {
    auto const& rows = cell.rows();
    CellShape shape{};
    for (int k = 0; k < 3; ++k) {
        int const i = (k + 1) % 3, j = (k + 2) % 3;
        double const cosine =
            rows.row(i).dot(rows.row(j)) / (rows.row(i).norm() * rows.row(j).norm());
        auto const at = static_cast<std::size_t>(k);
        shape.lengths[at] = rows.row(k).norm();
        shape.angles[at] = std::acos(std::clamp(cosine, -1.0, 1.0)) * 180.0 / std::numbers::pi;
    }
    return shape;
}

}  // namespace kamacite

#include "kamacite/structure/cell.hpp"

#include <fmt/format.h>

#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite {

Cell::Cell(Mat3 const& rows, std::array<bool, 3> periodic)
    : rows_{rows}, volume_{std::abs(rows.determinant())}, periodic_{periodic} {
    double const box = rows.row(0).norm() * rows.row(1).norm() * rows.row(2).norm();
    if (!rows.allFinite() || !(volume_ > 1e-6 * box)) {
        throw DataError(
            fmt::format("cell [{} {} {}; {} {} {}; {} {} {}] Å has volume {} Å³ (must be "
                        "positive): the lattice vectors must not be coplanar, zero or NaN",
                        rows(0, 0), rows(0, 1), rows(0, 2), rows(1, 0), rows(1, 1), rows(1, 2),
                        rows(2, 0), rows(2, 1), rows(2, 2), volume_));
    }
    inverse_ = rows.inverse();
}

Cell Cell::around(std::span<Vec3 const> positions) {
    Vec3 low = Vec3::Zero();
    Vec3 high = Vec3::Zero();
    if (!positions.empty()) low = high = positions.front();
    for (auto const& r : positions) {
        low = low.cwiseMin(r);
        high = high.cwiseMax(r);
    }
    Vec3 const edges = (high - low).array() + 1.0;  // a flat molecule still needs a box
    return Cell{edges.asDiagonal().toDenseMatrix(), {false, false, false}};
}

double Cell::height(int i) const {
    Vec3 const normal = rows_.row((i + 1) % 3).cross(rows_.row((i + 2) % 3)).transpose();
    return volume_ / normal.norm();
}

Cell Cell::strained(Mat3 const& strain) const {
    return Cell{rows_ * (Mat3::Identity() + strain).transpose(), periodic_};
}

}  // namespace kamacite

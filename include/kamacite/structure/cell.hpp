#pragma once
#include <array>

#include "kamacite/core/types.hpp"

namespace kamacite {

/// Box spanned by three lattice vectors, the rows of a matrix; periodic along some or all of them.
/// Vectors along directions that are not periodic only span the box.
class Cell {
public:
    /// \param rows  lattice vectors a, b, c [Å]; linearly independent, either handedness
    /// \throws DataError if they are not finite or (nearly) coplanar
    explicit Cell(Mat3 const& rows, std::array<bool, 3> periodic = {true, true, true});

    /// Box around `positions` without periodicity: for molecules and clusters.
    [[nodiscard]] static Cell around(std::span<Vec3 const> positions);

    [[nodiscard]] Mat3 const& rows() const noexcept { return rows_; }
    [[nodiscard]] std::array<bool, 3> const& periodic() const noexcept { return periodic_; }
    [[nodiscard]] bool is_periodic() const noexcept {  ///< along all three directions
        return periodic_[0] && periodic_[1] && periodic_[2];
    }
    [[nodiscard]] double volume() const noexcept { return volume_; }  ///< [Å³], positive
    /// Distance [Å] between the planes spanned by the two other lattice vectors.
    [[nodiscard]] double height(int i) const;
    [[nodiscard]] Vec3 to_cartesian(Vec3 const& f) const { return rows_.transpose() * f; }
    [[nodiscard]] Vec3 to_fractional(Vec3 const& r) const { return inverse_.transpose() * r; }

    /// The cell under strain ε: every vector r becomes (1 + ε) r.
    [[nodiscard]] Cell strained(Mat3 const& strain) const;

private:
    Mat3 rows_;
    Mat3 inverse_;
    double volume_;
    std::array<bool, 3> periodic_;
};

}  // namespace kamacite

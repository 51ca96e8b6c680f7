#include "kamacite/phonons/supercell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite::phonons {
namespace {

Mat3 real(Mat3i const& m) {
    return m.cast<double>();
}

/// Edges of the box along the unit's vectors that holds the supercell, as phonopy counts them.
Vec3i frame_around(Mat3i const& matrix) {
    Vec3i low = Vec3i::Zero(), high = Vec3i::Zero();
    for (int corner = 0; corner < 8; ++corner) {
        Vec3i const at = matrix.transpose() * Vec3i{corner & 1, (corner >> 1) & 1, corner >> 2};
        low = low.cwiseMin(at);
        high = high.cwiseMax(at);
    }
    return high - low;
}

int determinant(Mat3i const& m) {
    return static_cast<int>(std::lround(real(m).determinant()));
}

}  // namespace

Supercell::Supercell(Structure unit, Mat3i const& matrix)
    : unit_{std::move(unit)},
      matrix_{matrix},
      copies_{std::abs(determinant(matrix))},
      structure_{unit_.cell, {}, {}} {
    if (copies_ == 0)
        throw InputError("the matrix of the supercell spans no volume: give independent rows");
    Mat3 const adjugate = real(matrix).inverse().transpose() * copies_;
    adjugate_ = adjugate.array().round().matrix().cast<int>();
    auto const frame = frame_around(matrix);
    for (int c = 0; c < frame(2); ++c)
        for (int b = 0; b < frame(1); ++b)
            for (int a = 0; a < frame(0); ++a) {
                Vec3i const cell{a, b, c};
                if (copy_of_.emplace(class_of(cell), static_cast<int>(cells_.size())).second)
                    cells_.push_back(cell);
            }
    KAMACITE_ENSURES(static_cast<int>(cells_.size()) == copies_);
    structure_.cell = Cell{real(matrix) * unit_.cell.rows()};
    for (int i = 0; i < unit_.size(); ++i)
        for (auto const& cell : cells_) {
            structure_.species.push_back(unit_.species[std::size_t(i)]);
            structure_.positions.push_back(unit_.positions[std::size_t(i)] +
                                           unit_.cell.to_cartesian(cell.cast<double>()));
        }
}

std::array<int, 3> Supercell::class_of(Vec3i const& cell) const {
    Vec3i const along = adjugate_ * cell;
    std::array<int, 3> rest{};
    for (int k = 0; k < 3; ++k) rest[std::size_t(k)] = ((along(k) % copies_) + copies_) % copies_;
    return rest;
}

int Supercell::index(int i, Vec3i const& cell) const {
    return i * copies_ + copy_of_.at(class_of(cell));
}

std::vector<int> Supercell::moved(Vec3i const& cell) const {
    std::vector<int> copies;
    for (auto const& c : cells_) copies.push_back(copy_of_.at(class_of(c + cell)));
    std::vector<int> all;
    for (int i = 0; i < unit_.size(); ++i)
        for (int const copy : copies) all.push_back(i * copies_ + copy);
    return all;
}

Mat3i supercell_matrix(Structure const& unit, SpaceGroup const& group, double length) {
    Mat3i matrix = group.conventional;
    for (int k = 0; k < 3; ++k) {
        double const edge = (real(matrix) * unit.cell.rows()).row(k).norm();
        matrix.row(k) *= std::max(1, static_cast<int>(std::ceil(length / edge - 1e-6)));
    }
    return matrix;
}

}  // namespace kamacite::phonons

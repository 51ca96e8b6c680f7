#pragma once
#include <array>
#include <map>

#include "kamacite/phonons/space_group.hpp"

namespace kamacite::phonons {

/// Copies of a crystal's cell in a larger periodic cell. Atoms are in the order in which phonopy
/// makes them from the same cell and matrix: all copies of the first atom, then those of the next.
class Supercell {
public:
    /// \param unit    cell of the crystal, periodic
    /// \param matrix  rows: vectors of the supercell in units of those of `unit`
    /// \throws InputError if the matrix spans no volume
    Supercell(Structure unit, Mat3i const& matrix);

    [[nodiscard]] Structure const& unit() const noexcept { return unit_; }
    [[nodiscard]] Structure const& structure() const noexcept { return structure_; }
    [[nodiscard]] Mat3i const& matrix() const noexcept { return matrix_; }
    [[nodiscard]] int size() const noexcept { return structure_.size(); }
    [[nodiscard]] int copies() const noexcept { return copies_; }  ///< of the unit cell
    /// Which atom of the unit cell atom j is a copy of, and in which cell it is.
    [[nodiscard]] int unit_atom(int j) const { return j / copies_; }
    [[nodiscard]] Vec3i const& cell(int j) const { return cells_[std::size_t(j % copies_)]; }
    /// The atom that is, or is an image of, the copy of atom i in a cell.
    [[nodiscard]] int index(int i, Vec3i const& cell) const;
    /// Where each atom lies when the crystal is moved by a lattice vector.
    [[nodiscard]] std::vector<int> moved(Vec3i const& cell) const;

private:
    [[nodiscard]] std::array<int, 3> class_of(Vec3i const& cell) const;

    Structure unit_;
    Mat3i matrix_;
    int copies_;
    Mat3i adjugate_;  // coordinates along the supercell's vectors, times copies_
    std::vector<Vec3i> cells_;
    std::map<std::array<int, 3>, int> copy_of_;
    Structure structure_;
};

/// The smallest supercell made of whole conventional cells along each of their edges that has no
/// edge shorter than `length` [Å]; it has the symmetry of the crystal.
[[nodiscard]] Mat3i supercell_matrix(Structure const& unit, SpaceGroup const& group, double length);

}  // namespace kamacite::phonons

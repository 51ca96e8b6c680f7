#pragma once
#include <string>
#include <vector>

#include "kamacite/structure/structure.hpp"

namespace kamacite::phonons {

using Mat3i = Eigen::Matrix3i;  ///< integer matrix: a rotation, or lattice vectors as rows
using Vec3i = Eigen::Vector3i;  ///< a lattice vector in units of the cell's vectors

/// One operation of a space group on fractional coordinates, x → W x + w, and where it puts the
/// atoms of the cell.
struct Operation {
    Mat3i rotation;              ///< W
    Mat3 cartesian;              ///< the same on Cartesian vectors, orthogonal
    std::vector<int> atom;       ///< atom i goes onto atom[i] …
    std::vector<Vec3i> shift{};  ///< … of the cell shift[i] away
};

/// The space group of a crystal.
struct SpaceGroup {
    int number = 1;      ///< of the International Tables, 1 … 230
    std::string symbol;  ///< international, short: "Im-3m"
    std::vector<Operation> operations;
    std::vector<int> equivalent;  ///< per atom: the first that an operation puts onto it
    /// Rows: vectors of the conventional cell in units of the cell's own; the unit matrix where the
    /// cell given is no primitive one.
    Mat3i conventional = Mat3i::Identity();
};

/// Finds the symmetry of a periodic crystal with spglib.
/// \param tolerance  distance [Å] up to which atoms count as on each other
/// \throws DataError if the cell is not periodic along all directions, or spglib finds no group
/// Source: Togo and Tanaka, arXiv:1808.01590 (2018).
[[nodiscard]] SpaceGroup find_space_group(Structure const& crystal, double tolerance = 1e-5);

/// The operations that leave a lattice as it is.
/// \param rows  its vectors in units of those of the cell
[[nodiscard]] std::vector<Operation> operations_on(SpaceGroup const& group, Mat3i const& rows);

}  // namespace kamacite::phonons

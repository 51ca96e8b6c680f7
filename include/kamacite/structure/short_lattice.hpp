#pragma once
#include <array>

#include "kamacite/structure/cell.hpp"

namespace kamacite {

/// The lattice of a cell with its shortest vectors: what is decomposed, or looked through for
/// images, costs the same for any cell of a crystal, however tilted it is.
struct ShortLattice {
    /// Periodic as the cell was. Vectors that only span the box are perpendicular to the lattice.
    Cell cell;
    /// Its vectors in whole numbers of the old ones: row k of `cell` is Σ_l in_old[k][l] row l, for
    /// periodic k and l; determinant 1.
    std::array<std::array<long long, 3>, 3> in_old;

    /// The shortest of r and what is whole lattice vectors away [Å].
    [[nodiscard]] Vec3 nearest(Vec3 const& r) const;
};

/// Vectors are shortened by the others, alone and by two at once, until no such step shortens one
/// by more than a millionth: lattices that are short already stay as they are.
/// Source: Semaev, Lecture Notes in Computer Science 2146, 181 (2001).
[[nodiscard]] ShortLattice short_lattice(Cell const& cell);

}  // namespace kamacite

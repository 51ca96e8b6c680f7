#pragma once
#include <array>
#include <string_view>

#include "kamacite/generate/lattice.hpp"

namespace kamacite::generate {

/// A slab: which plane is cut, how thick, and how far from its image.
struct Slab {
    std::array<int, 3> plane{1, 0, 0};  ///< Miller indices of the cubic cell, not all zero
    int layers = 8;        ///< lattice planes; each holds the whole basis of the crystal
    double vacuum = 12.0;  ///< [Å] from the highest atom to the lowest of the next image
};

/// Miller indices from "110", "1 1 0" or "1 -1 0".
/// \throws InputError if `text` is not three integers or all are zero
[[nodiscard]] std::array<int, 3> plane_of(std::string_view text);

/// Slab of a cubic crystal with its normal along z and its first edge along x, periodic in the
/// plane.
///
/// The two edges are at right angles where that costs at most four times the smallest area, as it
/// does for (100), (110), (111), (211), (310); otherwise they are the two shortest vectors of the
/// plane. Planes are V/A apart (V volume of the primitive cell, A area of the plane's primitive
/// cell). \throws InputError if the lattice is not cubic or a number of `slab` is not positive
[[nodiscard]] Structure make_surface(Lattice lattice, double a, Slab const& slab,
                                     std::vector<int> const& elements);

}  // namespace kamacite::generate

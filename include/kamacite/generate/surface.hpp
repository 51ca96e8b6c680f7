#pragma once
#include <array>
#include <string_view>

#include "kamacite/generate/lattice.hpp"

namespace kamacite::generate {

/// A slab: which plane is cut, how thick, and how far from its image.
struct Slab {
    std::array<int, 3> plane{1, 0, 0};  ///< Miller indices, not all zero; see make_surface()
    int layers = 8;                     ///< atomic planes, each as the crystal has it
    int termination = 0;   ///< which of the n_terminations() different planes is the lowest
    double vacuum = 12.0;  ///< [Å] from the highest atom to the lowest of the next image
};

/// Miller indices from "110", "1 1 0" or "1 -1 0".
/// \throws InputError if `text` is not three integers or all are zero
[[nodiscard]] std::array<int, 3> plane_of(std::string_view text);

/// How many atomic planes follow one another along the normal before the crystal repeats: 1 if
/// every plane is like any other. B2: one along (110), two (A and B) along (100).
[[nodiscard]] int n_terminations(Lattice lattice, std::array<int, 3> const& plane);

/// Slab of a crystal with its normal along z and its first edge along x, periodic in the plane.
///
/// Miller indices belong to the conventional cell; of hcp to the hexagonal axes, three of them. An
/// atomic plane holds all atoms of the crystal at one height. Planes are counted upwards from
/// termination 0, which lies above the widest gap between planes (where a crystal cleaves); among
/// equal gaps, above the one below the first atom of the basis, or the next. A slab whose layers
/// are not a multiple of n_terminations() need not have the composition of the crystal.
///
/// The two edges are at right angles where that costs at most four times the smallest area, as it
/// does for (100), (110), (111), (211), (310) of cubic lattices; otherwise they are the two
/// shortest vectors of the plane.
/// \throws InputError if a number of `slab` is not positive, or there is no such termination
[[nodiscard]] Structure make_surface(Lattice lattice, Shape const& shape, Slab const& slab,
                                     std::vector<int> const& elements);

}  // namespace kamacite::generate

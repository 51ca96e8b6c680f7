#pragma once
#include <optional>

#include "kamacite/structure/structure.hpp"

namespace kamacite::generate {

/// Shortest vector [Å] from an image of `from` to an image of `to`, along the periodic directions.
[[nodiscard]] Vec3 shortest_vector(Cell const& cell, Vec3 const& from, Vec3 const& to);

/// Covalent radius [Å] of a single bond: Fe 1.16, Ni 1.10, C 0.75.
/// \param z  atomic number, 1 … 103
/// Source: Pyykkö and Atsumi, Chem. Eur. J. 15, 186 (2009), table 2.
[[nodiscard]] double covalent_radius(int z);

/// Smallest distance that two atoms may have.
struct MinimumDistance {
    double fixed = 0.0;  ///< [Å] for every pair; 0: 0.7 × the sum of the covalent radii
    [[nodiscard]] double of(int z1, int z2) const;
};

/// Two atoms of a structure, or an atom and its own image, and their distance [Å].
struct Pair {
    int first = 0;
    int second = 0;
    double distance = 0.0;
};

/// The pair that is nearest relative to the distance it must keep, if any is too close; the first
/// one found that is nearer than half of that ends the search. In O(N).
[[nodiscard]] std::optional<Pair> too_close(Structure const& s, MinimumDistance const& minimum);

}  // namespace kamacite::generate

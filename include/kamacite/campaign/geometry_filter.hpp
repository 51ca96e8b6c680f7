#pragma once
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kamacite/structure/structure.hpp"

namespace kamacite::campaign {

/// What a structure must satisfy before it is worth a calculation. Lengths are relative to sums of
/// generate::covalent_radius() where they are not given.
struct GeometryLimits {
    double relative_distance = 0.7;  ///< shortest distance of a pair, of the sum of its radii; > 0
    std::map<std::pair<int, int>, double> distances{};  ///< [Å], > 0, of pairs of atomic numbers
    /// Volume [Å³/atom] relative to hard spheres of the covalent radii in close packing, 4√2 r³:
    /// bcc iron 1.29. Judged in cells that are periodic along all directions.
    double relative_volume_low = 0.5, relative_volume_high = 10.0;
    double least_flatness = 0.1;  ///< height over length, of each lattice vector: 1 for a right box
    double most_aspect = 20.0;    ///< longest over shortest lattice vector
    double relative_isolation = 2.0;  ///< an atom needs a neighbour nearer than this times the sum
    int most_atoms = std::numeric_limits<int>::max();

    /// Shortest distance [Å] that these two elements may have; symmetric.
    [[nodiscard]] double distance(int z1, int z2) const;
};

/// What speaks against calculating a structure, with the numbers; empty if nothing does. Where the
/// cell is unfit, or atoms lie upon each other, no more is looked at. O(atoms).
[[nodiscard]] std::vector<std::string> reasons_against(Structure const& s,
                                                       GeometryLimits const& limits);

}  // namespace kamacite::campaign

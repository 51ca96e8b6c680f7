#pragma once
#include <vector>

#include "kamacite/neighbours/neighbours.hpp"

namespace kamacite::detail {

/// Positions moved into the cell along its periodic directions; along the others they stay.
/// Vectors between atoms of the cell and of its images are the same as before.
struct Wrapped {
    std::vector<Vec3> fractional;  ///< in [0, 1] along periodic directions
    std::vector<Vec3> cartesian;   ///< [Å]
};

/// \throws DataError if a position is not finite
[[nodiscard]] Wrapped wrapped(Structure const& s);

/// \throws DataError saying that atoms i and j sit on the same point
[[noreturn]] void throw_coincident(int i, int j, double distance);

/// Below this distance [Å] two atoms are on the same point.
inline constexpr double coincidence = 1e-6;

/// Lists of the first atoms by cutting the cell (or the box around the atoms) into bins; for large
/// structures.
[[nodiscard]] Neighbours neighbours_by_bins(Structure const& s, double cutoff, Wrapped const& atoms,
                                            std::array<int, 3> const& bins, int first);

}  // namespace kamacite::detail

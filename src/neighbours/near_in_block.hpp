#pragma once
#include <span>
#include <vector>

namespace kamacite::detail {

/// Ranges of atoms that may be near one atom, and the atom.
struct Search {
    float x, y, z;  ///< of the atom
    int self;       ///< its number in the block
};

/// Atoms of a block by bins, in single precision, and memory for what is found.
struct Gathered {
    /// As many readable floats and ints behind the last atom as a vector has, far away.
    float const *x, *y, *z;
    int const* place;  ///< of each atom, its number in the block
    float limit2;      ///< atoms nearer than its root are near [Å²]
    float point2;      ///< atoms nearer than its root may be on one point [Å²]
};

/// Spare elements that Gathered and the output of find_near() need at the end.
constexpr int spare_lanes = 64;

/// Writes the numbers of atoms near one atom, itself left out.
/// \param ranges  pairs of begin and end, of atoms as they are gathered
/// \param out     room for all of `ranges`, and spare_lanes more
/// \param on_point  set if an atom may be on the same point
/// \returns how many there are
int find_near(Gathered const& atoms, Search const& search, std::span<int const> ranges, int* out,
              bool& on_point);

/// Vectors to atoms of a block that are within the cutoff.
struct Vectors {
    int* atom;
    double *x, *y, *z;  ///< [Å]
};

/// Writes the vectors from one atom to those of `atoms` that are nearer than the root of `limit2`.
/// \param positions  of the block, x, y, z of each [Å]
/// \param centre     the atom, counted in the block
/// \param out        room for all of `atoms`, and spare_lanes more
/// \returns how many there are
int find_vectors(std::span<int const> atoms, double const* positions, int centre, double limit2,
                 Vectors const& out);

}  // namespace kamacite::detail

#pragma once
#include <array>
#include <cstdint>

#include "kamacite/structure/structure.hpp"

namespace kamacite {

/// A few numbers that stand for all positions: projected_positions().
using Projection = std::array<double, 8>;

/// Projects the positions onto fixed random directions, so that many structures can be compared
/// without holding them all. With f_i the fractional coordinates relative to the first atom,
///
///     p_k = Σ_i Σ_c s_c √(2/N) cos(2π f_ic + φ_ick) / 2π         c periodic, φ_ick random
///     p_k = Σ_i Σ_c s_c √(2/N) f_ic cos(φ_ick)                   c not periodic
///
/// Displacements δf change every p_k by a number whose mean square is Σ_ic s_c² δf_ic² / N. Moving
/// all atoms, or one by a lattice vector of a periodic direction, does not change them; the order
/// of the atoms counts.
///
/// \param scale  s: 1 for displacements in fractional coordinates, the lengths of the lattice
///               vectors for displacements in Å (as if they were orthogonal)
/// Source: Johnson and Lindenstrauss, Contemp. Math. 26, 189 (1984).
[[nodiscard]] Projection projected_positions(Structure const& s, Vec3 const& scale);

/// Estimate of the root mean square displacement of the atoms between two structures whose
/// projections these are, in the unit of their scale: right within about a factor of 2.
[[nodiscard]] double distance(Projection const& a, Projection const& b);

/// Hash of the elements, in order, and of the periodicity: what is not compared by closeness.
[[nodiscard]] std::uint64_t kind_of(Structure const& s);

}  // namespace kamacite

#pragma once
#include <array>
#include <vector>

#include "kamacite/phonons/space_group.hpp"

namespace kamacite::phonons {

/// Corners of a tetrahedron as steps of a grid from a grid point.
using Tetrahedron = std::array<Vec3i, 4>;

/// A cell of a grid of wave vectors in six tetrahedra around its shortest main diagonal.
/// Source: Blöchl, Jepsen and Andersen, Phys. Rev. B 49, 16223 (1994).
[[nodiscard]] std::vector<Tetrahedron> tetrahedra(Vec3i const& divisions, Cell const& cell);

/// ∫ δ(w − f) x dV over a tetrahedron of volume 1 in which f and x are linear is Σ weight_k x_k:
/// the surface f = w and where on it the corners weigh.
///
/// \param f  at the corners, in any order
/// \returns weights [1/unit of f], each at least 0; with Σ weight_k f_k = w Σ weight_k
/// Source: Lehmann and Taut, Phys. Status Solidi B 54, 469 (1972), the sum; Lambin and Vigneron,
/// Phys. Rev. B 29, 3430 (1984), its parts.
[[nodiscard]] std::array<double, 4> delta_weights(std::array<double, 4> const& f, double w);

}  // namespace kamacite::phonons

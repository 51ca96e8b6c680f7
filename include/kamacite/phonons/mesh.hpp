#pragma once
#include "kamacite/phonons/harmonic.hpp"

namespace kamacite::phonons {

/// A grid of wave vectors that holds Γ, and which of them symmetry and time reversal make
/// irreducible.
struct Mesh {
    Vec3i divisions;
    std::vector<Vec3> points;     ///< irreducible q, as SpecialPoint::q
    std::vector<double> weights;  ///< their parts of the grid; sum 1
    std::vector<int> point_of;  ///< grid point (a, b, c), at a + n_a (b + n_b c), is equivalent to

    [[nodiscard]] int size() const noexcept { return static_cast<int>(points.size()); }
    [[nodiscard]] int grid_index(Vec3i const& cell) const;  ///< periodic
    [[nodiscard]] Vec3i cell_of(int index) const;           ///< (a, b, c), from 0
    [[nodiscard]] Vec3 grid_point(int index) const;         ///< as SpecialPoint::q
};

/// Operations that do not leave the grid as it is are not used.
[[nodiscard]] Mesh make_mesh(SpaceGroup const& group, Vec3i const& divisions);

/// Divisions at which neighbouring points are at most `spacing` [1/Å], 2π included, apart; the same
/// along vectors of the same length. \param spacing  positive
[[nodiscard]] Vec3i mesh_divisions(Cell const& cell, double spacing);

/// Frequencies [1/fs] at the irreducible points of a mesh: row per point, column per branch.
[[nodiscard]] Matrix mesh_frequencies(Harmonic const& crystal, Mesh const& mesh);

/// Number of vibrations of a unit cell per frequency, g(ω) [fs], by linear tetrahedra; its integral
/// over all ω is 3N.
/// \param frequencies  of the mesh, as mesh_frequencies()
/// \param at           where g is wanted [1/fs], ascending
/// Source: Lehmann and Taut, Phys. Status Solidi B 54, 469 (1972); the choice of diagonal, Blöchl,
/// Jepsen and Andersen, Phys. Rev. B 49, 16223 (1994).
[[nodiscard]] std::vector<double> density_of_states(Mesh const& mesh, Cell const& cell,
                                                    Matrix const& frequencies,
                                                    std::span<double const> at);

}  // namespace kamacite::phonons

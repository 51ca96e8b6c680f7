#pragma once
#include <span>
#include <string>
#include <vector>

#include "kamacite/structure/cell.hpp"

namespace kamacite {

/// Atoms in a cell: geometry only. Neighbours, descriptors and predictions are separate values
/// computed from it.
struct Structure {
    Cell cell;
    std::vector<int>
        species;  ///< one per atom: atomic number and direction of its moment (core/element.hpp)
    std::vector<Vec3>
        positions;  ///< Cartesian [Å], same length as species; may lie outside the cell

    [[nodiscard]] int size() const noexcept { return static_cast<int>(positions.size()); }
};

/// The structure under strain ε: every vector r becomes (1 + ε) r, cell and positions alike.
[[nodiscard]] Structure strained(Structure const& s, Mat3 const& strain);

/// n[0] × n[1] × n[2] copies of the cell; atom i of copy (a, b, c) has index
/// i + size · (c + n[2] (b + n[1] a)).
[[nodiscard]] Structure supercell(Structure const& s, std::array<int, 3> const& n);

/// Gives atoms the directions of their moments, by their signs. Where there are no moments all are
/// up.
/// \param least  moments of a smaller size have no direction [μ_B]
/// \throws DataError if there are moments, but not one per atom
void direct(Structure& s, std::span<double const> moments, double least = 0.0);

/// Chemical formula in the order of atomic numbers, e.g. "C2Fe54".
[[nodiscard]] std::string formula_of(Structure const& s);

/// Checks what every structure must satisfy before it is used.
/// \throws DataError naming the atom: NaN or beyond 1e6 Å, unknown species, other lengths, no atoms
void check(Structure const& s);

}  // namespace kamacite

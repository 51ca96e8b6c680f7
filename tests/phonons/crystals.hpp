#pragma once
#include <cmath>

#include "kamacite/phonons/force_constants.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "kamacite/properties/equation_of_state.hpp"

namespace kamacite::test {

/// The volume per atom [Å³] at which the pressure of a lattice vanishes.
inline double volume_at_rest(Potential const& potential, generate::Lattice lattice, int element,
                             double low, double high) {
    for (int k = 0; k < 60; ++k) {
        double const v = (low + high) / 2.0;
        auto const s = properties::perfect_lattice(lattice, element, v);
        (properties::volume_point(potential, s).pressure > 0.0 ? low : high) = v;
    }
    return low;
}

/// Multiples of the cell's own vectors.
inline phonons::Mat3i multiples(int a, int b, int c) {
    return phonons::Vec3i{a, b, c}.asDiagonal();
}

/// Where an operation puts atom j of the supercell; with atom i of the home cell, moved back by the
/// cell into which it puts that one; i = −1: as it is.
inline int moved_atom(phonons::Supercell const& s, phonons::Operation const& op, int i, int j) {
    auto const k = std::size_t(s.unit_atom(j));
    phonons::Vec3i cell = op.rotation * s.cell(j) + op.shift[k];
    if (i >= 0) cell -= op.shift[std::size_t(i)];
    return s.index(op.atom[k], cell);
}

}  // namespace kamacite::test

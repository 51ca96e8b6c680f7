#pragma once
#include "kamacite/core/units.hpp"
#include "kamacite/generate/lattice.hpp"
#include "kamacite/magnetism/exchange.hpp"

namespace kamacite::test {

/// n³ conventional cells of a perfect crystal.
inline Structure crystal(generate::Lattice lattice, int n, std::vector<int> elements = {26},
                         double a = 2.8665) {
    return supercell(
        generate::make_lattice(lattice, {a}, generate::CellChoice::conventional, elements),
        {n, n, n});
}

/// Exchange of bcc iron, four shells [eV], as the example bccFe of the program UppASD has it
/// (github.com/UppASD/UppASD; H counts every pair twice there too).
inline std::vector<magnetism::Shells> iron_shells() {
    constexpr double mRy = 1e-3 * units::rydberg;
    return {{0, 0, {1.3377 * mRy, 0.7570 * mRy, -0.0598 * mRy, -0.0882 * mRy}}};
}

/// A pair of spins, or more of them in a row.
inline magnetism::Exchange chain(int n, double coupling) {
    magnetism::Exchange exchange;
    for (int i = 0; i < n; ++i) {
        if (i > 0) exchange.add(i - 1, coupling);
        if (i + 1 < n) exchange.add(i + 1, coupling);
        exchange.close_atom();
    }
    return exchange;
}

}  // namespace kamacite::test

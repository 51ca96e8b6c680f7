#pragma once
#include "kamacite/phonons/third_order.hpp"
#include "phonons/crystals.hpp"
#include "support/world.hpp"

namespace kamacite::test {

/// What a conductivity is made of.
struct Anharmonic {
    phonons::SpaceGroup group;
    phonons::Harmonic harmonic;
    phonons::ThirdOrder third;
};

inline Anharmonic anharmonic(Potential const& potential, Structure const& unit, double edge,
                             double cutoff, double distance) {
    using namespace phonons;
    auto const group = find_space_group(unit);
    auto const matrix = supercell_matrix(unit, group, edge);
    auto const plan = plan_third_order(unit, matrix, cutoff, distance);
    return {group, Harmonic{force_constants(world(), potential, unit, matrix, distance)},
            solve_third_order(plan, compute_forces(world(), force_jobs(plan, potential)))};
}

/// Lennard-Jones pairs of argon: ε/k = 119.8 K, σ = 3.405 Å.
inline LennardJones argon_pairs() {
    return LennardJones{{0.010323, 3.405, 7.0, 8.5}};
}

/// The primitive cell of fcc argon.
inline Structure argon_cell(double a = 5.315) {
    return generate::make_lattice(generate::Lattice::fcc, {a, 1.0}, generate::CellChoice::primitive,
                                  {18});
}

inline Anharmonic argon() {
    return anharmonic(argon_pairs(), argon_cell(), 21.0, 5.6, 0.02);
}

}  // namespace kamacite::test

#include "kamacite/properties/compounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/dynamics/relax_domain.hpp"
#include "kamacite/generate/distance.hpp"

namespace kamacite::properties {
namespace {

/// The shortest distance of two atoms, or of an atom and its image, over the sum of their covalent
/// radii.
double shortest_bond(Structure const& s) {
    // Wide enough that every atom has neighbours, whatever the shape of the cell.
    double const reach = 2.5 * std::cbrt(s.cell.volume() / s.size());
    auto const neighbours = find_neighbours(s, reach);
    double shortest = std::numeric_limits<double>::infinity();
    auto const radius = [&](int i) {
        return generate::covalent_radius(s.species[static_cast<std::size_t>(i)]);
    };
    for (int i = 0; i < s.size(); ++i) {
        auto const seen = neighbours.of(i);
        for (int k = 0; k < seen.size(); ++k) {
            auto const n = static_cast<std::size_t>(k);
            shortest = std::min(shortest, seen.distance[n] / (radius(i) + radius(seen.atom[n])));
        }
    }
    KAMACITE_EXPECTS(std::isfinite(shortest));
    return shortest;
}

Structure scaled(Structure const& s, double factor) {
    return strained(s, (factor - 1.0) * Mat3::Identity());
}

}  // namespace

Structure scaled_to_minimum(Potential const& potential, Structure const& s) {
    constexpr double first = 1.1, smallest = 0.6, largest = 3.0, step = 0.01;
    auto const start = scaled(s, first / shortest_bond(s));
    auto const energy_at = [&](int k) {
        auto const there = scaled(start, std::pow(1.0 + step, k));
        return potential.predict(there, find_neighbours(there, potential.cutoff())).energy();
    };
    int k = 0;
    double now = energy_at(0);
    int const way = energy_at(1) < now ? 1 : -1;
    for (double next = energy_at(way); next < now; next = energy_at(k + way)) {
        k += way;
        now = next;
        double const bond = first * std::pow(1.0 + step, k);
        if (bond < smallest || bond > largest)
            throw NumericalError(
                fmt::format("{} has no minimum of its energy while its bonds are {} to {} times "
                            "the sum of covalent radii: the potential does not hold it together",
                            formula_of(s), smallest, largest));
    }
    return scaled(start, std::pow(1.0 + step, k));
}

Crystalline crystal_at_rest(mpi::Communicator const& alone, Potential const& potential,
                            Structure const& s, dynamics::RelaxOptions const& relax,
                            double pressure) {
    KAMACITE_EXPECTS(alone.size() == 1);
    constexpr double skin = 0.5;
    auto atoms = domain::supercell_atoms(s, {1, 1, 1}, {0, s.size()});
    atoms.velocities.assign(atoms.positions.size(), Vec3::Zero());
    dynamics::Freedom freedom;
    freedom.cell = dynamics::CellFreedom::full;
    freedom.pressure = pressure;
    dynamics::FreeStructure free{
        alone, potential, domain::Domain{alone, s.cell, std::move(atoms), potential.cutoff(), skin},
        freedom};
    dynamics::Rest rest;
    rest.force_tolerance = std::min(relax.force_tolerance, 1e-3);
    rest.stress_tolerance = 1e-6;
    rest.most_evaluations = std::max(relax.max_steps, 1);
    rest.longest_step = relax.longest_step;
    auto const end = dynamics::relax_by_fire(free, rest, [](auto const&) { return false; });
    auto const& now = free.standing();
    if (end != dynamics::End::at_rest)
        throw NumericalError(fmt::format(
            "{}: atoms and cell do not come to rest ({} evaluations, force {:.2g} "
            "eV/Å, stress {:.2g} GPa): raise max_steps",
            formula_of(s), free.evaluations(), now.largest_force, now.largest_stress / units::GPa));
    auto const& moved = free.domain();
    Structure found{moved.cell(), s.species, s.positions};
    for (std::size_t k = 0; k < moved.atoms().ids.size(); ++k)
        found.positions[static_cast<std::size_t>(moved.atoms().ids[k])] =
            moved.atoms().positions[k];
    return {std::move(found), now.energy / s.size(), now.volume / s.size()};
}

double hydrostatic_bulk_modulus(mpi::Communicator const& alone, Potential const& potential,
                                Crystalline const& at_rest, dynamics::RelaxOptions const& relax) {
    constexpr double p = 0.5 * units::GPa;
    auto const volume = [&](double pressure) {
        return crystal_at_rest(alone, potential, at_rest.structure, relax, pressure).volume;
    };
    return 2.0 * p * at_rest.volume / (volume(-p) - volume(p));
}

double formation_energy(double energy, std::vector<double> const& references) {
    for (double const mu : references) energy -= mu / static_cast<double>(references.size());
    return energy;
}

}  // namespace kamacite::properties

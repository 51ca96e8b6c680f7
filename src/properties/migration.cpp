#include "kamacite/properties/migration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/flat.hpp"

namespace kamacite::properties {
namespace {

using generate::Lattice;

constexpr char const* vacancy = "vacancy";
constexpr char const* dumbbell = "dumbbell_110";

struct Ends {
    Structure from, to;  ///< the same atoms in the same order
};

/// Of the atom at the origin, number 0: a nearest neighbour.
std::size_t neighbour_of_first(Structure const& crystal) {
    std::size_t nearest = 1;
    for (std::size_t i = 2; i < crystal.positions.size(); ++i)
        if (crystal.positions[i].norm() < crystal.positions[nearest].norm() - 1e-6) nearest = i;
    return nearest;
}

Ends vacancy_ends(Structure const& crystal) {
    auto const neighbour = static_cast<std::ptrdiff_t>(neighbour_of_first(crystal) - 1);
    auto from = crystal;
    from.species.erase(from.species.begin());
    from.positions.erase(from.positions.begin());
    auto to = from;
    to.positions[static_cast<std::size_t>(neighbour)] = crystal.positions.front();
    return {std::move(from), std::move(to)};
}

/// Half of the distance of a dumbbell's atoms is 0.4 times that of nearest neighbours.
Ends dumbbell_ends(Structure const& crystal) {
    auto const neighbour = neighbour_of_first(crystal);
    Vec3 const next = crystal.positions[neighbour];
    double const half = 0.4 * next.norm();
    Vec3 const here = half * Vec3(next.x(), next.y(), 0.0).normalized();
    Vec3 const there = half * Vec3(0.0, next.y(), next.z()).normalized();
    auto from = crystal;
    from.species.push_back(crystal.species.front());
    from.positions.push_back(here);
    from.positions.front() = -here;
    auto to = crystal;
    to.species.push_back(crystal.species.front());
    to.positions.push_back(next - there);
    to.positions[neighbour] = next + there;
    return {std::move(from), std::move(to)};
}

std::vector<double> numbers_of(Structure const& s) {
    auto const numbers = flat<double>(s.positions);
    return {numbers.begin(), numbers.end()};
}

}  // namespace

std::vector<std::string> migrating_defects() {
    return {vacancy, dumbbell};
}

Migration jump(mpi::Communicator const& alone, Potential const& potential, Structure const& first,
               Structure const& last, std::string const& what, int images,
               dynamics::RelaxOptions const& relax) {
    KAMACITE_EXPECTS(alone.size() == 1 && images > 0 && first.size() == last.size());
    auto const at_rest = [&](Structure const& s) {
        auto rest = dynamics::relax_positions(potential, s, relax);
        if (!rest.converged)
            throw NumericalError(fmt::format(
                "{}: the atoms do not come to rest ({} steps, force {:.2g} eV/Å): raise the "
                "tolerance or the number of steps",
                what, rest.steps, rest.largest_force));
        return rest.structure;
    };
    auto const from = at_rest(first);
    auto const to = at_rest(last);

    auto const make = [&](std::span<double const> positions) {
        constexpr double skin = 0.5;
        auto atoms = domain::supercell_atoms(from, {1, 1, 1}, {0, from.size()});
        atoms.positions = grouped<Vec3>(positions);
        atoms.velocities.assign(atoms.positions.size(), Vec3::Zero());
        return std::make_unique<dynamics::FreeStructure>(
            alone, potential,
            domain::Domain{alone, from.cell, std::move(atoms), potential.cutoff(), skin},
            dynamics::Freedom{});
    };
    dynamics::BandOptions options;
    options.force_tolerance = std::max(relax.force_tolerance, 0.005);
    options.most_steps = relax.max_steps;
    auto const path =
        relax_band(alone, dynamics::groups_of(alone, 1),
                   dynamics::straight_path(from.cell, numbers_of(from), numbers_of(to), images),
                   make, options, [](dynamics::Path const&) { return false; });
    if (path.end != dynamics::End::at_rest)
        throw NumericalError(
            fmt::format("{}: its path does not come to rest ({} steps, force "
                        "{:.2g} eV/Å): raise the tolerance or the number of steps",
                        what, path.steps, path.largest_force));
    Migration result;
    result.way = path.way;
    for (double const e : path.energies) result.energies.push_back(e - path.energies.front());
    result.barrier = result.energies[static_cast<std::size_t>(path.highest)];
    return result;
}

Migration migration(mpi::Communicator const& alone, Potential const& potential, Lattice lattice,
                    int element, double a, std::string const& defect, int copies, int images,
                    dynamics::RelaxOptions const& relax) {
    KAMACITE_EXPECTS(alone.size() == 1 && a > 0.0 && copies > 0 && images > 0);
    bool const known = defect == vacancy ? lattice == Lattice::bcc || lattice == Lattice::fcc
                                         : defect == dumbbell && lattice == Lattice::bcc;
    if (!known)
        throw InputError(
            fmt::format("the migration of {} in {} is not known (vacancy in bcc and "
                        "fcc, dumbbell_110 in bcc are): leave it out",
                        defect, generate::name_of(lattice)));
    auto const crystal = supercell(
        generate::make_lattice(lattice, {a, 1.0}, generate::CellChoice::conventional, {element}),
        {copies, copies, copies});
    auto const ends = defect == vacancy ? vacancy_ends(crystal) : dumbbell_ends(crystal);
    return jump(alone, potential, ends.from, ends.to, defect, images, relax);
}

}  // namespace kamacite::properties

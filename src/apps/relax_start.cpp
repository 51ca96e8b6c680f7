#include "relax_start.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "chosen_atoms.hpp"
#include "kamacite/core/error.hpp"
#include "large_start.hpp"

namespace kamacite::apps {
namespace {

constexpr double skin = 0.5;  // [Å]: lists last for some ten steps

/// The error with the name of the file before it.
template <class Work>
auto naming(std::string const& file, Work const& work) {
    try {
        return work();
    } catch (DataError const& e) {
        throw DataError(file + ": " + e.what());
    } catch (NumericalError const& e) {
        throw NumericalError(file + ": " + e.what());
    }
}

/// Whether an atom, or along periodic directions an image of it, is between two corners.
bool is_within(config::RelaxOptions::Fixed const& f, Cell const& cell, Vec3 const& position) {
    Vec3 const r = cell.to_fractional(position);
    bool inside = true;
    for (std::size_t a = 0; a < 3; ++a) {
        double above = r[static_cast<int>(a)] - f.low[a];
        if (cell.periodic()[a]) above -= std::floor(above);
        inside = inside && above >= 0.0 && above <= f.high[a] - f.low[a];
    }
    return inside;
}

void rest(domain::Atoms& atoms) {
    atoms.velocities.assign(atoms.positions.size(), Vec3::Zero());
}

}  // namespace

LargeStructure start_of(mpi::Communicator const& comm, config::RelaxOptions const& options,
                        AnyModel const& model) {
    auto start = large_start(comm, options.structure, options.index, options.supercell, model);
    rest(start.atoms);
    return start;
}

LargeStructure reached(mpi::Communicator const& comm, std::filesystem::path const& file,
                       LargeStructure const& start) {
    auto found = read_large(file, comm);
    int const same =
        found.total == start.total && found.atoms.species == start.atoms.species ? 1 : 0;
    if (comm.all_reduce(mpi::Op::min, same) == 0)
        throw DataError(
            fmt::format("{} was left by the relaxation of other atoms ({}, not {}): remove it with "
                        "--fresh, or name another output",
                        file.string(), found.total, start.total));
    rest(found.atoms);
    return found;
}

std::vector<int> fixed_of(mpi::Communicator const& comm, config::RelaxOptions const& options,
                          LargeStructure const& start) {
    if (!options.some_fixed) return {};
    auto const& f = options.fixed;
    expect_numbers("fixed.atoms", f.atoms, start.total);
    auto const& atoms = start.atoms;
    expect_elements(comm, "fixed.elements", f.elements, atoms.species);
    auto stays = chosen_atoms(atoms, f.atoms, f.elements);
    for (std::size_t k = 0; f.region && k < stays.size(); ++k)
        if (is_within(f, start.cell, atoms.positions[k])) stays[k] = 1;
    int const some_move = std::ranges::count(stays, 0) > 0 ? 1 : 0;
    if (comm.all_reduce(mpi::Op::max, some_move) == 0 &&
        options.cell == dynamics::CellFreedom::fixed)
        throw InputError(
            "fixed: all atoms stay, and the cell too (there is nothing to relax): "
            "leave some free, or say 'cell: full'");
    return stays;
}

dynamics::FreeStructure free_structure(mpi::Communicator const& comm, Potential const& potential,
                                       LargeStructure from, dynamics::Freedom freedom,
                                       std::string const& name) {
    return naming(name, [&] {
        domain::Domain domain{comm, from.cell, std::move(from.atoms), potential.cutoff(), skin};
        return dynamics::FreeStructure{comm, potential, std::move(domain), std::move(freedom)};
    });
}

}  // namespace kamacite::apps

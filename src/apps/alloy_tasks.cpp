#include "alloy_tasks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "kamacite/core/element.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/properties/compounds.hpp"
#include "kamacite/properties/solutes.hpp"

namespace kamacite::apps {
namespace {

using config::AlloyOptions;
using config::PropertiesOptions;

/// What is common to the tasks: as each is the work of one rank, all is found again where needed.
struct Basis {
    PropertiesOptions const& o;
    Crystal const& crystal;
    mpi::Communicator const& alone;
    dynamics::RelaxOptions relax;

    /// Energy per atom of an element where no other is.
    [[nodiscard]] double reference(Subject const& p, std::string const& element) const {
        auto const r = config::reference_of(o.alloys, element, o.element, o.lattice);
        if (r.kind == config::ReferenceOptions::Kind::energy) return r.energy;
        auto const lattice = generate::lattice_of(r.lattice);
        auto const s =
            generate::make_lattice(lattice, {3.0, generate::ideal_ratio(lattice)},
                                   generate::CellChoice::primitive, {atomic_number_of(element)});
        return properties::crystal_at_rest(alone, p,
                                           properties::scaled_to_minimum(p.unwatched(), s), relax)
            .energy;
    }
    [[nodiscard]] properties::Host host(Subject const& p) const {
        return {crystal.lattice, crystal.element, crystal.constant(p), o.alloys.supercell};
    }
};

Structure cell_of(config::CompoundOptions const& compound) {
    std::vector<int> elements;
    for (auto const& symbol : compound.elements) elements.push_back(atomic_number_of(symbol));
    auto const lattice = generate::lattice_of(compound.lattice);
    return generate::make_lattice(lattice, {5.0, generate::ideal_ratio(lattice)},
                                  generate::CellChoice::conventional, elements);
}

/// "L1_2_Ni3Al".
std::string name_of(config::CompoundOptions const& compound, Structure const& cell) {
    std::map<int, int> count;
    int common = 0;
    for (int const z : cell.species) ++count[z];
    for (auto const& [z, n] : count) common = std::gcd(common, n);
    auto name = compound.lattice + "_";
    for (auto const& symbol : compound.elements) {
        int const n = count[atomic_number_of(symbol)] / common;
        name += n == 1 ? symbol : fmt::format("{}{}", symbol, n);
    }
    return name;
}

/// By how much (as a logarithm) the ratio of two edges has changed, at most.
double change_of_shape(Structure const& from, Structure const& to) {
    double least = 1e300, most = -1e300;
    for (int k = 0; k < 3; ++k) {
        double const grown =
            std::log(to.cell.rows().row(k).norm() / from.cell.rows().row(k).norm());
        least = std::min(least, grown);
        most = std::max(most, grown);
    }
    return most - least;
}

/// ΔE, V, B, the lengths of the conventional cell, and how much its shape has changed.
std::vector<double> compound_numbers(Subject const& p, Basis const& basis, Structure const& cell) {
    auto const rest = properties::crystal_at_rest(
        basis.alone, p, properties::scaled_to_minimum(p.unwatched(), cell), basis.relax);
    std::map<int, double> mu;
    std::vector<double> references;
    for (int const z : cell.species) {
        auto const [at, is_new] = mu.emplace(z, 0.0);
        if (is_new) at->second = basis.reference(p, std::string{symbol_of(z)});
        references.push_back(at->second);
    }
    auto const& rows = rest.structure.cell.rows();
    return {properties::formation_energy(rest.energy, references),
            rest.volume,
            properties::hydrostatic_bulk_modulus(basis.alone, p, rest, basis.relax),
            rows.row(0).norm(),
            rows.row(1).norm(),
            rows.row(2).norm(),
            change_of_shape(cell, rest.structure)};
}

Task compound_task(Basis const& basis, config::CompoundOptions const& compound) {
    auto const cell = cell_of(compound);
    auto const name = name_of(compound, cell);
    Task task{compound_numbers_count,
              [=](Subject const& p) { return compound_numbers(p, basis, cell); },
              name,
              {}};
    task.rows = {{name + "_formation", "eV/atom", 1.0, 0},
                 {name + "_volume", "Å³/atom", 1.0, 1},
                 {name + "_bulk_modulus", "GPa", units::GPa, 2},
                 {name + "_a", "Å", 1.0, 3}};
    task.is_compound = true;
    auto const lattice = generate::lattice_of(compound.lattice);
    using enum generate::Lattice;
    bool const orthorhombic = lattice == cementite || lattice == Fe2C;
    if (orthorhombic) task.rows.push_back({name + "_b", "Å", 1.0, 4});
    if (orthorhombic || lattice == L1_0) task.rows.push_back({name + "_c", "Å", 1.0, 5});
    return task;
}

Task solute_task(Basis const& basis, config::SoluteOptions const& solute, std::string const& site) {
    auto const name = fmt::format("{}_{}", solute.element, site);
    auto const shells = solute.binding_shells;
    Task task{static_cast<std::size_t>(1 + shells),
              [=](Subject const& p) {
                  auto const found = properties::solute_energy(
                      p, basis.host(p), atomic_number_of(solute.element), site,
                      basis.reference(p, solute.element), shells, basis.relax);
                  std::vector<double> numbers{found.solution};
                  numbers.insert(numbers.end(), found.bindings.begin(), found.bindings.end());
                  return numbers;
              },
              name,
              {{name + "_solution", "eV", 1.0, 0}}};
    for (int s = 1; s <= shells; ++s)
        task.rows.push_back({fmt::format("{}_vacancy_binding_{}", name, s), "eV", 1.0,
                             static_cast<std::size_t>(s)});
    return task;
}

Task jump_task(Basis const& basis, config::SoluteOptions const& solute) {
    auto const name = fmt::format("{}{}", migration_prefix, solute.element);
    return {1,
            [=](Subject const& p) {
                return std::vector{properties::octahedral_jump(basis.alone, p, basis.host(p),
                                                               atomic_number_of(solute.element),
                                                               basis.o.alloys.images, basis.relax)
                                       .barrier};
            },
            name,
            {{name, "eV", 1.0, 0}}};
}

}  // namespace

std::vector<Task> alloy_tasks(PropertiesOptions const& o, Crystal const& crystal,
                              mpi::Communicator const& alone) {
    std::vector<Task> tasks;
    if (!o.alloys.wanted) return tasks;
    Basis const basis{o, crystal, alone, relax_options(o)};
    for (auto const& solute : o.alloys.solutes) {
        for (auto const& site : solute.sites) tasks.push_back(solute_task(basis, solute, site));
        if (solute.jump) tasks.push_back(jump_task(basis, solute));
    }
    for (auto const& compound : o.alloys.compounds) tasks.push_back(compound_task(basis, compound));
    return tasks;
}

}  // namespace kamacite::apps

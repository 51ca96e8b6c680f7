#include "kamacite/phonons/phonopy_files.hpp"

#include <fmt/format.h>

#include "kamacite/core/element.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/phonons/harmonic.hpp"
#include "kamacite/phonons/phono3py_files.hpp"

namespace kamacite::phonons {
namespace {

std::string vector_text(Vec3 const& v) {
    return fmt::format("[ {:.15f}, {:.15f}, {:.15f} ]", v(0), v(1), v(2));
}

std::string cell_text(std::string const& name, Structure const& s) {
    auto text = name + ":\n  lattice:\n";
    for (int k = 0; k < 3; ++k) text += "  - " + vector_text(s.cell.rows().row(k)) + "\n";
    text += "  points:\n";
    for (int i = 0; i < s.size(); ++i) {
        int const z = s.species[std::size_t(i)];
        text += fmt::format("  - symbol: {}\n    coordinates: {}\n    mass: {:.6f}\n", symbol_of(z),
                            vector_text(s.cell.to_fractional(s.positions[std::size_t(i)])),
                            mass_of(z) / units::dalton);
    }
    return text + "\n";
}

/// What phonopy and phono3py know a crystal by.
std::string cells_text(std::string const& program, std::string const& version,
                       Supercell const& supercell) {
    auto text = fmt::format(
        "{}:\n"
        "  version: \"{}\"\n"
        "  symmetry_tolerance: 1.0e-05\n\n"
        "physical_unit:\n"
        "  atomic_mass: \"AMU\"\n"
        "  length: \"angstrom\"\n"
        "  force_constants: \"eV/angstrom^2\"\n\n"
        "supercell_matrix:\n",
        program, version);
    // phonopy's columns are our rows.
    Mat3i const columns = supercell.matrix().transpose();
    for (int k = 0; k < 3; ++k)
        text +=
            fmt::format("- [ {:3d}, {:3d}, {:3d} ]\n", columns(k, 0), columns(k, 1), columns(k, 2));
    text += "\nprimitive_matrix:\n";
    for (int k = 0; k < 3; ++k) text += "- " + vector_text(Vec3::Unit(k)) + "\n";
    return text + "\n" + cell_text("primitive_cell", supercell.unit()) +
           cell_text("unit_cell", supercell.unit());
}

}  // namespace

std::vector<double> phono3py_third_order(ThirdOrder const& third) {
    auto const& s = third.supercell;
    auto const n = std::size_t(s.size());
    std::vector<double> all(std::size_t(s.unit().size()) * n * n * 27, 0.0);
    for (auto const& t : third.triples)
        for (int abc = 0; abc < 27; ++abc)
            all[((std::size_t(t.i) * n + std::size_t(t.j)) * n + std::size_t(t.k)) * 27 +
                std::size_t(abc)] = t.constants(abc);
    return all;
}

std::vector<double> phono3py_second_order(ForceConstants const& second) {
    std::vector<double> all;
    for (auto const& block : second.blocks)
        for (int ab = 0; ab < 9; ++ab) all.push_back(block(ab / 3, ab % 3));
    return all;
}

std::vector<int> phono3py_map(Supercell const& supercell) {
    std::vector<int> all;
    for (int i = 0; i < supercell.unit().size(); ++i)
        all.push_back(supercell.index(i, Vec3i::Zero()));
    return all;
}

std::string phono3py_parameters(Supercell const& supercell) {
    return cells_text("phono3py", "2.5", supercell);
}

std::string phonopy_force_constants(ForceConstants const& constants) {
    auto const& supercell = constants.supercell;
    int const n = supercell.size();
    auto text = fmt::format("{:4d} {:4d}\n", supercell.unit().size(), n);
    for (int i = 0; i < supercell.unit().size(); ++i)
        for (int j = 0; j < n; ++j) {
            text += fmt::format("{:4d} {:4d}\n", supercell.index(i, Vec3i::Zero()) + 1, j + 1);
            auto const& block = constants.block(i, j);
            for (int a = 0; a < 3; ++a)
                text += fmt::format("{:22.15f}{:22.15f}{:22.15f}\n", block(a, 0), block(a, 1),
                                    block(a, 2));
        }
    return text;
}

std::string phonopy_parameters(DisplacementPlan const& plan, ForceSet const& set) {
    auto text = cells_text("phonopy", "2.17", plan.supercell) + "displacements:\n";
    for (std::size_t d = 0; d < plan.displacements.size(); ++d) {
        auto const& [atom, vector] = plan.displacements[d];
        text += fmt::format("- atom: {}\n  displacement:\n    {}\n  forces:\n",
                            plan.supercell.index(atom, Vec3i::Zero()) + 1, vector_text(vector));
        for (auto const& f : set.forces[d]) text += "  - " + vector_text(f) + "\n";
    }
    return text;
}

std::string third_order_text(ThirdOrder const& third) {
    auto const& s = third.supercell;
    auto const& unit = s.unit();
    auto const cell_of = [&](int i, int j) {
        Vec3 const apart = nearest_images(s, i, j).front() +
                           unit.cell.to_fractional(unit.positions[std::size_t(i)]) -
                           unit.cell.to_fractional(unit.positions[std::size_t(s.unit_atom(j))]);
        Vec3 const whole = apart.array().round();
        Vec3 const place = unit.cell.to_cartesian(whole);
        return fmt::format("{:.12f} {:.12f} {:.12f}", place(0), place(1), place(2));
    };
    auto text = fmt::format("{}\n", third.triples.size());
    int count = 0;
    for (auto const& t : third.triples) {
        text += fmt::format("\n{}\n{}\n{}\n{} {} {}\n", ++count, cell_of(t.i, t.j),
                            cell_of(t.i, t.k), t.i + 1, s.unit_atom(t.j) + 1, s.unit_atom(t.k) + 1);
        for (int abc = 0; abc < 27; ++abc)
            text += fmt::format("{} {} {} {:.12e}\n", abc / 9 + 1, abc / 3 % 3 + 1, abc % 3 + 1,
                                t.constants(abc));
    }
    return text;
}

}  // namespace kamacite::phonons

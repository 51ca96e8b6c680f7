#include "kamacite/properties/screw.hpp"

#include <cmath>
#include <filesystem>
#include <numbers>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/potential/embedded_atom.hpp"
#include "kamacite/properties/elastic.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::properties;

namespace {

constexpr double constant = 2.855312;  // Å, of the potential at rest

/// What an endless ⟨111⟩ screw has of energy per length and ln R: b·B·b, B of the integral
/// formalism of anisotropic elasticity, over directions m, n about the line.
double energy_per_logarithm(ElasticConstants const& c) {
    auto const stiffness = [&](int i, int j, int k, int l) {
        auto const same = [](int x, int y) { return x == y ? 1.0 : 0.0; };
        double const excess = c.c11() - c.c12() - 2.0 * c.c44();
        return c.c12() * same(i, j) * same(k, l) +
               c.c44() * (same(i, k) * same(j, l) + same(i, l) * same(j, k)) +
               excess * (i == j && j == k && k == l ? 1.0 : 0.0);
    };
    auto const between = [&](Vec3 const& u, Vec3 const& v) {
        Mat3 m = Mat3::Zero();
        for (int j = 0; j < 3; ++j)
            for (int k = 0; k < 3; ++k)
                for (int i = 0; i < 3; ++i)
                    for (int l = 0; l < 3; ++l) m(j, k) += u[i] * stiffness(i, j, k, l) * v[l];
        return m;
    };
    Vec3 const x = Vec3(1.0, 1.0, -2.0).normalized(), y = Vec3(-1.0, 1.0, 0.0).normalized();
    Vec3 const b = constant / 2.0 * Vec3::Ones();
    constexpr int points = 360;
    Mat3 sum = Mat3::Zero();
    for (int k = 0; k < points; ++k) {
        double const w = 2.0 * std::numbers::pi * k / points;
        Vec3 const m = std::cos(w) * x + std::sin(w) * y, n = -std::sin(w) * x + std::cos(w) * y;
        sum += between(m, m) - between(m, n) * between(n, n).inverse() * between(n, m);
    }
    return b.dot(sum * b) / points / (4.0 * std::numbers::pi);
}

}  // namespace

TEST_CASE("a cell of screw dislocations is bcc", "[screw]") {
    auto const size = GENERATE(std::pair{9, 5}, std::pair{15, 9}, std::pair{21, 13});
    ScrewCell const cell{constant, size.first, size.second};
    auto const s = perfect_screw_cell(cell, 26);
    CHECK(s.size() == size.first * size.second);
    CHECK_THAT(s.cell.volume() / s.size(), WithinRel(std::pow(constant, 3) / 2.0, 1e-12));
    auto const neighbours = find_neighbours(s, 1.2 * constant);
    for (int i = 0; i < s.size(); ++i) {
        auto const of = neighbours.of(i);
        REQUIRE(of.size() == 14);
        int nearest = 0;
        for (double const d : of.distance)
            nearest += std::abs(d - constant * std::sqrt(0.75)) < 1e-9 ? 1 : 0;
        CHECK(nearest == 8);
    }
    CHECK_THROWS_AS(perfect_screw_cell({constant, 15, 10}, 26), InputError);
    CHECK_THROWS_AS(perfect_screw_cell({constant, 13, 9}, 26), InputError);
}

// Mendelev et al., Phil. Mag. 83, 3977 (2003), potential 2.
TEST_CASE("screw dislocations of iron by embedded atoms", "[screw]") {
    std::filesystem::path const file{"/usr/share/lammps/potentials/Fe_mm.eam.fs"};
    if (!std::filesystem::exists(file)) {
        WARN("skipped: there is no " << file << " (it is in Debian's package lammps-data)");
        return;
    }
    EmbeddedAtom const iron{read_eam(file)};
    auto const alone = test::world().split(test::world().rank(), 0);
    ScrewCell const cell{constant, 15, 9}, larger{constant, 21, 13};

    // By linear elasticity the cell has no stress; a cell that did not follow the plastic strain
    // would have some 4 GPa.
    auto const placed = screw_dipole(cell, 26, Core::easy);
    auto const stress =
        iron.predict(placed, find_neighbours(placed, iron.cutoff())).stress(placed.cell.volume());
    CHECK(std::abs(stress(0, 2)) < 0.02 * units::GPa);
    CHECK(std::abs(stress(1, 2)) < 0.02 * units::GPa);

    dynamics::RelaxOptions const relax{2e-4, 20000, 0.1};
    auto const small = screw_energies(alone, iron, cell, 26, 5, relax);
    // LAMMPS (2022), fix box/relax tri: −554.154479 eV, of the perfect crystal −556.528739 eV.
    CHECK_THAT(small.dipole, WithinAbs((556.528739 - 554.154479) / 2.0, 2e-4));

    // How the energy grows with the cell is elasticity, of which the core knows nothing.
    auto const crystal = generate::make_lattice(generate::Lattice::bcc, {constant, 1.0},
                                                generate::CellChoice::conventional, {26});
    double const slope =
        energy_per_logarithm(elastic_constants(iron, crystal, 0.002)) * cell.burgers();
    auto const big = screw_energies(alone, iron, larger, 26, 0, relax);
    double const logarithm = 0.5 * std::log(273.0 / 135.0);
    CHECK_THAT((big.dipole - small.dipole) / logarithm, WithinRel(slope, 0.03));

    // What the core is does not depend on the cell; the hard one is higher.
    CHECK(small.hard > 0.1);
    CHECK_THAT(small.hard, WithinAbs(big.hard, 0.006));
    CHECK(std::isnan(big.barrier));
    // This potential has a second valley halfway: two humps.
    REQUIRE(small.valley.size() == 7);
    CHECK_THAT(small.valley.back(), WithinAbs(0.0, 1e-4));
    CHECK(small.barrier > 0.005);
    CHECK(small.barrier < small.hard);
    CHECK(small.valley[3] < 0.5 * small.barrier);
    CHECK(small.valley[1] > 0.5 * small.barrier);
    CHECK(small.valley[5] > 0.5 * small.barrier);
}

#include "kamacite/properties/warm_elastic.hpp"

#include <cmath>
#include <filesystem>

#include "kamacite/core/units.hpp"
#include "kamacite/potential/embedded_atom.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "kamacite/properties/elastic.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::properties;

namespace {

LennardJones const argon{{0.0104, 3.4, 5.8, 7.0}};

Structure argon_cell(double a) {
    return generate::make_lattice(Lattice::fcc, {a, 1.0}, generate::CellChoice::conventional, {18});
}

/// Lattice constant without pressure.
double constant_at_rest(Potential const& potential, double low, double high) {
    for (int k = 0; k < 50; ++k) {
        double const a = (low + high) / 2.0;
        (volume_point(potential, argon_cell(a)).pressure > 0.0 ? low : high) = a;
    }
    return low;
}

StressRunOptions short_run(double temperature) {
    StressRunOptions o;
    o.temperature = temperature;
    o.timestep = 4.0;
    o.equilibration = 100;
    o.steps = 400;
    o.every = 4;
    return o;
}

}  // namespace

TEST_CASE("elastic constants of a cold crystal are the static ones", "[warm]") {
    double const a = constant_at_rest(argon, 5.0, 5.6);
    auto const cold = elastic_constants(argon, argon_cell(a), 0.002);
    auto const start = supercell(argon_cell(a), {2, 2, 2});
    auto const found = warm_elastic(test::world(), argon, start, 0.002, 2, short_run(0.01));
    double const scale = cold.c11();
    CHECK_THAT(found.c11.value, WithinAbs(cold.c11(), 1e-3 * scale));
    CHECK_THAT(found.c12.value, WithinAbs(cold.c12(), 1e-3 * scale));
    CHECK_THAT(found.c44.value, WithinAbs(cold.c44(), 1e-3 * scale));
    for (auto const& c : {found.c11, found.c12, found.c44}) {
        CHECK(c.error > 0.0);
        CHECK(c.error < 1e-3 * scale);
    }
    CHECK_THAT(found.temperature.value, WithinRel(0.01, 0.2));
    // The finite strain: a larger one has an error of its second order.
    auto const far = warm_elastic(test::world(), argon, start, 0.03, 1, short_run(0.01));
    CHECK(std::abs(far.c11.value - cold.c11()) > 5.0 * std::abs(found.c11.value - cold.c11()));
}

TEST_CASE("the lattice constant of a cold crystal is that without pressure", "[warm]") {
    double const a = constant_at_rest(argon, 5.0, 5.6);
    auto const c = elastic_constants(argon, argon_cell(a), 0.002);
    double const bulk = (c.c11() + 2.0 * c.c12()) / 3.0;
    auto const found = lattice_constant_at(test::world(), argon, argon_cell(1.01 * a), 2, bulk, 2,
                                           short_run(0.01));
    CHECK_THAT(found.constant.value, WithinAbs(a, 2e-4 * a));
    // A warm crystal is larger, by what its pressure at the old size says.
    auto const warm =
        lattice_constant_at(test::world(), argon, argon_cell(a), 2, bulk, 2, short_run(20.0));
    CHECK(warm.constant.value > a + 3.0 * warm.constant.error);
    CHECK(warm.constant.error > 0.0);
}

TEST_CASE("ranks do not change what runs give but for rounding", "[warm]") {
    auto const start = supercell(argon_cell(5.3), {2, 2, 2});
    auto o = short_run(1.0);
    o.equilibration = 20;
    o.steps = 60;
    auto const alone = test::world().split(test::world().rank(), 0);
    auto const serial = warm_elastic(alone, argon, start, 0.01, 2, o);
    auto const parallel = warm_elastic(test::world(), argon, start, 0.01, 2, o);
    CHECK_THAT(parallel.c11.value, WithinRel(serial.c11.value, 1e-7));
    CHECK_THAT(parallel.c12.value, WithinRel(serial.c12.value, 1e-7));
    CHECK_THAT(parallel.c44.value, WithinRel(serial.c44.value, 1e-7));
    CHECK_THAT(parallel.c44.error, WithinRel(serial.c44.error, 1e-4));
    CHECK_THAT(parallel.temperature.value, WithinRel(serial.temperature.value, 1e-7));
}

// Reference: LAMMPS (2022), the same file, lattice constant, strains and number of atoms, Langevin,
// 2 fs, means of 10 × 20 ps per strain: C11 218.9 ± 0.4, C12 120.2 ± 0.4, C44 92.65 ± 0.10 GPa. The
// crystal at rest has 243, 145 and 116.
TEST_CASE("warm iron by embedded atoms is that of LAMMPS", "[warm]") {
    std::filesystem::path const file{"/usr/share/lammps/potentials/Fe_mm.eam.fs"};
    if (!std::filesystem::exists(file)) {
        WARN("skipped: there is no " << file << " (it is in Debian's package lammps-data)");
        return;
    }
    if (test::world().size() == 2) return;  // one rank, and more ranks than halves of the work
    EmbeddedAtom const iron{read_eam(file)};
    auto const start = supercell(generate::make_lattice(Lattice::bcc, {2.8630, 1.0},
                                                        generate::CellChoice::conventional, {26}),
                                 {3, 3, 3});
    StressRunOptions o;
    o.timestep = 2.0;
    o.equilibration = 400;
    o.steps = 2500;
    o.every = 5;
    auto const found = warm_elastic(test::world(), iron, start, 0.01, 2, o);
    auto const check = [](Estimate const& c, double expected, double doubt) {
        double const value = c.value / units::GPa, error = c.error / units::GPa;
        CAPTURE(value, error, expected);
        CHECK(error < 5.0);
        CHECK(std::abs(value - expected) < 4.0 * std::hypot(error, doubt));
    };
    check(found.c11, 218.9, 0.4);
    check(found.c12, 120.2, 0.4);
    check(found.c44, 92.65, 0.1);
    CHECK_THAT(found.temperature.value, WithinRel(300.0, 0.05));
}

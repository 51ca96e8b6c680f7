#include "kamacite/dynamics/relax_domain.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/dynamics/relax.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "kamacite/structure/repeated.hpp"
#include "support/blocks.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::dynamics;

namespace {

enum class Method { fire, preconditioned };

/// Face-centred cubic, in which the pairs of the default Lennard-Jones potential are at rest.
Structure fcc(std::array<int, 3> const& n, double constant) {
    Mat3 const cell = constant * Mat3::Identity();
    Structure const unit{Cell{cell},
                         {26, 26, 26, 26},
                         {{0, 0, 0},
                          {0, constant / 2, constant / 2},
                          {constant / 2, 0, constant / 2},
                          {constant / 2, constant / 2, 0}}};
    return supercell(unit, n);
}

Structure rattled(Structure s, double by) {
    RandomStream random{7, "rattle", 0};
    for (auto& r : s.positions) r += by * random.normal3();
    return s;
}

Structure without(Structure s, std::size_t atom) {
    s.species.erase(s.species.begin() + static_cast<std::ptrdiff_t>(atom));
    s.positions.erase(s.positions.begin() + static_cast<std::ptrdiff_t>(atom));
    return s;
}

FreeStructure free_structure(Potential const& potential, Structure const& s, Freedom freedom = {}) {
    auto const& world = test::world();
    return {world, potential,
            domain::Domain{world, s.cell, test::resting_block(world, s), potential.cutoff(), 0.5},
            std::move(freedom)};
}

End relax(FreeStructure& s, Rest const& rest, Method method) {
    auto const go_on = [](FreeStructure const&) { return false; };
    return method == Method::fire ? relax_by_fire(s, rest, go_on)
                                  : relax_preconditioned(s, rest, {}, go_on);
}

/// Positions of all atoms by their numbers, on every rank.
std::vector<Vec3> positions_of(FreeStructure const& s) {
    std::vector<double> flat;
    for (auto const& r : s.domain().atoms().positions)
        flat.insert(flat.end(), r.data(), r.data() + 3);
    auto const mine = s.order().rows<double>(std::span<double const>{flat}, 3);
    auto const all = test::world().all_gather(std::span<double const>{mine});
    std::vector<Vec3> positions;
    for (std::size_t k = 0; k < all.size(); k += 3)
        positions.emplace_back(all[k], all[k + 1], all[k + 2]);
    return positions;
}

}  // namespace

TEST_CASE("all methods find the minimum that one rank finds", "[relax]") {
    LennardJones const potential{{}};
    auto const method = GENERATE(Method::fire, Method::preconditioned);
    auto const s = without(rattled(fcc({4, 3, 3}, 3.42), 0.05), 17);
    CAPTURE(static_cast<int>(method));
    Rest rest;
    rest.force_tolerance = 1e-5;
    auto relaxed = free_structure(potential, s);
    CHECK(relax(relaxed, rest, method) == End::at_rest);
    CHECK(relaxed.standing().largest_force <= 1e-5);
    RelaxOptions options;
    options.force_tolerance = 1e-5;
    auto const serial = relax_positions(potential, s, options);
    REQUIRE(serial.converged);
    CHECK_THAT(relaxed.standing().energy, WithinAbs(serial.energy, 1e-6));
    auto const positions = positions_of(relaxed);
    REQUIRE(positions.size() == serial.structure.positions.size());
    // as a whole the crystal may have drifted, and atoms are wrapped into the cell
    auto const way = [&](std::size_t i) {
        Vec3 f = s.cell.to_fractional(positions[i] - serial.structure.positions[i]);
        for (double& x : f) x -= std::round(x);
        return s.cell.to_cartesian(f);
    };
    for (std::size_t i = 0; i < positions.size(); ++i) CHECK((way(i) - way(0)).norm() < 1e-3);
    // the change is that of the energies, found by another sum
    auto const before = potential.predict(s, find_neighbours(s, potential.cutoff())).energy();
    CHECK_THAT(relaxed.enthalpy_change(), WithinAbs(serial.energy - before, 1e-6));
}

TEST_CASE("forces fall to where energies say nothing any more", "[relax]") {
    LennardJones const potential{{}};
    auto const method = GENERATE(Method::fire, Method::preconditioned);
    Rest rest;
    rest.force_tolerance = 1e-9;
    auto s = free_structure(potential, rattled(fcc({3, 3, 3}, 3.42), 0.05));
    CHECK(relax(s, rest, method) == End::at_rest);
    CHECK(s.standing().largest_force <= 1e-9);
}

TEST_CASE("a cell comes to rest under a pressure", "[relax]") {
    LennardJones const potential{{}};
    auto const method = GENERATE(Method::fire, Method::preconditioned);
    auto const freedom = GENERATE(CellFreedom::isotropic, CellFreedom::full);
    double const pressure = GENERATE(0.0, 5.0 * units::GPa);
    CAPTURE(static_cast<int>(method), static_cast<int>(freedom), pressure);
    auto s = rattled(fcc({3, 3, 3}, 3.5), 0.03);
    if (freedom == CellFreedom::full) {
        Mat3 strain;
        strain << 0.02, 0.01, 0.0, 0.01, -0.01, 0.005, 0.0, 0.005, 0.0;
        s = strained(s, strain);
    }
    Rest rest;
    rest.force_tolerance = 1e-5;
    rest.stress_tolerance = 1e-7;
    auto relaxed = free_structure(potential, s, {freedom, pressure, {}});
    REQUIRE(relax(relaxed, rest, method) == End::at_rest);
    auto const& cell = relaxed.domain().cell();
    auto const positions = positions_of(relaxed);
    Structure const whole{cell, std::vector<int>(positions.size(), 26), positions};
    auto const p = potential.predict(whole, find_neighbours(whole, potential.cutoff()));
    Mat3 const stress = p.stress(cell.volume());
    CHECK((stress + pressure * Mat3::Identity()).cwiseAbs().maxCoeff() < 1.1e-7);
    CHECK_THAT(relaxed.standing().enthalpy, WithinAbs(p.energy() + pressure * cell.volume(), 1e-8));
    // the lattice constant at which the enthalpy of the perfect crystal is lowest
    auto const enthalpy = [&](double a) {
        auto const crystal = fcc({3, 3, 3}, a);
        return potential.predict(crystal, find_neighbours(crystal, potential.cutoff())).energy() +
               pressure * crystal.cell.volume();
    };
    double const a = std::cbrt(cell.volume() / 27.0), h = 1e-3;
    double const slope = (enthalpy(a + h) - enthalpy(a - h)) / (2.0 * h);
    double const curvature = (enthalpy(a + h) - 2.0 * enthalpy(a) + enthalpy(a - h)) / (h * h);
    CHECK(curvature > 0.0);
    CHECK(std::abs(slope / curvature) < 1e-5);
    CHECK_THAT(relaxed.standing().enthalpy, WithinAbs(enthalpy(a), 1e-6));
    for (int k = 0; k < 3; ++k) CHECK_THAT(cell.rows().row(k).norm(), WithinAbs(3.0 * a, 1e-3));
}

TEST_CASE("atoms that stay do so, in fractional coordinates", "[relax]") {
    LennardJones const potential{{}};
    auto const method = GENERATE(Method::fire, Method::preconditioned);
    auto const s = rattled(fcc({3, 3, 3}, 3.5), 0.05);
    auto const& world = test::world();
    auto const block = mpi::block_of(world.rank(), world.size(), s.size());
    Freedom freedom{CellFreedom::isotropic, 0.0, {}};
    for (auto id = block.begin; id < block.end; ++id) freedom.fixed.push_back(id % 5 == 0 ? 1 : 0);
    Rest rest;
    rest.force_tolerance = 1e-4;
    auto relaxed = free_structure(potential, s, freedom);
    REQUIRE(relax(relaxed, rest, method) == End::at_rest);
    auto const positions = positions_of(relaxed);
    double moved = 0.0;
    for (std::size_t i = 0; i < positions.size(); ++i) {
        Vec3 f = relaxed.domain().cell().to_fractional(positions[i]) -
                 s.cell.to_fractional(s.positions[i]);
        for (double& x : f) x -= std::round(x);
        if (i % 5 == 0)
            CHECK(f.norm() < 1e-9);
        else
            moved = std::max(moved, f.norm());
    }
    CHECK(moved > 1e-3);
}

TEST_CASE("a relaxation ends where it is told to", "[relax]") {
    LennardJones const potential{{}};
    auto const method = GENERATE(Method::fire, Method::preconditioned);
    auto const s = rattled(fcc({3, 3, 3}, 3.5), 0.1);
    Rest rest;
    rest.force_tolerance = 1e-6;
    SECTION("out of evaluations") {
        rest.most_evaluations = 9;
        auto relaxed = free_structure(potential, s);
        CHECK(relax(relaxed, rest, method) == End::out_of_evaluations);
        CHECK(relaxed.evaluations() <= 12);
    }
    SECTION("stopped") {
        auto relaxed = free_structure(potential, s);
        int steps = 0;
        auto const stop = [&](FreeStructure const&) { return ++steps == 4; };
        CHECK((method == Method::fire
                   ? relax_by_fire(relaxed, rest, stop)
                   : relax_preconditioned(relaxed, rest, {}, stop)) == End::stopped);
        CHECK(steps == 4);
    }
    SECTION("at once where nothing moves") {
        auto relaxed = free_structure(potential, fcc({3, 3, 3}, 3.42));
        CHECK(relax(relaxed, rest, method) == End::at_rest);
        CHECK(relaxed.evaluations() == 1);
    }
}

TEST_CASE("what cannot be relaxed is refused on all ranks", "[relax]") {
    LennardJones const potential{{}};
    auto s = fcc({3, 3, 3}, 3.5);
    s.cell = Cell{s.cell.rows(), {true, true, false}};
    CHECK_THROWS_AS(free_structure(potential, s, {CellFreedom::full, 0.0, {}}), DataError);
    auto relaxed = free_structure(potential, rattled(s, 0.05));
    PreconditionerOptions options;
    options.petsc = "-tao_lss_type armijo";
    CHECK_THROWS_AS(
        relax_preconditioned(relaxed, {}, options, [](FreeStructure const&) { return false; }),
        InputError);
}

TEST_CASE("the preconditioner pays, the more the longer the crystal", "[relax]") {
    LennardJones const potential{{}};
    std::vector<double> gains;
    for (int const length : {6, 24}) {
        auto const s = without(rattled(fcc({2, 2, length}, 3.42), 0.03), 5);
        std::array<double, 2> evaluations{};
        for (auto const method : {Method::fire, Method::preconditioned}) {
            auto relaxed = free_structure(potential, s);
            Rest rest;
            rest.force_tolerance = 1e-4;
            REQUIRE(relax(relaxed, rest, method) == End::at_rest);
            evaluations[method == Method::fire ? 0 : 1] =
                static_cast<double>(relaxed.evaluations());
        }
        gains.push_back(evaluations[0] / evaluations[1]);
        CAPTURE(length, evaluations);
        CHECK(evaluations[1] < 40.0);
    }
    CHECK(gains[0] > 1.5);
    CHECK(gains[1] > gains[0]);
}

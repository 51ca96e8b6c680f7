#include "kamacite/dynamics/trajectory.hpp"

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/dynamics/free_flight.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "potential/eam_support.hpp"
#include "support/blocks.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/trajectory.hpp"
#include "support/world.hpp"

using namespace kamacite;

namespace {

/// The atoms of a trajectory on one rank, a block of them on each, with their velocities.
domain::Domain divided(test::Trajectory const& t, double cutoff, double skin) {
    auto atoms = test::block_of(test::world(), t.structure);
    for (auto const id : atoms.ids)
        atoms.velocities.push_back(t.velocities[static_cast<std::size_t>(id)]);
    return {test::world(), t.structure.cell, std::move(atoms), cutoff, skin};
}

/// Farthest an atom is from where it is on one rank [Å], images apart.
double distance(domain::Domain const& d, test::Trajectory const& t) {
    double worst = 0.0;
    for (std::size_t k = 0; k < d.atoms().ids.size(); ++k) {
        auto const i = static_cast<std::size_t>(d.atoms().ids[k]);
        Vec3 f = d.cell().to_fractional(d.atoms().positions[k] - t.structure.positions[i]);
        f.array() -= f.array().round();
        worst = std::max(worst, d.cell().to_cartesian(f).norm());
    }
    return test::world().all_reduce(mpi::Op::max, worst);
}

}  // namespace

TEST_CASE("ranks together follow the path of one", "[dynamics]") {
    bool const bath = GENERATE(false, true);
    CAPTURE(bath);
    EmbeddedAtom const potential{parse_eam(test::eam_text(), "made up")};
    auto serial = test::start(potential, test::rattled_bcc(3, 1, 0.1), 900.0);
    dynamics::Langevin const langevin{900.0, 0.02, 5};
    double const dt = 1.0, skin = 0.3;  // short, so that atoms change domains often
    dynamics::Trajectory together{test::world(), potential,
                                  divided(serial, potential.cutoff(), skin), dt,
                                  bath ? dynamics::Ensemble{langevin} : dynamics::Ensemble{}};
    for (int step = 0; step < 60; ++step) {
        if (bath)
            test::baoab(potential, serial, langevin, dt, step);
        else
            test::verlet(potential, serial, dt);
        together.advance();
    }
    CHECK(together.domain().rebuilds() > 2);
    CHECK(together.step() == 60);
    CHECK(distance(together.domain(), serial) < 1e-9);
    auto const thermo = together.thermo();
    CHECK_THAT(thermo.potential_energy, WithinAbs(serial.now.energy(), 1e-8));
    CHECK_THAT(thermo.kinetic_energy, WithinAbs(serial.kinetic(), 1e-8));
    CHECK_THAT(thermo.temperature,
               WithinRel(dynamics::temperature(serial.kinetic(), bath ? 162 : 159), 1e-9));
    Mat3 const stress =
        -(serial.now.virial() + dynamics::kinetic_tensor(serial.velocities, serial.masses)) /
        serial.structure.cell.volume();
    CHECK((thermo.stress - stress).norm() < 1e-10);
    auto const flux = dynamics::heat_flux(serial.now, serial.velocities, serial.masses);
    CHECK((thermo.heat_flux.convective - flux.convective).norm() < 1e-9);
    CHECK((thermo.heat_flux.virial - flux.virial).norm() < 1e-9);
}

TEST_CASE("energy stays while atoms change domains", "[dynamics]") {
    LennardJones const potential{{}};
    auto const at_start = test::start(potential, test::rattled_bcc(4, 3, 0.05), 1500.0);
    std::array<double, 2> errors{};
    for (std::size_t k = 0; k < 2; ++k) {
        double const dt = k == 0 ? 2.0 : 1.0;
        dynamics::Trajectory t{test::world(), potential, divided(at_start, potential.cutoff(), 0.5),
                               dt};
        double const before = t.thermo().energy();
        for (int step = 0; step < static_cast<int>(300.0 / dt); ++step) {
            t.advance();
            errors[k] = std::max(errors[k], std::abs(t.thermo().energy() - before));
        }
        CHECK(t.domain().rebuilds() > 3);
    }
    CHECK(errors[0] / errors[1] > 3.2);  // as dt²
    CHECK(errors[0] / errors[1] < 4.8);
}

TEST_CASE("without forces atoms fly straight on", "[dynamics]") {
    LennardJones const potential{{}};
    auto s = test::start(potential, test::rattled_bcc(3, 7), 2000.0);
    double const dt = 2.0;
    dynamics::FreeFlight flight{divided(s, 4.0, 0.6), dt};
    int const steps = 120;
    for (int step = 0; step < steps; ++step) flight.advance();
    CHECK(flight.domain().rebuilds() > 3);
    for (std::size_t i = 0; i < s.velocities.size(); ++i)
        s.structure.positions[i] += steps * dt * s.velocities[i];
    CHECK(distance(flight.domain(), s) < 1e-10);
    auto const& atoms = flight.domain().atoms();
    for (std::size_t k = 0; k < atoms.ids.size(); ++k)
        CHECK(atoms.velocities[k] == s.velocities[static_cast<std::size_t>(atoms.ids[k])]);
}

TEST_CASE("the centre of mass is stopped over all ranks", "[dynamics]") {
    LennardJones const potential{{}};
    auto s = test::start(potential, test::rattled_bcc(2, 4), 300.0);
    for (auto& v : s.velocities) v += Vec3(0.01, -0.02, 0.005);
    dynamics::Trajectory t{test::world(), potential, divided(s, potential.cutoff(), 0.5), 1.0};
    t.stop_drift();
    auto const& atoms = t.domain().atoms();
    Vec3 p = dynamics::momentum(atoms.velocities, dynamics::masses_of(atoms.species));
    test::world().all_reduce(mpi::Op::sum, std::span{p.data(), 3});
    CHECK(p.norm() < 1e-9);
}

TEST_CASE("a step that is too long is an error on all ranks, not a hot crystal", "[dynamics]") {
    LennardJones const potential{{}};
    auto const start = test::start(potential, test::rattled_bcc(3, 5), 3000.0);
    dynamics::Ensemble const ensemble =
        GENERATE(dynamics::Ensemble{}, dynamics::Ensemble{dynamics::Langevin{3000.0, 0.01, 3}});
    dynamics::Trajectory t{test::world(), potential, divided(start, potential.cutoff(), 0.5), 40.0,
                           ensemble};
    std::string said;
    try {
        for (int step = 0; step < 200; ++step) t.advance();
    } catch (NumericalError const& error) {
        said = error.what();
    }
    CAPTURE(said);
    for (auto const* word : {"step ", "atom ", " Å", "shorter time step", "relax"})
        CHECK(said.find(word) != std::string::npos);
}

// ctest -C long -R trajectory: minutes
TEST_CASE("no atom is lost in a hundred thousand steps", "[.long]") {
    LennardJones const potential{{}};
    auto const start = test::start(potential, test::rattled_bcc(2, 6, 0.05), 3000.0);
    dynamics::Trajectory t{test::world(), potential, divided(start, potential.cutoff(), 0.6), 1.0,
                           dynamics::Ensemble{dynamics::Langevin{3000.0, 0.002, 3}}};
    std::vector<int> owner(16, -1);
    long long crossings = 0;
    double mean = 0.0;
    for (int step = 0; step < 100000; ++step) {
        t.advance();
        if (step % 100 != 99) continue;
        mean += t.thermo().temperature / 1000.0;
        std::vector<int> now(16, 0), count(16, 0);
        for (auto const id : t.domain().atoms().ids) {
            now[static_cast<std::size_t>(id)] = test::world().rank();
            ++count[static_cast<std::size_t>(id)];
        }
        test::world().all_reduce(mpi::Op::sum, std::span{now});
        test::world().all_reduce(mpi::Op::sum, std::span{count});
        REQUIRE(std::ranges::count(count, 1) == 16);
        for (std::size_t i = 0; i < 16; ++i) crossings += owner[i] >= 0 && owner[i] != now[i];
        owner = now;
    }
    CAPTURE(crossings, t.domain().rebuilds(), mean);
    CHECK((test::world().size() == 1 || crossings > 1000));
    CHECK(t.domain().rebuilds() > 1000);
    CHECK_THAT(mean, WithinRel(3000.0, 0.03));
}

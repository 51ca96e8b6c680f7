// Thermostats, barostats and checkpoints on domains over ranks.
#include "kamacite/core/units.hpp"
#include "kamacite/dynamics/checkpoint.hpp"
#include "kamacite/generate/lattice.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "support/blocks.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
using dynamics::CellFreedom;
using dynamics::Ensemble;

namespace {

constexpr double kelvin = 600.0;

Structure crystal() {
    auto const cell = generate::make_lattice(generate::Lattice::fcc, {3.4, 1.0},
                                             generate::CellChoice::conventional, {26});
    return supercell(cell, {2, 2, 2});
}

domain::Domain warm(Structure const& s, double skin = 0.5) {
    auto atoms = test::block_of(test::world(), s);
    atoms.velocities = dynamics::thermal_velocities(atoms.species, atoms.ids, 2.0 * kelvin, 5);
    atoms.images.assign(atoms.ids.size(), {0, 0, 0});
    atoms.marks.assign(atoms.ids.size(), 0);
    return {test::world(), s.cell, std::move(atoms), LennardJones{{}}.cutoff(), skin};
}

dynamics::Trajectory started(Potential const& potential, Ensemble const& ensemble, double dt) {
    dynamics::Trajectory t{test::world(), potential, warm(crystal()), dt, ensemble};
    t.stop_drift();
    return t;
}

std::vector<Ensemble> all_kinds() {
    dynamics::Langevin const langevin{kelvin, 0.02, 3};
    dynamics::Rescaling const rescaling{kelvin, 50.0, 3};
    dynamics::NoseHoover const chain{kelvin, 40.0, 3};
    dynamics::CellRescaling const soft{0.0, 300.0, 1.0, CellFreedom::isotropic, 4};
    auto full = soft;
    full.freedom = CellFreedom::full;
    return {Ensemble{},
            Ensemble{langevin},
            Ensemble{rescaling},
            Ensemble{chain},
            Ensemble{langevin, soft},
            Ensemble{rescaling, full},
            Ensemble{chain, soft},
            Ensemble{chain, dynamics::MartynaTobiasKlein{0.02, 300.0, CellFreedom::isotropic, 3}},
            Ensemble{chain, dynamics::MartynaTobiasKlein{0.02, 300.0, CellFreedom::full, 3}}};
}

}  // namespace

TEST_CASE("what is conserved stays as dt²", "[dynamics]") {
    LennardJones const potential{{}};
    dynamics::NoseHoover const chain{kelvin, 40.0, 3};
    auto const freedom = GENERATE(0, 1, 2);
    Ensemble ensemble{chain};
    if (freedom > 0)
        ensemble.barostat = dynamics::MartynaTobiasKlein{
            0.02, 200.0, freedom == 1 ? CellFreedom::isotropic : CellFreedom::full, 3};
    CAPTURE(freedom);
    std::array<double, 2> errors{};
    double strained = 0.0;
    for (std::size_t k = 0; k < 2; ++k) {
        double const dt = k == 0 ? 2.0 : 1.0;
        auto t = started(potential, ensemble, dt);
        double const before = t.thermo().conserved.value();
        double const volume = t.domain().cell().volume();
        for (int step = 0; step < static_cast<int>(400.0 / dt); ++step) {
            t.advance();
            errors[k] = std::max(errors[k], std::abs(t.thermo().conserved.value() - before));
            strained = std::max(strained, std::abs(t.domain().cell().volume() / volume - 1.0));
        }
    }
    CHECK(errors[0] / errors[1] > 3.0);
    CHECK(errors[0] / errors[1] < 5.0);
    CHECK((freedom == 0 || strained > 0.005));
}

TEST_CASE("random baths account for what they give", "[dynamics]") {
    LennardJones const potential{{}};
    Ensemble const ensemble = GENERATE(Ensemble{dynamics::Langevin{kelvin, 0.02, 3}},
                                       Ensemble{dynamics::Rescaling{kelvin, 50.0, 3}});
    auto t = started(potential, ensemble, 0.5);
    auto const before = t.thermo();
    double moved = 0.0, error = 0.0;
    for (int step = 0; step < 400; ++step) {
        t.advance();
        auto const now = t.thermo();
        moved = std::max(moved, std::abs(now.energy() - before.energy()));
        error = std::max(error, std::abs(*now.conserved - *before.conserved));
    }
    CHECK(moved > 0.3);
    CHECK(error < 0.01 * moved);
}

TEST_CASE("a run goes on from its checkpoint to the bit", "[dynamics]") {
    LennardJones const potential{{}};
    auto const kinds = all_kinds();
    auto const kind = GENERATE_COPY(range(std::size_t{0}, kinds.size()));
    CAPTURE(kind);
    auto ensemble = kinds[kind];
    ensemble.final_temperature = 500.0;
    ensemble.ramp_steps = 40;
    auto t = started(potential, ensemble, 2.0);
    for (int step = 0; step < 25; ++step) t.advance();
    t.refresh();
    auto saved = dynamics::checkpoint_of(test::world(), t, 32);
    for (int step = 0; step < 15; ++step) t.advance();
    auto const there = dynamics::checkpoint_of(test::world(), t, 32);

    domain::Domain domain{test::world(), Cell{saved.cell, saved.periodic}, std::move(saved.atoms),
                          potential.cutoff(), 0.5};
    domain.refresh();
    dynamics::Trajectory again{test::world(), potential,  std::move(domain), 2.0,
                               ensemble,      saved.step, saved.state};
    for (int step = 0; step < 15; ++step) again.advance();
    auto const here = dynamics::checkpoint_of(test::world(), again, 32);
    CHECK(here.step == 40);
    CHECK(here.atoms.positions == there.atoms.positions);
    CHECK(here.atoms.velocities == there.atoms.velocities);
    CHECK(here.atoms.images == there.atoms.images);
    CHECK(here.cell == there.cell);
    CHECK(here.state == there.state);
}

TEST_CASE("pressure and temperature become what is asked for", "[dynamics]") {
    if (test::world().size() > 1) return;  // long; more ranks follow the same path
    LennardJones const potential{{}};
    auto const kinds = all_kinds();
    auto const kind = GENERATE(5, 7);
    CAPTURE(kind);
    auto t = started(potential, kinds[static_cast<std::size_t>(kind)], 3.0);
    double const aim = kind == 5 ? 0.0 : 0.02;
    double pressure = 0.0, temperature = 0.0;
    constexpr int wait = 700, samples = 2500;
    for (int step = 0; step < wait + samples; ++step) {
        t.advance();
        if (step < wait) continue;
        auto const now = t.thermo();
        pressure += now.pressure() / samples;
        temperature += now.temperature / samples;
    }
    // 32 atoms: the pressure fluctuates by 0.03 eV/Å³, and is independent every 100 fs or so
    CHECK_THAT(pressure, WithinAbs(aim, 0.012));
    CHECK_THAT(temperature, WithinRel(kelvin, 0.08));
}

TEST_CASE("atoms that are held stay, and have no share of the temperature", "[dynamics]") {
    LennardJones const potential{{}};
    auto const s = crystal();
    auto atoms = test::block_of(test::world(), s);
    atoms.velocities = dynamics::thermal_velocities(atoms.species, atoms.ids, kelvin, 5);
    for (auto const id : atoms.ids) atoms.marks.push_back(id % 4 == 0 ? 1 : 0);
    domain::Domain domain{test::world(), s.cell, std::move(atoms), potential.cutoff(), 0.5};
    dynamics::Trajectory t{test::world(), potential, std::move(domain), 2.0,
                           Ensemble{dynamics::Langevin{kelvin, 0.05, 1}}};
    CHECK(t.freedoms() == 3 * 24);
    for (int step = 0; step < 50; ++step) t.advance();
    auto const& now = t.domain().atoms();
    for (std::size_t i = 0; i < now.ids.size(); ++i) {
        Vec3 const home = s.positions[static_cast<std::size_t>(now.ids[i])];
        Vec3 f = s.cell.to_fractional(now.positions[i] - home);
        f.array() -= f.array().round();
        if (now.marks[i] == 1) CHECK(f.norm() < 1e-14);
        if (now.marks[i] == 0) CHECK(f.norm() > 1e-6);
    }
}

TEST_CASE("images lead back to the path of an atom", "[dynamics]") {
    LennardJones const potential{{}};
    auto const s = crystal();
    auto atoms = test::block_of(test::world(), s);
    atoms.velocities.assign(atoms.ids.size(), Vec3(0.013, -0.021, 0.034));  // all alike
    atoms.images.assign(atoms.ids.size(), {0, 0, 0});
    domain::Domain domain{test::world(), s.cell, std::move(atoms), potential.cutoff(), 0.5};
    dynamics::Trajectory t{test::world(), potential, std::move(domain), 2.0};
    for (int step = 0; step < 400; ++step) t.advance();
    auto const& now = t.domain().atoms();
    long long turns = 0;
    for (std::size_t i = 0; i < now.ids.size(); ++i) {
        auto const& n = now.images[i];
        Vec3 const there =
            now.positions[i] + t.domain().cell().to_cartesian(Vec3(n[0], n[1], n[2]));
        Vec3 const home = s.positions[static_cast<std::size_t>(now.ids[i])];
        CHECK((there - home - 800.0 * Vec3(0.013, -0.021, 0.034)).norm() < 1e-6);
        turns += std::abs(n[0]) + std::abs(n[1]) + std::abs(n[2]);
    }
    CHECK(test::world().all_reduce(mpi::Op::sum, turns) > 100);
}

#include "kamacite/dynamics/heat_field.hpp"

#include "kamacite/core/error.hpp"
#include "kamacite/dynamics/trajectory.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "potential/eam_support.hpp"
#include "support/blocks.hpp"
#include "support/catch.hpp"
#include "support/dipoles.hpp"
#include "support/random_structures.hpp"
#include "support/trajectory.hpp"
#include "support/world.hpp"

using namespace kamacite;

namespace {

Vec3 const direction{0.6, -0.3, 0.74};

domain::Domain divided(test::Trajectory const& t, double cutoff) {
    auto atoms = test::block_of(test::world(), t.structure);
    for (auto const id : atoms.ids)
        atoms.velocities.push_back(t.velocities[static_cast<std::size_t>(id)]);
    return {test::world(), t.structure.cell, std::move(atoms), cutoff, 0.4};
}

std::vector<Vec3> driving(Prediction const& p, std::span<Vec3 const> v,
                          std::span<double const> masses, Vec3 const& field) {
    std::vector<Vec3> forces(v.size());
    dynamics::driving_forces(p, v, masses, field, forces);
    return forces;
}

/// Those of all atoms, without a force on the whole.
std::vector<Vec3> balanced(test::Trajectory const& t, std::span<Vec3 const> v, Vec3 const& field) {
    auto forces = driving(t.now, v, t.masses, field);
    Vec3 const total = std::accumulate(forces.begin(), forces.end(), Vec3{Vec3::Zero()});
    dynamics::take_total_away(forces, t.masses, total,
                              std::accumulate(t.masses.begin(), t.masses.end(), 0.0));
    return forces;
}

/// Σ v_i · F_i.
double power(std::span<Vec3 const> forces, std::span<Vec3 const> v) {
    double sum = 0.0;
    for (std::size_t i = 0; i < v.size(); ++i) sum += forces[i].dot(v[i]);
    return sum;
}

/// Σ r_i e_i along the direction [eV Å].
double moment(test::Trajectory const& t) {
    double sum = 0.0;
    for (std::size_t i = 0; i < t.masses.size(); ++i)
        sum += (0.5 * t.masses[i] * t.velocities[i].squaredNorm() + t.now.energies[i]) *
               t.structure.positions[i].dot(direction);
    return sum;
}

/// Largest distance of the power of the field from F_e · d/dt Σ r_i e_i, which is found without any
/// virial, and the largest power, over 20 fs of a cluster.
struct Comparison {
    double error = 0.0, scale = 0.0;
};
template <class Forces>
Comparison compare(Potential const& potential, double dt, Forces const& forces) {
    auto s = test::rattled_bcc(2, 5, 0.1);
    s.cell = Cell::around(s.positions);
    for (std::size_t i = 0; i < s.species.size(); i += 3) s.species[i] = 24;
    auto t = test::start(potential, s, 1500.0);
    double before = moment(t);
    test::verlet(potential, t, dt);
    Comparison worst;
    for (long k = 0; k < std::lround(20.0 / dt); ++k) {
        double const here = moment(t), now = power(forces(t), t.velocities);
        test::verlet(potential, t, dt);
        worst.error = std::max(worst.error, std::abs((moment(t) - before) / (2.0 * dt) - now));
        worst.scale = std::max(worst.scale, std::abs(now));
        before = here;
    }
    return worst;
}

void check_power(Potential const& potential) {
    auto const right = [](test::Trajectory const& t) {
        return balanced(t, t.velocities, direction);
    };
    auto const coarse = compare(potential, 0.5, right), fine = compare(potential, 0.25, right);
    CAPTURE(coarse.error, fine.error, fine.scale);
    CHECK(fine.scale > 1e-3);
    CHECK(fine.error < 2e-3 * fine.scale);
    CHECK_THAT(coarse.error / fine.error, WithinAbs(4.0, 0.4));
}

/// One step of velocity Verlet under a field, on one rank: what Trajectory is held against.
void driven_verlet(Potential const& potential, test::Trajectory& t, double dt, Vec3 const& field) {
    auto const push = [&](std::span<Vec3 const> at) {
        auto const extra = balanced(t, at, field);
        for (std::size_t i = 0; i < extra.size(); ++i)
            t.velocities[i] += 0.5 * dt / t.masses[i] * (t.now.forces[i] + extra[i]);
    };
    push(t.velocities);
    dynamics::drift(t.structure.positions, t.velocities, dt);
    t.now = test::predict(potential, t.structure);
    auto ahead = t.velocities;
    dynamics::kick(ahead, t.now.forces, t.masses, 0.5 * dt);
    push(ahead);
}

}  // namespace

TEST_CASE("the power of the field is that on the heat flux", "[dynamics]") {
    check_power(LennardJones{{}});
    check_power(EmbeddedAtom{parse_eam(test::eam_text(), "made up")});
    test::Dipoles const dipoles;
    check_power(dipoles);
    auto const transposed = [](test::Trajectory const& t) {
        auto other = t;
        for (auto& w : other.now.virials) w = Mat3(w.transpose());
        return balanced(other, t.velocities, direction);
    };
    auto const wrong = compare(dipoles, 0.5, transposed);
    CHECK(wrong.error > 0.01 * wrong.scale);
}

TEST_CASE("the field pushes no centre of mass", "[dynamics]") {
    test::Dipoles const potential;
    auto s = test::rattled_bcc(2, 3, 0.1);
    for (std::size_t i = 0; i < s.species.size(); i += 3) s.species[i] = 24;
    auto const t = test::start(potential, s, 900.0);
    auto const raw = driving(t.now, t.velocities, t.masses, direction);
    auto const forces = balanced(t, t.velocities, direction);
    Vec3 before = Vec3::Zero(), after = Vec3::Zero();
    for (std::size_t i = 0; i < raw.size(); ++i) {
        before += raw[i];
        after += forces[i];
    }
    CHECK(before.norm() > 0.1);
    CHECK(after.norm() < 1e-12);
    // Masses differ, and yet the power stays: what was taken away acts on the momentum, which is 0.
    CHECK_THAT(power(forces, t.velocities), WithinAbs(power(raw, t.velocities), 1e-12));
    Prediction none;
    none.energies = {1.0};
    std::vector<Vec3> out(1);
    CHECK_THROWS_AS(dynamics::driving_forces(none, std::vector{Vec3{1, 0, 0}}, std::vector{2.0},
                                             direction, out),
                    DataError);
}

TEST_CASE("ranks together follow a driven path", "[dynamics]") {
    EmbeddedAtom const potential{parse_eam(test::eam_text(), "made up")};
    Vec3 const field = 0.003 * direction;
    auto serial = test::start(potential, test::rattled_bcc(3, 1, 0.1), 900.0);
    auto plain = serial;
    dynamics::Ensemble ensemble;
    ensemble.heat_field = field;
    dynamics::Trajectory together{test::world(), potential, divided(serial, potential.cutoff()),
                                  1.0, ensemble};
    for (int step = 0; step < 50; ++step) {
        driven_verlet(potential, serial, 1.0, field);
        test::verlet(potential, plain, 1.0);
        together.advance();
    }
    double worst = 0.0, moved = 0.0;
    auto const& atoms = together.domain().atoms();
    for (std::size_t k = 0; k < atoms.ids.size(); ++k) {
        auto const i = static_cast<std::size_t>(atoms.ids[k]);
        worst = std::max(worst, (atoms.velocities[k] - serial.velocities[i]).norm());
        moved = std::max(moved, (serial.velocities[i] - plain.velocities[i]).norm());
    }
    CHECK(test::world().all_reduce(mpi::Op::max, worst) < 1e-10);
    CHECK(test::world().all_reduce(mpi::Op::max, moved) > 2e-6);
}

TEST_CASE("work of the field is all that changes the energy", "[dynamics]") {
    LennardJones const potential{{}};
    auto const start = test::start(potential, test::rattled_bcc(3, 3, 0.05), 1200.0);
    std::array<double, 2> drift{}, mismatch{};
    for (std::size_t k = 0; k < 2; ++k) {
        double const dt = k == 0 ? 2.0 : 1.0;
        dynamics::Ensemble ensemble;
        ensemble.heat_field = 0.2 * direction;
        dynamics::Trajectory t{test::world(), potential, divided(start, potential.cutoff()), dt,
                               ensemble};
        auto now = t.thermo();
        double const energy = now.energy(), conserved = *now.conserved;
        double work = 0.0, largest = 0.0;
        for (int step = 0; step < static_cast<int>(80.0 / dt); ++step) {
            double const before = now.heat_flux.total().dot(ensemble.heat_field);
            t.advance();
            now = t.thermo();
            work += 0.5 * dt * (before + now.heat_flux.total().dot(ensemble.heat_field));
            largest = std::max(largest, std::abs(work));
            drift[k] = std::max(drift[k], std::abs(*now.conserved - conserved));
            mismatch[k] = std::max(mismatch[k], std::abs(now.energy() - energy - work));
        }
        CAPTURE(dt, largest, drift[k], mismatch[k]);
        CHECK(largest > 0.05);
        CHECK(mismatch[k] < 0.1 * largest);
        auto const& atoms = t.domain().atoms();
        Vec3 p = dynamics::momentum(atoms.velocities, dynamics::masses_of(atoms.species));
        test::world().all_reduce(mpi::Op::sum, std::span{p.data(), 3});
        CHECK(p.norm() < 1e-9);
    }
    CHECK(drift[0] / drift[1] > 3.0);  // as dt²
    CHECK(mismatch[0] / mismatch[1] > 3.0);
}

TEST_CASE("a field where its power would be another is refused", "[dynamics]") {
    LennardJones const potential{{}};
    auto const start = test::start(potential, test::rattled_bcc(2, 3), 300.0);
    dynamics::Ensemble ensemble{dynamics::Langevin{300.0, 0.01, 1}};
    ensemble.heat_field = direction;
    CHECK_THROWS_AS((dynamics::Trajectory{test::world(), potential,
                                          divided(start, potential.cutoff()), 1.0, ensemble}),
                    DataError);
}

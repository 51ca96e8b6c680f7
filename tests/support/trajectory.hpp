#pragma once
#include <numeric>

#include "kamacite/dynamics/motion.hpp"
#include "kamacite/potential/potential.hpp"
#include "support/check_potential.hpp"

namespace kamacite::test {

/// Atoms on their way, all on one rank; atom i has the number ids[i].
struct Trajectory {
    Structure structure;
    std::vector<Vec3> velocities;
    std::vector<double> masses;
    std::vector<long long> ids;
    Prediction now;  ///< at the positions of `structure`

    [[nodiscard]] double kinetic() const { return dynamics::kinetic_energy(velocities, masses); }
    [[nodiscard]] double energy() const { return kinetic() + now.energy(); }
};

/// At rest on `structure`, or with the velocities of a temperature and no momentum.
inline Trajectory start(Potential const& potential, Structure structure, double temperature,
                        std::uint64_t seed = 1) {
    Trajectory t{std::move(structure), {}, {}, {}, {}};
    t.ids.resize(t.structure.species.size());
    std::iota(t.ids.begin(), t.ids.end(), 0LL);
    t.masses = dynamics::masses_of(t.structure.species);
    t.velocities = dynamics::thermal_velocities(t.structure.species, t.ids, temperature, seed);
    dynamics::remove_drift(t.velocities, dynamics::momentum(t.velocities, t.masses),
                           std::accumulate(t.masses.begin(), t.masses.end(), 0.0));
    t.now = predict(potential, t.structure);
    return t;
}

/// One step of velocity Verlet.
inline void verlet(Potential const& potential, Trajectory& t, double dt) {
    dynamics::kick(t.velocities, t.now.forces, t.masses, 0.5 * dt);
    dynamics::drift(t.structure.positions, t.velocities, dt);
    t.now = predict(potential, t.structure);
    dynamics::kick(t.velocities, t.now.forces, t.masses, 0.5 * dt);
}

/// One step of BAOAB.
inline void baoab(Potential const& potential, Trajectory& t, dynamics::Langevin const& bath,
                  double dt, long long step) {
    dynamics::kick(t.velocities, t.now.forces, t.masses, 0.5 * dt);
    dynamics::drift(t.structure.positions, t.velocities, 0.5 * dt);
    dynamics::exchange_heat(t.velocities, t.masses, t.ids, bath, dt, step);
    dynamics::drift(t.structure.positions, t.velocities, 0.5 * dt);
    t.now = predict(potential, t.structure);
    dynamics::kick(t.velocities, t.now.forces, t.masses, 0.5 * dt);
}

}  // namespace kamacite::test

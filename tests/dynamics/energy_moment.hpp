#pragma once
#include "kamacite/dynamics/heat_flux.hpp"
#include "support/trajectory.hpp"

namespace kamacite::test {

inline dynamics::HeatFlux flux_of(Trajectory const& t) {
    return dynamics::heat_flux(t.now, t.velocities, t.masses);
}

/// Σ r_i e_i [eV Å].
inline Vec3 energy_moment(Trajectory const& t) {
    Vec3 sum = Vec3::Zero();
    for (std::size_t i = 0; i < t.masses.size(); ++i)
        sum += (0.5 * t.masses[i] * t.velocities[i].squaredNorm() + t.now.energies[i]) *
               t.structure.positions[i];
    return sum;
}

/// Largest distance between J and d/dt Σ r_i e_i, by central differences; and J's size.
struct Comparison {
    double error, scale;
};
/// Of a cluster at 1500 K, on its way for `duration` [fs].
template <class Flux>
Comparison compare(Potential const& potential, Structure const& cluster, double dt, double duration,
                   Flux const& flux) {
    auto t = start(potential, cluster, 1500.0);
    Vec3 before = energy_moment(t);
    verlet(potential, t, dt);
    Comparison worst{0.0, 0.0};
    for (long k = 0; k < std::lround(duration / dt); ++k) {
        Vec3 const here = energy_moment(t), j = flux(t);
        verlet(potential, t, dt);
        Vec3 const slope = (energy_moment(t) - before) / (2.0 * dt);
        worst.error = std::max(worst.error, (slope - j).norm());
        worst.scale = std::max(worst.scale, j.norm());
        before = here;
    }
    return worst;
}

}  // namespace kamacite::test

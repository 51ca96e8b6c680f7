#include "kamacite/dynamics/motion.hpp"

#include <cmath>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/core/units.hpp"

namespace kamacite::dynamics {

void kick(std::span<Vec3> velocities, std::span<Vec3 const> forces, std::span<double const> masses,
          double dt) {
    KAMACITE_EXPECTS(forces.size() >= velocities.size() && masses.size() == velocities.size());
    for (std::size_t i = 0; i < velocities.size(); ++i) velocities[i] += dt / masses[i] * forces[i];
}

void drift(std::span<Vec3> positions, std::span<Vec3 const> velocities, double dt) {
    KAMACITE_EXPECTS(positions.size() == velocities.size());
    for (std::size_t i = 0; i < positions.size(); ++i) positions[i] += dt * velocities[i];
}

double kinetic_energy(std::span<Vec3 const> velocities, std::span<double const> masses) {
    KAMACITE_EXPECTS(masses.size() == velocities.size());
    double twice = 0.0;
    for (std::size_t i = 0; i < velocities.size(); ++i)
        twice += masses[i] * velocities[i].squaredNorm();
    return 0.5 * twice;
}

Mat3 kinetic_tensor(std::span<Vec3 const> velocities, std::span<double const> masses) {
    KAMACITE_EXPECTS(masses.size() == velocities.size());
    Mat3 sum = Mat3::Zero();
    for (std::size_t i = 0; i < velocities.size(); ++i)
        sum += masses[i] * velocities[i] * velocities[i].transpose();
    return sum;
}

Vec3 momentum(std::span<Vec3 const> velocities, std::span<double const> masses) {
    KAMACITE_EXPECTS(masses.size() == velocities.size());
    Vec3 sum = Vec3::Zero();
    for (std::size_t i = 0; i < velocities.size(); ++i) sum += masses[i] * velocities[i];
    return sum;
}

double temperature(double kinetic_energy, long long degrees_of_freedom) {
    KAMACITE_EXPECTS(degrees_of_freedom > 0);
    return 2.0 * kinetic_energy / (units::k_boltzmann * static_cast<double>(degrees_of_freedom));
}

std::vector<double> masses_of(std::span<int const> species) {
    std::vector<double> masses;
    masses.reserve(species.size());
    for (int const z : species) masses.push_back(mass_of(z));
    return masses;
}

std::vector<Vec3> thermal_velocities(std::span<int const> species, std::span<long long const> ids,
                                     double temperature, std::uint64_t seed) {
    KAMACITE_EXPECTS(ids.size() == species.size() && temperature >= 0.0);
    std::vector<Vec3> velocities(species.size());
    for (std::size_t i = 0; i < species.size(); ++i) {
        RandomStream random{seed, "velocity", static_cast<std::uint64_t>(ids[i])};
        velocities[i] =
            std::sqrt(units::k_boltzmann * temperature / mass_of(species[i])) * random.normal3();
    }
    return velocities;
}

void remove_drift(std::span<Vec3> velocities, Vec3 const& total_momentum, double total_mass) {
    KAMACITE_EXPECTS(total_mass > 0.0);
    Vec3 const centre = total_momentum / total_mass;
    for (auto& v : velocities) v -= centre;
}

void exchange_heat(std::span<Vec3> velocities, std::span<double const> masses,
                   std::span<long long const> ids, Langevin const& bath, double dt,
                   long long step) {
    KAMACITE_EXPECTS(masses.size() == velocities.size() && ids.size() == velocities.size());
    KAMACITE_EXPECTS(bath.temperature >= 0.0 && bath.friction >= 0.0 && dt >= 0.0);
    double const c = std::exp(-bath.friction * dt);
    // 1 − c² without the cancellation at small γ dt
    double const noise =
        -std::expm1(-2.0 * bath.friction * dt) * units::k_boltzmann * bath.temperature;
    // A stream has one index, and the noise two, atom and step: the step makes the seed.
    auto const seed = RandomStream{bath.seed, "heat bath", static_cast<std::uint64_t>(step)}.bits();
    for (std::size_t i = 0; i < velocities.size(); ++i) {
        RandomStream random{seed, "heat bath of an atom", static_cast<std::uint64_t>(ids[i])};
        velocities[i] = c * velocities[i] + std::sqrt(noise / masses[i]) * random.normal3();
    }
}

}  // namespace kamacite::dynamics

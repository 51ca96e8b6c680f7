#include "kamacite/dynamics/thermostat.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/core/units.hpp"

namespace kamacite::dynamics {
namespace {

/// A number of the Gamma distribution of shape a ≥ ½ and scale 1.
/// Source: Marsaglia and Tsang, ACM Trans. Math. Softw. 26, 363 (2000).
double gamma_number(double a, RandomStream& random) {
    if (a < 1.0) {
        double const u = 1.0 - random.uniform();  // not 0
        return gamma_number(a + 1.0, random) * std::pow(u, 1.0 / a);
    }
    double const d = a - 1.0 / 3.0, c = 1.0 / std::sqrt(9.0 * d);
    while (true) {
        double const x = random.normal();
        double const v = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x);
        double const u = 1.0 - random.uniform();
        if (v > 0.0 && std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
    }
}

/// Sum of the squares of n standard normals.
double chi_squared(long long n, RandomStream& random) {
    return n == 0 ? 0.0 : 2.0 * gamma_number(0.5 * static_cast<double>(n), random);
}

// Yoshida's weights of sixth order: a step of dt is these parts of it, one after the other.
constexpr std::array weights{0.784513610477560, 0.235573213359357, -1.17767998417887,
                             1.315186320683906,  // 1 − 2 (the sum of the three)
                             -1.17767998417887, 0.235573213359357, 0.784513610477560};

}  // namespace

double rescaling_factor(double kinetic_energy, long long freedoms, Rescaling const& bath, double dt,
                        long long step) {
    KAMACITE_EXPECTS(freedoms > 0 && bath.time_constant > 0.0 && bath.temperature >= 0.0);
    if (!(kinetic_energy > 0.0)) return 1.0;
    RandomStream random{bath.seed, "velocity rescaling", static_cast<std::uint64_t>(step)};
    double const r = random.normal();
    double const others = chi_squared(freedoms - 1, random);
    double const c = std::exp(-dt / bath.time_constant);
    double const gain = -std::expm1(-dt / bath.time_constant);       // 1 − c
    double const per = 0.5 * units::k_boltzmann * bath.temperature;  // K̄/n
    double const ratio = gain * per / kinetic_energy;
    double const squared = c + ratio * (r * r + others) + 2.0 * r * std::sqrt(c * ratio);
    double const factor = std::sqrt(std::max(0.0, squared));
    return r + std::sqrt(c / ratio) < 0.0 ? -factor : factor;
}

NoseHooverChain::NoseHooverChain(double freedoms, NoseHoover const& options)
    : freedoms_{freedoms},
      mass_(
          static_cast<std::size_t>(options.length),
          units::k_boltzmann * options.temperature * options.time_constant * options.time_constant),
      place_(mass_.size(), 0.0),
      velocity_(mass_.size(), 0.0) {
    KAMACITE_EXPECTS(freedoms > 0.0 && options.length > 0);
    KAMACITE_EXPECTS(options.temperature > 0.0 && options.time_constant > 0.0);
    mass_.front() *= freedoms;
}

double NoseHooverChain::advance(double twice_kinetic, double temperature, double dt) {
    double const kT = units::k_boltzmann * temperature;
    auto const last = mass_.size() - 1;
    double factor = 1.0;
    auto const force = [&](std::size_t k) {
        double const heat = k == 0 ? factor * factor * twice_kinetic - freedoms_ * kT
                                   : mass_[k - 1] * velocity_[k - 1] * velocity_[k - 1] - kT;
        return heat / mass_[k];
    };
    for (double const weight : weights) {
        double const h = weight * dt;
        auto const push = [&](std::size_t k) {  // for h/2, under the friction of the next one
            double const friction = k == last ? 1.0 : std::exp(-0.25 * h * velocity_[k + 1]);
            velocity_[k] = friction * (friction * velocity_[k] + 0.5 * h * force(k));
        };
        for (auto k = last + 1; k-- > 0;) push(k);
        factor *= std::exp(-h * velocity_[0]);
        for (std::size_t k = 0; k <= last; ++k) place_[k] += h * velocity_[k];
        for (std::size_t k = 0; k <= last; ++k) push(k);
    }
    return factor;
}

double NoseHooverChain::energy(double temperature) const {
    double const kT = units::k_boltzmann * temperature;
    double sum = 0.0;
    for (std::size_t k = 0; k < mass_.size(); ++k)
        sum += 0.5 * mass_[k] * velocity_[k] * velocity_[k] +
               (k == 0 ? freedoms_ : 1.0) * kT * place_[k];
    return sum;
}

std::vector<double> NoseHooverChain::state() const {
    auto all = place_;
    all.insert(all.end(), velocity_.begin(), velocity_.end());
    return all;
}

void NoseHooverChain::restore(std::span<double const> state) {
    KAMACITE_EXPECTS(state.size() == 2 * place_.size());
    std::copy_n(state.begin(), place_.size(), place_.begin());
    std::copy_n(state.begin() + static_cast<std::ptrdiff_t>(place_.size()), velocity_.size(),
                velocity_.begin());
}

}  // namespace kamacite::dynamics

#include "kamacite/generate/displacement.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"

namespace kamacite::generate {
namespace {

// h is exact in the SI: 6.62607015e-34 J s; the time unit is 1 fs = 1e-15 s.
constexpr double hbar = 6.62607015e-34 * units::joule * 1.0e15 / (2.0 * std::numbers::pi);

double planck_integrand(double x) {
    return x < 1e-8 ? 1.0 - 0.5 * x : x / std::expm1(x);
}

/// ∫₀ᵘ x/(eˣ − 1) dx by Simpson's rule.
double planck_integral(double upper) {
    double const end = std::min(upper, 60.0);  // beyond, the integrand is below 1e-24
    int const n = 400;
    double const h = end / n;
    double sum = planck_integrand(0.0) + planck_integrand(end);
    for (int i = 1; i < n; ++i) sum += (i % 2 == 1 ? 4.0 : 2.0) * planck_integrand(h * i);
    return sum * h / 3.0;
}

}  // namespace

double debye_variance(double temperature, double debye, double mass) {
    KAMACITE_EXPECTS(temperature >= 0.0 && debye > 0.0 && mass > 0.0);
    double const prefactor = 3.0 * hbar * hbar / (mass * units::k_boltzmann * debye);
    if (temperature == 0.0) return 0.25 * prefactor;
    double const t = temperature / debye;
    return prefactor * (0.25 + t * t * planck_integral(1.0 / t));
}

Structure displaced(Structure const& s, double sigma, RandomStream& random) {
    Structure result = s;
    for (auto& r : result.positions) r += sigma * random.normal3();
    return result;
}

Structure thermally_displaced(Structure const& s, double temperature, double debye,
                              RandomStream& random) {
    Structure result = s;
    for (std::size_t i = 0; i < result.positions.size(); ++i) {
        double const variance = debye_variance(temperature, debye, mass_of(result.species[i]));
        result.positions[i] += std::sqrt(variance) * random.normal3();
    }
    return result;
}

}  // namespace kamacite::generate

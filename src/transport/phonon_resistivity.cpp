#include "kamacite/transport/phonon_resistivity.hpp"

#include <fmt/format.h>

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"

namespace kamacite::transport {
namespace {

constexpr double planck = 6.62607015e-34 * units::joule * 1e15;  // [eV fs], exact in the SI

/// xⁿ/[(eˣ − 1)(1 − e^{−x})], without overflow or cancellation.
double integrand(double x, int n) {
    if (x == 0.0) return n == 2 ? 1.0 : 0.0;
    return std::pow(x, n) * std::exp(-x) / std::pow(std::expm1(-x), 2);
}

}  // namespace

double bloch_gruneisen(double temperature, double debye, int n) {
    KAMACITE_EXPECTS(temperature >= 0.0 && debye > 0.0 && n >= 2);
    if (temperature == 0.0) return 0.0;
    // Beyond 60 nothing is left; Simpson's rule with steps of at most 1/64.
    double const end = std::min(debye / temperature, 60.0);
    int const steps = 2 * std::max(100, static_cast<int>(32.0 * end) + 1);
    double const h = end / steps;
    double sum = integrand(0.0, n) + integrand(end, n);
    for (int k = 1; k < steps; ++k) sum += (k % 2 == 1 ? 4.0 : 2.0) * integrand(k * h, n);
    return std::pow(temperature / debye, n) * sum * h / 3.0;
}

double resistivity_of_density(double temperature, PhononDensity const& phonons, int n) {
    KAMACITE_EXPECTS(phonons.frequency.size() == phonons.density.size());
    double sum = 0.0, last_nu = 0.0, last = 0.0;
    bool any = false;
    for (std::size_t k = 0; k < phonons.frequency.size(); ++k) {
        double const nu = phonons.frequency[k], g = phonons.density[k];
        if (k > 0 && !(nu > phonons.frequency[k - 1]))
            throw DataError(
                fmt::format("phonon density of states, row {}: frequency {} 1/fs is not above the "
                            "one before: sort the rows",
                            k + 1, nu));
        if (!(g >= 0.0) || !std::isfinite(g))
            throw DataError(fmt::format(
                "phonon density of states, row {}: density {} (must not be negative): correct it",
                k + 1, g));
        if (!(nu > 0.0)) continue;
        any = true;
        if (temperature == 0.0) continue;
        double const x = planck * nu / (2.0 * units::k_boltzmann * temperature);
        double const here =
            x > 300.0 ? 0.0 : std::pow(nu, n - 4) * g * std::pow(x / std::sinh(x), 2);
        sum += 0.5 * (nu - last_nu) * (here + last);
        last_nu = nu;
        last = here;
    }
    if (!any)
        throw DataError(
            "the phonon density of states has no positive frequency: give a table that has");
    return temperature * sum;
}

double stiffening(double strain, double gruneisen) {
    KAMACITE_EXPECTS(strain > 0.0);
    return std::pow(strain, -3.0 * gruneisen);
}

}  // namespace kamacite::transport

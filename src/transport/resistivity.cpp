#include "kamacite/transport/resistivity.hpp"

#include <cmath>
#include <numbers>

#include "kamacite/core/error.hpp"

namespace kamacite::transport {

double two_currents(double up, double down, double mixing) {
    KAMACITE_EXPECTS(up >= 0.0 && down >= 0.0 && mixing >= 0.0 && up + down > 0.0);
    return (up * down + mixing * (up + down)) / (up + down + 4.0 * mixing);
}

Resistivity resistivity(Baseline const& baseline, double temperature, double magnetisation,
                        Lattice const& lattice) {
    KAMACITE_EXPECTS(temperature >= 0.0 && lattice.stiffening > 0.0 && baseline.shape);
    double const m = magnetisation, k = lattice.stiffening;
    double const disordered = 1.0 - m * m;
    Resistivity r;
    r.residual = baseline.residual;
    r.phonon =
        baseline.phonon * baseline.shape(temperature / k) / baseline.shape(baseline.reference) / k;
    r.disorder = baseline.disorder * lattice.moment * lattice.moment * disordered;
    double const spinless = r.residual + r.phonon;
    if (baseline.asymmetry == 1.0 || spinless + r.disorder <= 0.0) return r;
    double const a = std::pow(baseline.asymmetry, m);
    double const total =
        two_currents(spinless * (1.0 + a) / a + 2.0 * r.disorder,
                     spinless * (1.0 + a) + 2.0 * r.disorder, baseline.mixing * disordered);
    r.deviation = total - r.total();
    return r;
}

double lorenz_number() {
    return std::pow(std::numbers::pi * units::k_boltzmann, 2) / 3.0;
}

double wiedemann_franz(double temperature, double resistivity) {
    KAMACITE_EXPECTS(resistivity > 0.0);
    return lorenz_number() * temperature / resistivity;
}

}  // namespace kamacite::transport

#include "kamacite/phonons/quasi_harmonic.hpp"

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"

namespace kamacite::phonons {
namespace {

properties::EquationOfState fit_at(std::span<VolumeSpectrum const> volumes, double temperature) {
    std::vector<double> v, f;
    for (auto const& at : volumes) {
        v.push_back(at.volume);
        f.push_back(at.energy + thermodynamics(at.spectrum, temperature).free_energy);
    }
    return properties::fit_equation_of_state(v, f);
}

/// The value at x of the parabola that is nearest to the points.
double parabola_at(std::vector<double> const& x, std::vector<double> const& y, double at) {
    Eigen::MatrixXd powers(std::ssize(x), 3);
    Eigen::VectorXd values(std::ssize(x));
    for (Eigen::Index k = 0; k < powers.rows(); ++k) {
        double const d = x[std::size_t(k)] / at - 1.0;
        powers.row(k) << 1.0, d, d * d;
        values(k) = y[std::size_t(k)];
    }
    return powers.colPivHouseholderQr().solve(values)(0);
}

QuasiHarmonicPoint point_at(std::span<VolumeSpectrum const> volumes, double temperature) {
    QuasiHarmonicPoint p;
    p.temperature = temperature;
    auto const fit = fit_at(volumes, temperature);
    p.volume = fit.volume;
    p.bulk = fit.bulk;
    p.free_energy = fit.energy.value;
    double const low = std::max(0.0, temperature - 1.0), high = temperature + 1.0;
    p.expansion =
        temperature > 0.0
            ? std::log(fit_at(volumes, high).volume.value / fit_at(volumes, low).volume.value) /
                  (high - low)
            : 0.0;
    std::vector<double> v, c;
    for (auto const& at : volumes) {
        v.push_back(at.volume);
        c.push_back(thermodynamics(at.spectrum, temperature).heat_capacity);
    }
    p.heat_capacity_v = parabola_at(v, c, p.volume.value);
    double const stiff = p.expansion * p.bulk.value * p.volume.value;
    p.heat_capacity_p = p.heat_capacity_v + stiff * p.expansion * temperature;
    if (p.heat_capacity_v > 0.0) p.grueneisen = stiff / p.heat_capacity_v;
    return p;
}

}  // namespace

std::vector<QuasiHarmonicPoint> quasi_harmonic(std::span<VolumeSpectrum const> volumes,
                                               std::span<double const> temperatures) {
    KAMACITE_EXPECTS(volumes.size() >= 5);
    std::vector<QuasiHarmonicPoint> points;
    for (double const t : temperatures) {
        try {
            points.push_back(point_at(volumes, t));
        } catch (NumericalError const&) {
            if (points.empty()) throw;
            break;
        }
    }
    return points;
}

}  // namespace kamacite::phonons

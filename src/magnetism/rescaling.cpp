#include "kamacite/magnetism/rescaling.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite::magnetism {

double classical_temperature(double temperature, double curie, double simulated, double alpha) {
    KAMACITE_EXPECTS(temperature >= 0.0 && curie > 0.0 && simulated > 0.0);
    return simulated * std::pow(temperature / curie, alpha);
}

double kuzmin(double temperature, Kuzmin const& curve) {
    double const t = temperature / curve.curie;
    if (t >= 1.0) return 0.0;
    return std::cbrt(1.0 - curve.s * std::pow(t, 1.5) - (1.0 - curve.s) * std::pow(t, curve.p));
}

}  // namespace kamacite::magnetism

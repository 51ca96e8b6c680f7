#include "kamacite/potential/potential.hpp"

#include <numeric>

namespace kamacite {

double Prediction::energy() const {
    return std::accumulate(energies.begin(), energies.end(), 0.0);
}

Mat3 Prediction::virial() const {
    Mat3 sum = Mat3::Zero();
    for (auto const& w : virials) sum += w;
    return sum;
}

Mat3 Prediction::stress(double volume) const {
    return -virial() / volume;
}

}  // namespace kamacite

#include "kamacite/potential/potential.hpp"

#include <algorithm>
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

void Reach::include(Prediction const& prediction) {
    for (double const x : prediction.extrapolation) extrapolation = std::max(extrapolation, x);
    for (double const x : prediction.grade) grade = std::max(grade, x);
}

void Reach::include(Reach const& other) {
    extrapolation = std::max(extrapolation, other.extrapolation);
    grade = std::max(grade, other.grade);
}

}  // namespace kamacite

#pragma once
#include "kamacite/potential/potential.hpp"

namespace kamacite {

/// Adds a prediction to a sum of predictions of the same atoms, number by number; of extrapolations
/// and grades the largest counts. Quantities that the sum does not have are left out.
void add(Prediction& sum, Prediction const& p);

/// Divides a sum of n predictions by n, all but extrapolation and grade: the mean.
void divide(Prediction& sum, double n);

}  // namespace kamacite

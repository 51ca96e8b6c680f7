#pragma once
#include "kamacite/inference/metrics.hpp"

namespace kamacite::campaign {

/// Regularised incomplete beta function I_x(a, b), by its continued fraction.
/// \param a, b  positive \param x  0 … 1
/// Source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.5.8.
[[nodiscard]] double regularised_beta(double a, double b, double x);

/// z below which a standard normal number is with this probability, in (0, 1).
[[nodiscard]] double normal_quantile(double probability);

/// t below which a number of Student's distribution is with this probability, in (0, 1).
/// \param degrees  of freedom, positive
[[nodiscard]] double student_quantile(double probability, int degrees);

/// Interval of a share of which k in n were seen; bounds on one side alone at confidence c are
/// those of the interval at 2c − 1. Neither k nor n need be whole: correlated counts are divided by
/// what they are correlated over.
/// \param k  0 … n \param n  positive \param confidence  in (0, 1)
/// Source: Wilson, J. Am. Stat. Assoc. 22, 209 (1927).
[[nodiscard]] inference::Interval wilson(double k, double n, double confidence);

/// The same, never too narrow: Clopper and Pearson, Biometrika 26, 404 (1934).
[[nodiscard]] inference::Interval clopper_pearson(double k, double n, double confidence);

}  // namespace kamacite::campaign

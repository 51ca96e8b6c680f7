#include "kamacite/campaign/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "kamacite/core/error.hpp"

namespace kamacite::campaign {
namespace {

/// Where a rising function passes zero between two bounds.
double root_of(std::function<double(double)> const& rising, double low, double high) {
    for (int k = 0; k < 200 && high - low > 1e-15 * (std::abs(low) + std::abs(high)); ++k) {
        double const middle = 0.5 * (low + high);
        (rising(middle) < 0.0 ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

/// The continued fraction of I_x(a, b), by Lentz's method.
double beta_fraction(double a, double b, double x) {
    constexpr double tiny = 1e-300;
    double c = 1.0;
    double d = 1.0 - (a + b) * x / (a + 1.0);
    d = 1.0 / (std::abs(d) < tiny ? tiny : d);
    double value = d;
    for (int m = 1; m < 100000; ++m) {
        double before = value;
        for (double const term : {m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                                  -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))}) {
            d = 1.0 + term * d;
            d = 1.0 / (std::abs(d) < tiny ? tiny : d);
            c = 1.0 + term / c;
            c = std::abs(c) < tiny ? tiny : c;
            value *= c * d;
        }
        if (std::abs(value - before) < 1e-16 * std::abs(value)) break;
    }
    return value;
}

}  // namespace

double regularised_beta(double a, double b, double x) {
    KAMACITE_EXPECTS(a > 0.0 && b > 0.0 && x >= 0.0 && x <= 1.0);
    if (x == 0.0 || x == 1.0) return x;
    // The fraction converges fast on one side of the mean.
    if (x > (a + 1.0) / (a + b + 2.0)) return 1.0 - regularised_beta(b, a, 1.0 - x);
    double const front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                  a * std::log(x) + b * std::log1p(-x));
    return front * beta_fraction(a, b, x) / a;
}

double normal_quantile(double probability) {
    KAMACITE_EXPECTS(probability > 0.0 && probability < 1.0);
    return root_of(
        [&](double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2) - probability; }, -40.0,
        40.0);
}

double student_quantile(double probability, int degrees) {
    KAMACITE_EXPECTS(probability > 0.0 && probability < 1.0 && degrees > 0);
    if (probability < 0.5) return -student_quantile(1.0 - probability, degrees);
    double const n = degrees;
    // P(|t| > T) = I_y(n/2, 1/2) with y = n/(n + T²)
    double const y = root_of(
        [&](double x) { return regularised_beta(n / 2.0, 0.5, x) - 2.0 * (1.0 - probability); },
        0.0, 1.0);
    return std::sqrt(n * (1.0 - y) / y);
}

inference::Interval wilson(double k, double n, double confidence) {
    KAMACITE_EXPECTS(n > 0.0 && k >= 0.0 && k <= n);
    double const z = normal_quantile(0.5 + 0.5 * confidence);
    double const p = k / n, square = z * z / n;
    double const middle = (p + square / 2.0) / (1.0 + square);
    double const half = z / (1.0 + square) * std::sqrt(p * (1.0 - p) / n + square / (4.0 * n));
    return {k == 0.0 ? 0.0 : std::max(middle - half, 0.0),
            k == n ? 1.0 : std::min(middle + half, 1.0)};
}

inference::Interval clopper_pearson(double k, double n, double confidence) {
    KAMACITE_EXPECTS(n > 0.0 && k >= 0.0 && k <= n);
    double const tail = 0.5 * (1.0 - confidence);
    // P(X ≥ k) = I_p(k, n − k + 1) rises with p to the tail at the lower bound; P(X ≤ k) =
    // 1 − I_p(k + 1, n − k) falls to it at the upper one.
    double const low =
        k == 0.0 ? 0.0
                 : root_of([&](double p) { return regularised_beta(k, n - k + 1.0, p) - tail; },
                           0.0, 1.0);
    double const high =
        k == n ? 1.0
               : root_of([&](double p) { return regularised_beta(k + 1.0, n - k, p) - 1.0 + tail; },
                         0.0, 1.0);
    return {low, high};
}

}  // namespace kamacite::campaign

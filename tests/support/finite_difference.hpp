#pragma once
#include <cmath>
#include <functional>

#include "support/catch.hpp"

namespace kamacite::test {

/// Checks that `slope` is the derivative of f at x.
///
/// Central differences with steps h and h/2 must (1) agree with `slope`, and (2) approach it
/// as h², which a formula that is only nearly right does not do.
inline void check_derivative(std::function<double(double)> const& f, double x, double slope,
                             double h = 1e-2) {
    auto const error = [&](double step) {
        return (f(x + step) - f(x - step)) / (2.0 * step) - slope;
    };
    double const coarse = error(h);
    double const fine = error(h / 2.0);
    double const richardson = (4.0 * fine - coarse) / 3.0;  // h² term removed: O(h⁴)
    CAPTURE(x, slope, coarse, fine, richardson);

    double const scale = std::max(1.0, std::abs(slope));
    CHECK(std::abs(richardson) < 1e-6 * scale);
    if (std::abs(fine) > 1e-9 * scale) CHECK_THAT(coarse / fine, WithinAbs(4.0, 0.2));
}

}  // namespace kamacite::test

#include "kamacite/dynamics/averages.hpp"

#include <array>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::dynamics;

namespace {

/// x_t = φ x_{t−1} + ξ_t about a mean, stationary from the start.
std::vector<double> autoregressive(double phi, int n, double mean, std::uint64_t seed) {
    RandomStream random{seed, "autoregressive series", 0};
    double x = random.normal() / std::sqrt(1.0 - phi * phi);
    std::vector<double> series;
    for (int t = 0; t < n; ++t) {
        series.push_back(mean + x);
        x = phi * x + random.normal();
    }
    return series;
}

/// Exact variance of the mean of n values of it: Σ_ts φ^|t−s|/(1 − φ²)/n².
double variance_of_mean(double phi, int n) {
    double sum = n;
    for (int lag = 1; lag < n; ++lag) sum += 2.0 * (n - lag) * std::pow(phi, lag);
    return sum / (1.0 - phi * phi) / n / n;
}

}  // namespace

TEST_CASE("the error of a series with memory is the one that theory has", "[dynamics]") {
    struct Case {
        double phi;
        int n, tests;
        double low, high;  // what the ratio of errors may be
    };
    auto const c = GENERATE(Case{0.0, 4096, 200, 0.98, 1.02}, Case{0.0, 1000, 200, 0.97, 1.03},
                            Case{0.5, 4096, 200, 0.97, 1.02}, Case{0.9, 16384, 200, 0.95, 1.01},
                            Case{0.9, 3000, 200, 0.91, 1.01}, Case{0.97, 30000, 100, 0.93, 1.02});
    CAPTURE(c.phi, c.n);
    double const exact = variance_of_mean(c.phi, c.n);
    double ratio = 0.0, inefficiency = 0.0, square = 0.0;
    int within_two = 0, converged = 0;
    for (int k = 0; k < c.tests; ++k) {
        auto const series = autoregressive(c.phi, c.n, 300.0, static_cast<std::uint64_t>(k));
        auto const a = average_of(series);
        ratio += a.error / std::sqrt(exact) / c.tests;
        inefficiency += a.inefficiency / c.tests;
        square += (a.mean - 300.0) * (a.mean - 300.0) / exact / c.tests;
        within_two += std::abs(a.mean - 300.0) < 2.0 * a.error ? 1 : 0;
        converged += a.converged ? 1 : 0;
    }
    CAPTURE(ratio, inefficiency, square, within_two, converged);
    CHECK(ratio > c.low);
    CHECK(ratio < c.high);
    CHECK(converged == c.tests);
    double const expected = (1.0 + c.phi) / (1.0 - c.phi);
    CHECK(inefficiency > 0.85 * expected);
    CHECK(inefficiency < 1.06 * expected + 0.02);
    // the means themselves scatter as the formula says, and as the errors say
    CHECK_THAT(square, WithinAbs(1.0, 5.0 * std::sqrt(2.0 / c.tests)));
    CHECK(within_two > 0.88 * c.tests);
}

TEST_CASE("a series that is short against its memory is not called converged", "[dynamics]") {
    int converged = 0;
    double ratio = 0.0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        auto const a = average_of(autoregressive(0.99, 200, 0.0, seed));
        converged += a.converged ? 1 : 0;
        ratio += a.error / std::sqrt(variance_of_mean(0.99, 200)) / 100.0;
    }
    CAPTURE(converged, ratio);
    CHECK(converged < 10);
    CHECK(ratio < 1.0);  // a lower bound
    CHECK(ratio > 0.3);
}

TEST_CASE("the mean is that of all values, however many there are", "[dynamics]") {
    std::vector<double> series;
    double sum = 0.0;
    for (int n = 1; n <= 37; ++n) {
        series.push_back(1e6 + std::sin(static_cast<double>(n)));
        sum += series.back();
        auto const a = average_of(series);
        CHECK_THAT(a.mean, WithinAbs(sum / n, 1e-9));
        CHECK(a.values == n);
        CHECK(std::isinf(a.error) == (n < 4));
        CHECK(a.inefficiency >= 1.0);
    }
}

TEST_CASE("few values have the error of independent ones, and are not called converged",
          "[dynamics]") {
    std::vector<double> const series{1.0, 2.0, 3.0, 4.0};
    auto const a = average_of(series);
    CHECK_THAT(a.mean, WithinAbs(2.5, 1e-15));
    CHECK_THAT(a.error, WithinRel(std::sqrt(5.0 / 12.0), 1e-14));  // Σ (x − m)² / (4 · 3)
    CHECK_FALSE(a.converged);
}

TEST_CASE("a constant is known exactly", "[dynamics]") {
    auto const a = average_of(std::vector<double>(100, 7.0));
    CHECK(a.mean == 7.0);
    CHECK(a.error == 0.0);
    CHECK(a.inefficiency == 1.0);
    CHECK(a.converged);
}

TEST_CASE("an average that was interrupted goes on to the same bits", "[dynamics]") {
    auto const series = autoregressive(0.8, 1000, 3.0, 4);
    int const stop = GENERATE(0, 1, 2, 7, 512, 999);
    BlockAverage whole, first, second;
    for (double const x : series) whole.add(x);
    auto const cut = static_cast<std::size_t>(stop);
    for (std::size_t k = 0; k < cut; ++k) first.add(series[k]);
    second.restore(first.state());
    for (std::size_t k = cut; k < series.size(); ++k) second.add(series[k]);
    CHECK(second.values() == 1000);
    CHECK(second.state() == whole.state());
    CHECK(second.average().error == whole.average().error);
    CHECK(whole.state().size() == 41);  // lengths 1 … 512
}

TEST_CASE("what cannot be averaged is refused", "[dynamics]") {
    BlockAverage a;
    CHECK_THROWS_AS(a.add(std::nan("")), NumericalError);
    CHECK_THROWS_AS(a.restore(std::vector<double>{}), DataError);
    CHECK_THROWS_AS(a.restore(std::vector<double>{2.0, 1.0, 0.0, 0.0, 0.0}), DataError);
    CHECK_THROWS_AS(a.restore(std::vector<double>{1.0, 1.0, 0.0}), DataError);
}

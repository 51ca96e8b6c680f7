#include "kamacite/transport/cepstral.hpp"

#include <cmath>
#include <numbers>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::transport;

namespace {

/// Values of an Ornstein–Uhlenbeck process of variance 1: ⟨x_n x_{n+m}⟩ = a^m, so that exactly
/// S(0) = dt (1 + a)/(1 − a).
std::vector<double> forgetful(double a, int n, int seed, int component) {
    RandomStream random{static_cast<std::uint64_t>(seed), "series",
                        static_cast<std::uint64_t>(component)};
    std::vector<double> x{random.normal()};
    while (static_cast<int>(x.size()) < n)
        x.push_back(a * x.back() + std::sqrt(1.0 - a * a) * random.normal());
    return x;
}

std::vector<std::vector<double>> together(double a, int n, int seed, int components) {
    std::vector<std::vector<double>> all;
    for (int c = 0; c < components; ++c) all.push_back(forgetful(a, n, seed, c));
    return all;
}

/// How often the truth is within one and two errors, the mean deviation in errors, and its rms.
struct Coverage {
    double one = 0.0, two = 0.0, mean = 0.0, rms = 0.0;
};
Coverage coverage_of(double a, int n, int components, int seeds, double dt) {
    Coverage c;
    double const truth = dt * (1.0 + a) / (1.0 - a);
    for (int seed = 0; seed < seeds; ++seed) {
        auto const found = zero_frequency(together(a, n, seed, components), dt);
        double const off = std::log(found.value / truth) / (found.error / found.value);
        c.one += std::abs(off) < 1.0 ? 1.0 / seeds : 0.0;
        c.two += std::abs(off) < 2.0 ? 1.0 / seeds : 0.0;
        c.mean += off / seeds;
        c.rms += off * off / seeds;
    }
    c.rms = std::sqrt(c.rms);
    return c;
}

}  // namespace

TEST_CASE("digamma and trigamma at values in closed form", "[transport]") {
    double const euler = 0.57721566490153286, pi2 = std::numbers::pi * std::numbers::pi;
    CHECK_THAT(digamma(1.0), WithinRel(-euler, 1e-12));
    CHECK_THAT(digamma(0.5), WithinRel(-euler - 2.0 * std::numbers::ln2, 1e-12));
    CHECK_THAT(digamma(3.0), WithinRel(1.5 - euler, 1e-12));
    CHECK_THAT(trigamma(1.0), WithinRel(pi2 / 6.0, 1e-12));
    CHECK_THAT(trigamma(0.5), WithinRel(pi2 / 2.0, 1e-12));
    CHECK_THAT(trigamma(3.0), WithinRel(pi2 / 6.0 - 1.25, 1e-12));
}

TEST_CASE("the error of a spectrum at zero frequency is as large as it says", "[transport]") {
    int const components = GENERATE(1, 2, 3);
    double const a = GENERATE(0.0, 0.6, 0.9, 0.97);
    auto const c = coverage_of(a, 3000, components, 250, 5.0);
    CAPTURE(components, a, c.one, c.two, c.mean, c.rms);
    // 68.3 and 95.4 % of a normal: three standard errors of 250 draws are 8.8 and 4.0 %, and
    // Akaike's criterion, which looks at the noise before it chooses, takes up to a tenth of them
    // away.
    CHECK(c.one > 0.683 - 0.16);
    CHECK(c.one < 0.683 + 0.09);
    CHECK(c.two > 0.954 - 0.09);
    CHECK(std::abs(c.mean) < 0.5);
    CHECK(c.rms > 0.8);
    CHECK(c.rms < 1.45);
}

TEST_CASE("all frequencies and what Akaike keeps are not enough for a slow process",
          "[transport]") {
    // Why the frequencies are cut: S(0) is 4000 times S at the highest.
    double const a = 0.97, truth = (1.0 + a) / (1.0 - a);
    double all = 0.0, cut = 0.0;
    for (int seed = 0; seed < 60; ++seed) {
        auto const series = together(a, 3000, seed, 3);
        auto const error = [&](std::optional<double> highest) {
            auto const found = zero_frequency(series, 1.0, highest);
            return std::log(found.value / truth) / (found.error / found.value) / 60.0;
        };
        all += error(0.5);
        cut += error({});
    }
    CAPTURE(all, cut);
    CHECK(all < -1.0);
    CHECK(std::abs(cut) < 0.5);
}

TEST_CASE("the error of a spectrum falls as one over the root of what is known", "[transport]") {
    auto const mean_error = [](int n, int components) {
        double sum = 0.0;
        for (int seed = 0; seed < 40; ++seed) {
            auto const found = zero_frequency(together(0.8, n, seed, components), 1.0, 0.1);
            sum += found.error / found.value / std::sqrt(4.0 * found.coefficients - 2.0) / 40.0;
        }
        return sum;
    };
    CHECK_THAT(mean_error(2000, 1) / mean_error(8000, 1), WithinRel(2.0, 0.01));
    // ψ'(1) = π²/6 and ψ'(3) = π²/6 − 5/4
    CHECK_THAT(mean_error(2000, 1) / mean_error(2000, 3),
               WithinRel(std::sqrt(1.6449341 / 0.3949341), 1e-6));
}

TEST_CASE("units and shape of a spectrum", "[transport]") {
    auto series = together(0.7, 4000, 1, 3);
    auto const once = zero_frequency(series, 2.0);
    for (auto& x : series)
        for (double& value : x) value *= 10.0;
    auto const scaled = zero_frequency(series, 4.0);
    CHECK_THAT(scaled.value, WithinRel(200.0 * once.value, 1e-9));
    CHECK_THAT(scaled.error, WithinRel(200.0 * once.error, 1e-9));
    CHECK_THAT(scaled.frequency.back(), WithinRel(0.5 * once.frequency.back(), 1e-12));
    REQUIRE(once.spectrum.size() == once.periodogram.size());
    REQUIRE(once.spectrum.size() == once.frequency.size());
    // S(f) = dt (1 − a²)/(1 − 2a cos 2πf dt + a²)
    for (std::size_t k = 0; k < once.frequency.size(); k += 20) {
        double const w = 2.0 * std::numbers::pi * once.frequency[k] * 2.0;
        double const truth = 2.0 * 0.51 / (1.49 - 1.4 * std::cos(w));
        CHECK_THAT(once.spectrum[k], WithinRel(truth, 0.3));
    }
}

TEST_CASE("series that say nothing are refused", "[transport]") {
    using Series = std::vector<std::vector<double>>;
    CHECK_THROWS_AS(zero_frequency(Series{}, 1.0), DataError);
    CHECK_THROWS_AS(zero_frequency(Series{std::vector<double>(15, 1.0)}, 1.0), DataError);
    CHECK_THROWS_AS(zero_frequency(Series(2, std::vector<double>(100, 0.0)), 1.0), DataError);
    auto series = together(0.5, 100, 1, 2);
    CHECK_THROWS_AS(zero_frequency(series, 1.0, 0.03), DataError);
    series[1].pop_back();
    CHECK_THROWS_AS(zero_frequency(series, 1.0), DataError);
    series[0].pop_back();
    series[0][3] = std::nan("");
    CHECK_THROWS_AS(zero_frequency(series, 1.0), DataError);
}

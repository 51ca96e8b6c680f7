#include "kamacite/campaign/stop_rule.hpp"

#include <cmath>
#include <vector>

#include "campaign/contains.hpp"
#include "kamacite/campaign/statistics.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/inference/reliability.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::campaign;

namespace {

/// P(X ≤ k) of a binomial number, term by term.
double binomial_tail(int k, int n, double p) {
    double sum = 0.0;
    for (int i = 0; i <= k; ++i)
        sum += std::exp(std::lgamma(n + 1.0) - std::lgamma(i + 1.0) - std::lgamma(n - i + 1.0) +
                        i * std::log(p) + (n - i) * std::log1p(-p));
    return sum;
}

}  // namespace

TEST_CASE("an error that is not known is not told as none", "[campaign]") {
    CHECK(text_of({0.00568, 0.0012}, 1e-3) == "5.68 ± 1.2");
    CHECK(text_of({0.142, 0.0}, 1e-3) == "142 ± ?");
}

TEST_CASE("quantiles are those of the tables", "[campaign]") {
    CHECK_THAT(normal_quantile(0.975), WithinAbs(1.959963985, 1e-8));
    CHECK_THAT(normal_quantile(0.05), WithinAbs(-1.644853627, 1e-8));
    CHECK_THAT(student_quantile(0.975, 1), WithinAbs(12.7062, 1e-4));
    CHECK_THAT(student_quantile(0.975, 4), WithinAbs(2.7764, 1e-4));
    CHECK_THAT(student_quantile(0.95, 10), WithinAbs(1.8125, 1e-4));
    CHECK_THAT(student_quantile(0.1, 3), WithinAbs(-1.6377, 1e-4));
    // by another route: Simpson's rule over the density
    for (int const n : {1, 2, 5, 30})
        CHECK_THAT(inference::student_within(student_quantile(0.9, n), n), WithinAbs(0.8, 1e-6));
}

TEST_CASE("the incomplete beta function has its closed forms", "[campaign]") {
    for (double const x : {0.0, 0.01, 0.3, 0.5, 0.77, 0.999, 1.0}) {
        CHECK_THAT(regularised_beta(1.0, 3.0, x), WithinAbs(1.0 - std::pow(1.0 - x, 3), 1e-14));
        CHECK_THAT(regularised_beta(2.5, 1.0, x), WithinAbs(std::pow(x, 2.5), 1e-14));
        CHECK_THAT(regularised_beta(0.5, 0.5, x),
                   WithinAbs(2.0 / M_PI * std::asin(std::sqrt(x)), 1e-12));
    }
    for (int const k : {0, 3, 17, 40})
        CHECK_THAT(1.0 - regularised_beta(k + 1.0, 50.0 - k, 0.3),
                   WithinAbs(binomial_tail(k, 50, 0.3), 1e-12));
}

TEST_CASE("Wilson's and Clopper and Pearson's intervals as published", "[campaign]") {
    // Newcombe, Stat. Med. 17, 857 (1998), table I: methods 3 and 5 at 95 %.
    struct Published {
        double k, n, wilson_low, wilson_high, exact_low, exact_high;
    };
    for (auto const& p : {Published{81, 263, 0.2553, 0.3662, 0.2527, 0.3676},
                          Published{15, 148, 0.0624, 0.1605, 0.0578, 0.1617},
                          Published{0, 20, 0.0, 0.1611, 0.0, 0.1684},
                          Published{1, 29, 0.0061, 0.1718, 0.0009, 0.1776}}) {
        auto const w = wilson(p.k, p.n, 0.95), c = clopper_pearson(p.k, p.n, 0.95);
        CAPTURE(p.k, p.n);
        CHECK_THAT(w.low, WithinAbs(p.wilson_low, 5.1e-5));
        CHECK_THAT(w.high, WithinAbs(p.wilson_high, 5.1e-5));
        CHECK_THAT(c.low, WithinAbs(p.exact_low, 5.1e-5));
        CHECK_THAT(c.high, WithinAbs(p.exact_high, 5.1e-5));
        auto const other = clopper_pearson(p.n - p.k, p.n, 0.95);
        CHECK_THAT(1.0 - other.high, WithinAbs(c.low, 1e-12));
    }
    // None in n: 1 − (α/2)^(1/n); the definition for others.
    CHECK_THAT(clopper_pearson(0, 1000000, 0.9).high,
               WithinRel(-std::expm1(std::log(0.05) / 1e6), 1e-9));
    auto const c = clopper_pearson(7, 200, 0.9);
    CHECK_THAT(binomial_tail(7, 200, c.high), WithinAbs(0.05, 1e-9));
    CHECK_THAT(1.0 - binomial_tail(6, 200, c.low), WithinAbs(0.05, 1e-9));
    CHECK(clopper_pearson(20, 20, 0.95).high == 1.0);
}

TEST_CASE("the bound holds as often as it says", "[campaign]") {
    RandomStream random{5, "bounds", 0};
    double const p = 0.02;
    int exact = 0, average = 0;
    int const rounds = 2000;
    for (int round = 0; round < rounds; ++round) {
        int k = 0;
        for (int i = 0; i < 400; ++i) k += random.uniform() < p ? 1 : 0;
        exact += clopper_pearson(k, 400, 0.9).high > p ? 1 : 0;
        average += wilson(k, 400, 0.9).high > p ? 1 : 0;
    }
    CHECK(exact > 0.94 * rounds);  // one side at 95 %
    CHECK(average > 0.91 * rounds);
}

TEST_CASE("exploration stops when the share is small for sure, some rounds in a row",
          "[campaign]") {
    ShareRule rule;  // 1 % at 95 %, two rounds
    // None in 298: 1 − 0.05^(1/298) = 1.0002 %; none in 299: 0.9969 %.
    std::vector<Explored> rounds{{1000, 500}, {299, 0}};
    CHECK(!ruling(rounds, rule).met);
    rounds.push_back({298, 0});
    CHECK(!ruling(rounds, rule).met);
    rounds.back() = {299, 0};
    auto const r = ruling(rounds, rule);
    CHECK(r.met);
    CHECK(test::contains(r.text, "0 of 299 (below 0.997 %)"));
    // Correlated steps count for fewer: 2990 over ten.
    rounds.back() = {2990, 0, 10.0};
    CHECK(ruling(rounds, rule).met);
    rounds.back() = {2990, 0, 11.0};
    CHECK(!ruling(rounds, rule).met);
    rule.bound = ShareRule::Bound::wilson;
    rounds.back() = {267, 0};  // z²/(n + z²), z² = 2.7055: 1.003 %
    CHECK(!ruling(rounds, rule).met);
    rounds.back() = {268, 0};
    CHECK(ruling(rounds, rule).met);
    CHECK(!ruling(std::vector<Explored>{{0, 0}, {0, 0}}, rule).met);
    CHECK(test::contains(ruling(std::span{rounds}.first(1), rule).text, "1 of 2 rounds"));
}

TEST_CASE("an error that still falls goes on, noise does not stop it", "[campaign]") {
    ErrorRule const rule;  // 3 % per round, 90 %, four rounds
    auto const falling = [](double factor, double error) {
        std::vector<TestError> rounds;
        for (int k = 0; k < 6; ++k)
            rounds.push_back({0.1 * std::pow(factor, k), error * 0.1 * std::pow(factor, k)});
        return rounds;
    };
    CHECK(ruling(falling(1.0, 0.01), rule).met);
    CHECK(ruling(falling(0.99, 0.01), rule).met);  // 1.0 % ± 0.45 %, t = 1.886: below 1.9 %
    CHECK(test::contains(ruling(falling(0.99, 0.01), rule).text, "fell by (1 ± 0.45) %"));
    CHECK(!ruling(falling(0.9, 0.01), rule).met);
    CHECK(!ruling(falling(1.0, 0.05), rule).met);  // not known well enough: ± 2.2 %
    CHECK(ruling(falling(1.2, 0.01), rule).met);   // rising
    CHECK(!ruling(falling(1.0, 0.01), {.rounds = 7}).met);
    // Scatter beyond the errors given counts: ± from the residuals.
    std::vector<TestError> const jumping{{0.10, 1e-5}, {0.12, 1e-5}, {0.10, 1e-5}, {0.12, 1e-5}};
    CHECK(!ruling(jumping, rule).met);
    std::vector<TestError> const unknown{{0.1, 0.0}, {0.1, 0.0}, {0.1, 0.0}, {0.1, 0.0}};
    CHECK(ruling(unknown, rule).met);
    // By hand: ln rmse = 0, −0.1, −0.3: slope −0.15, residuals ∓1/60, ±1/30: error 0.0289
    std::vector<TestError> const three{{1.0, 0.0}, {std::exp(-0.1), 0.0}, {std::exp(-0.3), 0.0}};
    CHECK(test::contains(ruling(three, {.rounds = 3}).text, "fell by (15 ± 2.9) %"));
}

TEST_CASE("a property has converged when it stays and its error bar is small", "[campaign]") {
    PropertyRule const rule{"bulk modulus", 3.0 * units::GPa, 4.0 * units::GPa, 2, units::GPa,
                            "GPa"};
    auto const values = [](std::vector<std::pair<double, double>> const& in_GPa) {
        std::vector<PropertyValue> rounds;
        for (auto const& [v, e] : in_GPa) rounds.push_back({v * units::GPa, e * units::GPa});
        return rounds;
    };
    CHECK(!ruling(values({{170, 1}, {171, 1}}), rule).met);
    auto const r = ruling(values({{190, 9}, {170, 9}, {171, 3}, {172, 2}}), rule);
    CHECK(r.met);  // the error bar of the oldest does not count
    CHECK(test::contains(r.text, "172 ± 2 GPa"));
    CHECK(test::contains(r.text, "changed by 2 (to be below 3)"));
    CHECK(!ruling(values({{170, 1}, {172, 1}, {174, 1}}), rule).met);  // it drifts
    CHECK(!ruling(values({{170, 1}, {171, 5}, {172, 1}}), rule).met);
    CHECK(!ruling(values({{170, 1}, {180, 1}, {170, 1}}), rule).met);
}

TEST_CASE("a budget stops before it is overdrawn", "[campaign]") {
    CHECK(!ruling(Budget{80.0, 20.0, 100.0, "node hours"}).met);
    auto const r = ruling(Budget{80.0, 20.5, 100.0, "node hours"});
    CHECK(r.met);
    CHECK(test::contains(r.text, "80 of 100 node hours"));
}

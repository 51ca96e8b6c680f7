#include "kamacite/inference/reliability.hpp"

#include <cmath>
#include <vector>

#include "kamacite/core/random.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::inference;

TEST_CASE("errors drawn with the σ that was foretold are reliable", "[inference]") {
    RandomStream random{1, "errors", 0};
    std::vector<double> error, sigma;
    for (int k = 0; k < 20000; ++k) {
        sigma.push_back(std::exp(random.normal()));
        error.push_back(sigma.back() * random.normal());
    }
    auto const r = reliability_of(error, sigma);
    CHECK(r.count == 20000);
    CHECK_THAT(r.rms_ratio, WithinAbs(1.0, 0.02));
    CHECK_THAT(r.within_one, WithinAbs(0.683, 0.01));
    CHECK_THAT(r.within_two, WithinAbs(0.954, 0.006));
    CHECK(r.rank_correlation > 0.5);
    // Half of the σ: twice the ratio, and fewer within.
    for (double& s : sigma) s /= 2.0;
    auto const half = reliability_of(error, sigma);
    CHECK_THAT(half.rms_ratio, WithinRel(2.0 * r.rms_ratio, 1e-12));
    CHECK_THAT(half.within_two, WithinAbs(r.within_one, 1e-9));
    CHECK(half.rank_correlation == r.rank_correlation);
}

TEST_CASE("where symmetry makes the spread vanish it says nothing", "[inference]") {
    std::vector<double> error{0.1, -0.2, 0.3, 1e-9}, sigma{0.1, 0.2, 0.3, 1e-15};
    CHECK(reliability_of(error, sigma).count == 3);
    CHECK_THAT(reliability_of(error, sigma).rms_ratio, WithinRel(1.0, 1e-12));
    CHECK_THAT(calibration_of(error, sigma, 2), WithinRel(1.0, 1e-12));
}

TEST_CASE("a σ from few members is met as Student says", "[inference]") {
    // Closed forms: one degree 2/π arctan t; two degrees t/√(2 + t²).
    CHECK_THAT(student_within(1.0, 1), WithinAbs(0.5, 1e-8));
    CHECK_THAT(student_within(2.0, 2), WithinAbs(2.0 / std::sqrt(6.0), 1e-8));
    CHECK_THAT(student_within(1.0, 3), WithinAbs(0.60900, 1e-5));  // a table of the distribution
    CHECK_THAT(student_within(2.0, 200), WithinAbs(0.9531, 1e-3));
    CHECK(student_within(0.0, 3) == 0.0);
}

TEST_CASE("rank correlation is Spearman's", "[inference]") {
    std::vector<double> const sigma{1.0, 2.0, 3.0, 4.0, 5.0};
    CHECK_THAT(reliability_of(std::vector{0.1, -0.2, 0.3, -0.4, 0.5}, sigma).rank_correlation,
               WithinAbs(1.0, 1e-12));
    CHECK_THAT(reliability_of(std::vector{5.0, 4.0, 3.0, 2.0, 1.0}, sigma).rank_correlation,
               WithinAbs(-1.0, 1e-12));
    // 1 − 6 Σd²/(n(n² − 1)) with d = (1, −1, 0, 1, −1): 1 − 24/120
    CHECK_THAT(reliability_of(std::vector{2.0, 1.0, 3.0, 5.0, 4.0}, sigma).rank_correlation,
               WithinAbs(0.8, 1e-12));
    CHECK(std::isnan(reliability_of(std::vector{1.0, 1.0, 1.0, 1.0, 1.0}, sigma).rank_correlation));
}

TEST_CASE("a calibrated committee foretells its error", "[inference]") {
    // Members scatter by s about a mean that is itself off by b s: σ² is an estimate of s² from
    // four of them, and the squared error of their mean is (b² + 1/4) s². The formula gives back b.
    RandomStream random{2, "members", 0};
    double const b = 1.5;
    int const members = 6;
    std::vector<double> error, sigma;
    for (int k = 0; k < 40000; ++k) {
        double const s = std::exp(0.5 * random.normal());
        double const off = b * s * random.normal();
        std::vector<double> values;
        double mean = 0.0, square = 0.0;
        for (int m = 0; m < members; ++m) {
            values.push_back(off + s * random.normal());
            mean += values.back() / members;
        }
        for (double const v : values) square += (v - mean) * (v - mean) / (members - 1.0);
        error.push_back(mean);
        sigma.push_back(std::sqrt(square));
    }
    CHECK_THAT(calibration_of(error, sigma, members), WithinRel(b, 0.02));
    CHECK_THAT(calibration_of(error, sigma, 3),
               WithinRel(reliability_of(error, sigma).rms_ratio, 1e-12));
    CHECK(calibration_of(std::vector<double>{}, std::vector<double>{}, 4) == 1.0);
    CHECK(calibration_of(std::vector{1.0}, std::vector{0.0}, 4) == 1.0);  // symmetric: no σ
}

#include "kamacite/campaign/learning_curve.hpp"

#include <cmath>

#include "campaign/contains.hpp"
#include "kamacite/core/random.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::campaign;

TEST_CASE("curves of three seeds by hand", "[campaign]") {
    Matrix active(3, 1), random(3, 1);
    active << 1.0, 2.0, 3.0;
    random << 2.0, 4.0, 12.0;
    auto const c = compare_curves(std::vector{10.0}, active, random);
    CHECK_THAT(c.points[0].active.value, WithinAbs(2.0, 1e-12));
    CHECK_THAT(c.points[0].active.error, WithinAbs(1.0 / std::sqrt(3.0), 1e-12));
    CHECK_THAT(c.points[0].random.value, WithinAbs(6.0, 1e-12));
    // ln ratios −ln 2 · (1, 1, 2): mean −4/3 ln 2, standard error ln 2/3; t(0.975, 2) = 4.30265
    double const l = std::log(2.0);
    CHECK_THAT(c.points[0].ratio.value, WithinRel(std::exp(-4.0 / 3.0 * l), 1e-12));
    REQUIRE(c.points[0].ratio.interval);
    CHECK_THAT(c.points[0].ratio.interval->low,
               WithinRel(std::exp(-4.0 / 3.0 * l - 4.30265 * l / 3.0), 1e-5));
    CHECK_THAT(c.points[0].ratio.interval->high,
               WithinRel(std::exp(-4.0 / 3.0 * l + 4.30265 * l / 3.0), 1e-5));
    CHECK(c.overall.value == c.points[0].ratio.value);
    auto const one = compare_curves(std::vector{10.0}, active.topRows(1), random.topRows(1));
    CHECK(!one.points[0].ratio.interval);
    CHECK(one.points[0].active.error == 0.0);
}

TEST_CASE("labels saved are those of power laws", "[campaign]") {
    // e = N^(−1/2) and 2 N^(−1/2): four times the labels for the same error.
    std::vector<double> const labels{10, 20, 40, 80, 160, 320};
    Matrix active(2, 6), random(2, 6);
    for (Eigen::Index k = 0; k < 6; ++k)
        for (Eigen::Index s = 0; s < 2; ++s) {
            active(s, k) = (1.0 + s) / std::sqrt(labels[static_cast<std::size_t>(k)]);
            random(s, k) = 2.0 * active(s, k);
        }
    auto const unreached = compare_curves(labels, active, random);
    CHECK(unreached.saving.reached == 0);
    CHECK_THAT(unreached.saving.labels.value, WithinAbs(1.0, 1e-9));
    CHECK(test::contains(unreached.text, "at least 1 "));
    // To where the random one ends the active one is cut short.
    for (Eigen::Index s = 0; s < 2; ++s) active(s, 5) = active(s, 4) = active(s, 3);
    auto const c = compare_curves(labels, active, random);
    CHECK(c.saving.reached == 2);
    CHECK_THAT(c.saving.labels.value, WithinRel(4.0, 1e-9));
    CHECK(test::contains(c.text, "random selection needs 4 (4 … 4) times the labels"));
}

TEST_CASE("the interval has the ratio as often as it says, seeds in common drop out",
          "[campaign]") {
    int within = 0, wide = 0;
    int const repetitions = 800, seeds = 5;
    for (int r = 0; r < repetitions; ++r) {
        RandomStream random{9, "curves", static_cast<std::uint64_t>(r)};
        Matrix active(seeds, 3), other(seeds, 3);
        for (int s = 0; s < seeds; ++s) {
            double const common = std::exp(random.normal());  // of a seed: much larger than
            for (int k = 0; k < 3; ++k) {                     // what the methods differ by
                active(s, k) = 0.8 * common * std::exp(0.1 * random.normal());
                other(s, k) = common * std::exp(0.1 * random.normal());
            }
        }
        auto const ratio = compare_curves(std::vector{1.0, 2.0, 3.0}, active, other, 0.9).overall;
        within += ratio.interval->low < 0.8 && 0.8 < ratio.interval->high ? 1 : 0;
        wide += ratio.interval->high > 1.0 ? 1 : 0;
    }
    CHECK(std::abs(within - 0.9 * repetitions) < 0.035 * repetitions);
    CHECK(wide < 0.05 * repetitions);
}

#include "kamacite/campaign/thresholds.hpp"

#include <cmath>

#include "campaign/contains.hpp"
#include "kamacite/core/random.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::campaign;

namespace {

/// Errors of size `truth` times what the members scatter by, and spreads estimated from them.
Foretold foretold(int count, int members, double truth, std::uint64_t seed) {
    Foretold f;
    RandomStream random{seed, "foretold", 0};
    for (int k = 0; k < count; ++k) {
        double const s = 0.1 * std::exp(0.5 * random.normal());
        double const off = truth * s * random.normal();
        std::vector<double> values;
        double mean = 0.0, square = 0.0;
        for (int m = 0; m < members; ++m) {
            values.push_back(off + s * random.normal());
            mean += values.back() / members;
        }
        for (double const v : values) square += (v - mean) * (v - mean) / (members - 1.0);
        f.error.push_back(mean);
        f.spread.push_back(std::sqrt(square));
    }
    return f;
}

}  // namespace

TEST_CASE("factors come back from new labels, whatever factors were in use", "[campaign]") {
    int const members = 8;
    std::vector<FreshLabels> const rounds{
        {foretold(4000, members, 1.5, 1), foretold(12000, members, 2.0, 2), {1.0, 1.0}},
        {foretold(4000, members, 1.5, 3), foretold(12000, members, 2.0, 4), {1.5, 2.0}}};
    auto const report = calibrated(rounds, members);
    CHECK_THAT(report.factors.energy, WithinRel(1.5, 0.04));
    CHECK_THAT(report.factors.forces, WithinRel(2.0, 0.04));
    // The factors of the first round were too small, those of the second right.
    REQUIRE(report.rounds.size() == 2);
    CHECK(report.rounds[0].forces.within_one < 0.45);
    CHECK_THAT(report.rounds[1].forces.within_one,
               WithinAbs(inference::student_within(1.0, members - 1), 0.03));
    CHECK_THAT(report.rounds[0].energy.rms_ratio / report.rounds[1].energy.rms_ratio,
               WithinRel(1.5, 0.05));
    CHECK(test::contains(report.text, "round 2, forces: 12000 labels"));
    CHECK(test::contains(report.text, "factors from 8000 energies and 24000 force components"));
    auto const none = calibrated({}, 4);
    CHECK(none.factors.energy == 1.0);
    CHECK(none.rounds.empty());
}

TEST_CASE("the threshold of spread by hand", "[campaign]") {
    //                              k:  0    0     0     1    1    2
    std::vector<double> const error{0.01, 0.02, -0.03, 0.2, 0.05, -0.3};
    std::vector<double> const spread{1, 2, 3, 4, 5, 6};
    // (k + 1)/(n + 1): 1/2, 1/3, 1/4, 2/5, 2/6, 3/7
    CHECK(spread_threshold(error, spread, 0.1, 0.25).value() == 3.0);
    CHECK(spread_threshold(error, spread, 0.1, 0.34).value() == 5.0);
    CHECK(spread_threshold(error, spread, 0.1, 0.45).value() == 6.0);
    CHECK(!spread_threshold(error, spread, 0.1, 0.2));
    CHECK(!spread_threshold({}, {}, 0.1, 0.5));
    std::vector<double> const equal(6, 1.0);  // all or none where spreads are equal
    CHECK(!spread_threshold(error, equal, 0.1, 0.4));
    CHECK(spread_threshold(error, equal, 0.1, 0.45).value() == 1.0);
}

TEST_CASE("below the threshold errors are rare in labels that come later", "[campaign]") {
    double const wanted = 0.3, risk = 0.05;
    auto const before = foretold(2000, 6, 1.5, 7), after = foretold(20000, 6, 1.5, 8);
    auto const threshold = spread_threshold(before.error, before.spread, wanted, risk);
    REQUIRE(threshold);
    double above = 0.0, below = 0.0;
    for (std::size_t k = 0; k < after.error.size(); ++k) {
        if (after.spread[k] > *threshold) continue;
        below += 1.0;
        above += std::abs(after.error[k]) > wanted ? 1.0 : 0.0;
    }
    CHECK(below > 1000.0);
    CHECK(above / below < risk * 1.2);
    CHECK(above / below > risk * 0.6);  // not more labels than needed
}

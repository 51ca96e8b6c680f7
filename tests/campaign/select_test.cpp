#include "kamacite/campaign/select.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "campaign/contains.hpp"
#include "kamacite/core/random.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::campaign;
using Kind = Verdict::Kind;

namespace {

/// Candidates that differ in all that counts; features in a plane.
std::vector<Candidate> random_candidates(int count, std::uint64_t seed) {
    std::vector<Candidate> all;
    for (int i = 0; i < count; ++i) {
        RandomStream random{seed, "candidate", static_cast<std::uint64_t>(i)};
        Candidate c{test::rattled_bcc(1, static_cast<unsigned>(i)), "", "", "", {}};
        c.family = random.uniform() < 0.3 ? "vacancy" : "liquid";
        c.trajectory = std::to_string(random.below(10));
        c.source = std::to_string(i);
        c.features = {random.normal(), random.normal()};
        c.force_spread = 0.1 * std::exp(1.5 * random.normal());
        if (random.uniform() < 0.8) c.grade = 2.0 * std::exp(random.normal());
        all.push_back(std::move(c));
    }
    return all;
}

Matrix random_known(int count) {
    RandomStream random{3, "known", 0};
    Matrix known(count, 2);
    for (Eigen::Index i = 0; i < known.size(); ++i) known.data()[i] = 0.5 * random.normal();
    return known;
}

/// Structures that differ, features and force spreads as given.
std::vector<Candidate> line(std::vector<double> const& at, std::vector<double> const& spread) {
    std::vector<Candidate> all;
    for (std::size_t i = 0; i < at.size(); ++i) {
        all.push_back({test::rattled_bcc(1, static_cast<unsigned>(i)), "f", "", "", {at[i]}});
        all.back().force_spread = spread[i];
    }
    return all;
}

std::set<std::string> sources(std::span<Candidate const> all, std::span<Verdict const> verdicts) {
    std::set<std::string> names;
    for (int const i : chosen(verdicts)) names.insert(all[static_cast<std::size_t>(i)].source);
    return names;
}

}  // namespace

TEST_CASE("the score is the larger of spread and grade in units of their thresholds",
          "[campaign]") {
    SelectOptions options;
    options.force_spread = {0.2, 1.0};
    options.energy_spread = {0.01, 0.1};
    options.grade = {2.0, 10.0};
    Candidate c{test::rattled_bcc(1, 1), "", "", "", {}};
    CHECK(score_of(c, options) == 1.0);  // nothing known: everything may be learnt
    c.force_spread = 0.1;
    CHECK_THAT(score_of(c, options), WithinRel(0.5, 1e-12));
    c.grade = 3.0;
    CHECK_THAT(score_of(c, options), WithinRel(1.5, 1e-12));
    c.energy_spread = 0.02;
    CHECK_THAT(score_of(c, options), WithinRel(2.0, 1e-12));
    c.grade = 1e6;  // the score does not run away with what is beyond reach
    CHECK_THAT(score_of(c, options), WithinRel(5.0, 1e-12));
}

TEST_CASE("farthest points by hand", "[campaign]") {
    SelectOptions options;
    options.method = SelectOptions::Method::farthest;
    options.score_power = 1.0;
    options.tolerance = 0.2;
    options.count = 3;
    Matrix const known = Matrix::Constant(1, 1, 0.0);
    // s:                              0.5  1     1    2     1    1
    auto const all = line({9.0, 0.1, 4.0, 3.0, 10.0, 9.9}, {0.05, 0.1, 0.1, 0.2, 0.1, 0.1});
    auto const v = select(all, known, options);
    CHECK(v[0].kind == Kind::known);
    CHECK(v[1].kind == Kind::near_training);
    CHECK_THAT(v[1].distance, WithinAbs(0.1, 1e-12));
    CHECK(chosen(v) == std::vector{4, 3, 2});  // 10·1, then 2·3 before 1·4, then 1·1
    CHECK(v[5].kind == Kind::near_chosen);
    CHECK(v[5].nearest == 4);
    CHECK(v[5].nearest_is_chosen);
    CHECK(v[2].rank == 2);
    CHECK_THAT(v[2].distance, WithinAbs(1.0, 1e-12));
    CHECK(v[2].nearest == 3);
    CHECK(test::contains(v[5].text, "too close to candidate #4"));
    CHECK(test::contains(v[1].text, "too close to training structure #0"));
    CHECK(test::contains(v[4].text, "chosen as number 1"));

    options.count = 1;
    CHECK(select(all, known, options)[3].kind == Kind::not_needed);
    // Without a training set the largest score is first.
    CHECK(chosen(select(all, Matrix(0, 1), options)) == std::vector{3});
}

TEST_CASE("selection is the greedy search written down directly", "[campaign]") {
    auto const all = random_candidates(60, 5);
    auto const known = random_known(7);
    SelectOptions options;
    options.method =
        GENERATE(SelectOptions::Method::farthest, SelectOptions::Method::largest_cluster);
    options.score_power = GENERATE(0.0, 0.5, 1.0);
    options.count = 12;
    options.geometry.reset();
    options.beyond_share = 1.0;

    std::vector<int> expected;
    std::vector<std::vector<double>> near;
    for (Eigen::Index k = 0; k < known.rows(); ++k) near.push_back({known(k, 0), known(k, 1)});
    while (std::ssize(expected) < options.count) {
        std::vector<double> promise, sums(near.size(), 0.0);
        std::vector<std::size_t> cluster;
        for (auto const& c : all) {
            double nearest = 1e9;
            std::size_t of = 0;
            for (std::size_t k = 0; k < near.size(); ++k) {
                double const d =
                    std::hypot(near[k][0] - c.features[0], near[k][1] - c.features[1]) / M_SQRT2;
                if (d < nearest) of = k;
                nearest = std::min(nearest, d);
            }
            double const score = score_of(c, options);
            bool const is_open = score >= 1.0 && nearest >= options.tolerance;
            double const value = std::pow(score, options.score_power) * nearest;
            promise.push_back(is_open ? value : -1.0);
            cluster.push_back(of);
            if (is_open) sums[of] += value;
        }
        auto const largest = std::max_element(sums.begin(), sums.end()) - sums.begin();
        if (options.method == SelectOptions::Method::largest_cluster)
            for (std::size_t i = 0; i < all.size(); ++i)
                if (static_cast<long>(cluster[i]) != largest) promise[i] = -1.0;
        auto const best = std::max_element(promise.begin(), promise.end()) - promise.begin();
        REQUIRE(promise[static_cast<std::size_t>(best)] > 0.0);
        expected.push_back(static_cast<int>(best));
        near.push_back(all[static_cast<std::size_t>(best)].features);
    }
    CHECK(chosen(select(all, known, options)) == expected);
}

TEST_CASE("quotas hold for families, trajectories and what is beyond reach", "[campaign]") {
    auto const all = random_candidates(300, 6);
    SelectOptions options;
    options.count = 40;
    options.quotas["vacancy"] = {0.1, 100};  // 4
    options.per_trajectory = 5;
    options.force_spread = {0.05, 0.4};
    options.beyond_share = 0.2;  // 8
    auto const v = select(all, random_known(5), options);
    std::map<Kind, int> kinds;
    int vacancies = 0, beyond = 0;
    std::map<std::string, int> trajectories;
    for (std::size_t i = 0; i < all.size(); ++i) {
        ++kinds[v[i].kind];
        CHECK(!v[i].text.empty());
        if (v[i].kind != Kind::chosen) continue;
        vacancies += all[i].family == "vacancy" ? 1 : 0;
        beyond += *all[i].force_spread > 0.4 || all[i].grade.value_or(0.0) > 10.0 ? 1 : 0;
        ++trajectories[all[i].trajectory];
    }
    CHECK(kinds[Kind::chosen] == 40);
    CHECK(vacancies == 4);
    CHECK(beyond == 8);
    for (auto const& [name, n] : trajectories) CHECK(n <= 5);
    for (auto const kind : {Kind::known, Kind::near_chosen, Kind::family_quota, Kind::beyond_reach})
        CHECK(kinds[kind] > 0);
    options.quotas["vacancy"] = {1.0, 0};
    auto const none = select(all, random_known(5), options);
    for (int const i : chosen(none)) CHECK(all[static_cast<std::size_t>(i)].family == "liquid");
}

TEST_CASE("selection depends neither on order nor on ranks", "[campaign]") {
    auto all = random_candidates(120, 7);
    for (int i = 0; i < 20; ++i) {  // ties: the same in another place, features equal by symmetry
        auto twin = all[static_cast<std::size_t>(i)];
        twin.source += "'";
        twin.structure.positions[0] += Vec3(0.01, 0.0, 0.0);
        all.push_back(twin);
    }
    auto const known = random_known(5);
    SelectOptions options;
    options.count = 25;
    options.method =
        GENERATE(SelectOptions::Method::farthest, SelectOptions::Method::largest_cluster);
    options.quotas["vacancy"] = {0.2, 100};
    auto const serial = select(all, known, options);
    auto const parallel = select(test::world(), all, known, options);
    REQUIRE(parallel.size() == serial.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK(parallel[i].kind == serial[i].kind);
        CHECK(parallel[i].rank == serial[i].rank);
        CHECK(parallel[i].distance == serial[i].distance);
        CHECK(parallel[i].text == serial[i].text);
    }
    RandomStream random{1, "shuffle", 0};
    auto const order = permutation(static_cast<int>(all.size()), random);
    std::vector<Candidate> shuffled;
    for (int const i : order) shuffled.push_back(all[static_cast<std::size_t>(i)]);
    auto const again = select(shuffled, known, options);
    CHECK(sources(shuffled, again) == sources(all, serial));
    for (std::size_t p = 0; p < order.size(); ++p) {
        auto const& before = serial[static_cast<std::size_t>(order[p])];
        CHECK(again[p].kind == before.kind);
        CHECK(again[p].rank == before.rank);
    }
}

TEST_CASE("many that are new go before one that is odd, where clusters count", "[campaign]") {
    // Thirty candidates at 1 … 1.09 from what is known, an odd one at 5, all of the same score.
    std::vector<double> at{5.0}, spread(31, 0.2);
    for (int i = 0; i < 30; ++i) at.push_back(-1.0 - 0.003 * i);
    Matrix known(2, 1);
    known << 0.0, 3.5;
    SelectOptions options;
    options.count = 1;
    CHECK(chosen(select(line(at, spread), known, options)) == std::vector{30});
    options.method = SelectOptions::Method::farthest;
    CHECK(chosen(select(line(at, spread), known, options)) == std::vector{0});
    options.method = SelectOptions::Method::largest_cluster;
    options.count = 2;  // what is left near the first one chosen is less than the odd one
    CHECK(chosen(select(line(at, spread), known, options)) == std::vector{30, 0});
}

TEST_CASE("frames that say the same do not crowd out others", "[campaign]") {
    // Five kinds of structures; those of kind 0 are all more uncertain than any other.
    std::vector<Candidate> all;
    for (int i = 0; i < 100; ++i) {
        RandomStream random{11, "kinds", static_cast<std::uint64_t>(i)};
        int const kind = i % 5;
        all.push_back({test::rattled_bcc(1, static_cast<unsigned>(i)), "f", "", "", {}});
        for (int k = 0; k < 5; ++k)
            all.back().features.push_back((k == kind ? 4.0 : 0.0) + 0.05 * random.normal());
        all.back().force_spread = (kind == 0 ? 0.6 : 0.3) * (1.0 + 0.3 * random.uniform());
    }
    SelectOptions options;
    options.count = 5;
    std::set<int> kinds;
    for (int const i : chosen(select(all, Matrix(0, 5), options))) kinds.insert(i % 5);
    CHECK(kinds.size() == 5);
}

TEST_CASE("nothing to choose from is no error", "[campaign]") {
    CHECK(select({}, Matrix(0, 0), {}).empty());
    CHECK(select(test::world(), {}, Matrix(0, 0), {}).empty());
    auto const few = line({1.0, 1.0}, {0.3, 0.3});
    auto const v = select(test::world(), few, Matrix(0, 1), {});
    CHECK(chosen(v).size() == 1);
    auto absurd = line({1.0}, {0.3});
    absurd[0].structure.positions[0] = absurd[0].structure.positions[1];
    auto const filtered = select(absurd, Matrix(0, 1), {});
    CHECK(filtered[0].kind == Kind::filtered);
    CHECK_THAT(filtered[0].text, Catch::Matchers::StartsWith("filtered: "));
}

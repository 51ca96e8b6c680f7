#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/dft/magnetic_starts.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using namespace kamacite::dft;

namespace {

Structure bcc(int n) {
    double const a = 2.87;
    return supercell(
        {Cell{a * Mat3::Identity()}, {26, 26}, {Vec3::Zero(), Vec3::Constant(0.5 * a)}}, {n, n, n});
}

Structure fcc(std::array<int, 3> const& n) {
    double const a = 3.6, h = 1.8;
    return supercell({Cell{a * Mat3::Identity()},
                      {26, 26, 26, 26},
                      {Vec3(0, 0, 0), Vec3(0, h, h), Vec3(h, 0, h), Vec3(h, h, 0)}},
                     n);
}

double sum(std::vector<double> const& v) {
    return std::accumulate(v.begin(), v.end(), 0.0);
}

}  // namespace

TEST_CASE("a ferromagnetic start has the moments of its elements", "[dft]") {
    auto s = bcc(1);
    s.species[1] = 6;
    CHECK(ferromagnetic_start(s).moments == std::vector{2.5, 0.0});
    CHECK(ferromagnetic_start(s, {{{6, 0.1}}}).moments == std::vector{0.0, 0.1});
    CHECK(nonmagnetic_start().moments.empty());
}

TEST_CASE("bcc alternates between its two sublattices, rattled too", "[dft]") {
    for (int const n : {1, 2}) {
        auto s = bcc(n);
        for (std::size_t i = 0; i < s.positions.size(); ++i)
            s.positions[i] += 0.05 * Vec3(std::sin(i * 1.3), std::cos(i * 2.1), std::sin(i + 0.4));
        auto const start = antiferromagnetic_start(s);
        REQUIRE(start);
        CHECK(start->name == "antiferromagnetic");
        for (std::size_t i = 0; i < s.positions.size(); ++i)
            CHECK(start->moments[i] * start->moments[i % 2] == 6.25);
        CHECK(start->moments[0] == -start->moments[1]);
    }
}

TEST_CASE("fcc, which two colours cannot do, alternates by planes", "[dft]") {
    for (auto const& n : {std::array{1, 1, 1}, std::array{1, 1, 2}, std::array{2, 1, 1}}) {
        auto const s = fcc(n);
        auto const start = antiferromagnetic_start(s);
        REQUIRE(start);
        CHECK(sum(start->moments) == 0.0);
        int const axis = n[2] == 2 ? 2 : 0;
        for (std::size_t i = 0; i < s.positions.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (std::abs(s.positions[i][axis] - s.positions[j][axis]) < 0.1)
                    CHECK(start->moments[i] == start->moments[j]);
    }
}

TEST_CASE("cells that are too small have no antiferromagnetic start", "[dft]") {
    Structure const one{Cell{2.5 * Mat3::Identity()}, {26}, {Vec3::Zero()}};
    CHECK(!antiferromagnetic_start(one));
    auto carbon = bcc(1);
    carbon.species = {26, 6};
    CHECK(!antiferromagnetic_start(carbon));
    std::vector<std::string> const all{"ferromagnetic", "antiferromagnetic", "nonmagnetic",
                                       "predicted"};
    CHECK(magnetic_starts(one, all).size() == 2);
    CHECK(magnetic_starts(bcc(1), all, {}, {1.0, -1.0}).size() == 4);
    CHECK(magnetic_starts(bcc(1), all, {}, {1.0, -1.0})[3].moments == std::vector{1.0, -1.0});
    std::vector<std::string> const wrong{"ferrimagnetic"};
    CHECK_THROWS_AS(magnetic_starts(one, wrong), InputError);
}

TEST_CASE("the lowest energy is picked among those with labels", "[dft]") {
    auto const with = [](double energy) {
        Outcome outcome;
        outcome.labels = Labels{energy, {Vec3::Zero()}, {}, {}, {}};
        return outcome;
    };
    std::vector<Outcome> outcomes(1);
    outcomes[0].failure = Failure::not_converged;
    CHECK(!pick_lowest(outcomes));
    outcomes.push_back(with(-1.0));
    outcomes.push_back(with(-2.0));
    outcomes.push_back(with(-2.0 - 1e-9));  // the same state: the first stays
    outcomes.push_back(with(-1.5));
    CHECK(pick_lowest(outcomes) == 2);
}

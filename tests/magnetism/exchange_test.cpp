#include "kamacite/magnetism/exchange.hpp"

#include <cmath>
#include <map>

#include "crystals.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/generate/displacement.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::magnetism;
using generate::Lattice;

TEST_CASE("shells of a crystal have as many atoms as crystallography counts", "[magnetism]") {
    struct Case {
        Lattice lattice;
        std::vector<int> counts;
    };
    for (auto const& [lattice, counts] :
         {Case{Lattice::bcc, {8, 6, 12, 24, 8}}, Case{Lattice::fcc, {12, 6, 24, 12, 24}},
          Case{Lattice::sc, {6, 12, 8, 6, 24}}}) {
        std::vector<double> couplings;
        for (std::size_t k = 0; k < counts.size(); ++k) couplings.push_back(1.0 + double(k));
        std::vector<Shells> const shells{{0, 0, couplings}};
        auto const exchange = exchange_by_shells(test::crystal(lattice, 6), shells);
        for (int i = 0; i < exchange.size(); i += 37) {
            std::map<double, int> found;
            for (double const j : exchange.couplings_of(i)) ++found[j];
            for (std::size_t k = 0; k < counts.size(); ++k) CHECK(found[couplings[k]] == counts[k]);
        }
    }
}

TEST_CASE("the exchange is symmetric and finds the same pairs by shell and by distance",
          "[magnetism]") {
    auto const s = test::crystal(Lattice::bcc, 4);
    auto const by_shells = exchange_by_shells(s, test::iron_shells());
    auto const j = test::iron_shells().front().couplings;
    double const a = 2.8665;
    auto const by_distance = exchange_by_distance(
        s,
        [&](double r) {
            return r < 0.9 * a ? j[0] : r < 1.2 * a ? j[1] : r < 1.5 * a ? j[2] : j[3];
        },
        1.69 * a);
    auto const sums = [](Exchange const& exchange) {
        std::map<std::pair<int, int>, double> sum;
        for (int i = 0; i < exchange.size(); ++i)
            for (std::size_t k = 0; k < exchange.neighbours_of(i).size(); ++k)
                sum[{i, exchange.neighbours_of(i)[k]}] += exchange.couplings_of(i)[k];
        return sum;
    };
    auto const one = sums(by_shells), other = sums(by_distance);
    REQUIRE(one.size() == other.size());
    for (auto const& [pair, value] : one) {
        CHECK_THAT(other.at(pair), WithinAbs(value, 1e-15));
        CHECK(one.at({pair.second, pair.first}) == value);
    }
}

TEST_CASE("the mean field of four shells of iron is 1306 K", "[magnetism]") {
    // (8·1.3377 + 6·0.7570 − 12·0.0598 − 24·0.0882) mRy · ⅔/k_B
    auto const exchange = exchange_by_shells(test::crystal(Lattice::bcc, 4), test::iron_shells());
    CHECK_THAT(mean_field_temperature(exchange), WithinAbs(1306.2, 0.5));
}

TEST_CASE("the mean field of two kinds of atoms is that of a matrix of two by two", "[magnetism]") {
    // B2: each atom has 8 of the other kind at √3 a/2, 6 of its own at a.
    double const ab = 0.010, aa = 0.006, bb = -0.001;
    std::vector<Shells> const shells{{26, 28, {ab}}, {26, 26, {aa}}, {28, 28, {bb}}};
    auto const exchange = exchange_by_shells(test::crystal(Lattice::B2, 4, {26, 28}), shells);
    double const p = 6.0 * aa, q = 6.0 * bb, r = 8.0 * ab;
    double const lambda = 0.5 * (p + q) + std::sqrt(0.25 * (p - q) * (p - q) + r * r);
    CHECK_THAT(mean_field_temperature(exchange),
               WithinRel(2.0 / 3.0 * lambda / units::k_boltzmann, 1e-7));
    // In L1_2 Ni₃Fe, iron has 12 nickels, nickel 4 irons and 8 nickels.
    std::vector<Shells> const nickel{{26, 28, {ab}}, {28, 28, {aa}}};
    auto const ordered =
        exchange_by_shells(test::crystal(Lattice::L1_2, 3, {28, 26}, 3.55), nickel);
    double const m = 8.0 * aa, product = 12.0 * ab * 4.0 * ab;
    CHECK_THAT(
        mean_field_temperature(ordered),
        WithinRel(2.0 / 3.0 * (0.5 * m + std::sqrt(0.25 * m * m + product)) / units::k_boltzmann,
                  1e-7));
}

TEST_CASE("the form of Bethe and Slater", "[magnetism]") {
    BetheSlater const j{0.02, 2.0, 0.25};
    CHECK_THAT(j(2.0), WithinRel(4.0 * 0.02 * 0.75 * std::exp(-1.0), 1e-14));
    CHECK_THAT(j(4.0), WithinAbs(0.0, 1e-16));  // 1 − γ (r/δ)² = 0
    CHECK(j(5.0) < 0.0);
}

TEST_CASE("exchange that makes no sense is refused", "[magnetism]") {
    auto const s = test::crystal(Lattice::bcc, 4);
    std::vector<Shells> const nothing, twice{{26, 28, {0.1}}, {28, 26, {0.2}}},
        both{{0, 0, {0.1}}, {26, 26, {0.1}}}, absent{{26, 28, {0.1}}}, one{{0, 0, {0.1}}};
    CHECK_THROWS_AS(exchange_by_shells(s, nothing), InputError);
    CHECK_THROWS_AS(exchange_by_shells(s, twice), InputError);
    CHECK_THROWS_AS(exchange_by_shells(s, both), InputError);
    CHECK_THROWS_AS(exchange_by_shells(s, absent), DataError);
    CHECK_THROWS_AS(exchange_by_shells(test::crystal(Lattice::sc, 1), one), DataError);
    RandomStream random{1, "displaced", 0};
    CHECK_THROWS_AS(exchange_by_shells(generate::displaced(s, 0.1, random), test::iron_shells()),
                    DataError);
}

#include "kamacite/dynamics/radial.hpp"

#include <cmath>
#include <numbers>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/generate/lattice.hpp"
#include "kamacite/neighbours/neighbours.hpp"
#include "support/blocks.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::dynamics;

namespace {

domain::Domain divided(mpi::Communicator const& comm, Structure const& s, double cutoff = 3.0) {
    return {comm, s.cell, test::block_of(comm, s), cutoff, 0.3};
}

/// Atoms anywhere, without knowledge of each other.
Structure ideal_gas(int atoms, double edge, std::uint64_t seed) {
    RandomStream random{seed, "ideal gas", 0};
    Structure s{Cell{edge * Mat3::Identity()}, {}, {}};
    for (int i = 0; i < atoms; ++i) {
        Vec3 const f{random.uniform(), random.uniform(), random.uniform()};
        s.positions.emplace_back(edge * f);
        s.species.push_back(i % 3 == 0 ? 6 : 26);
    }
    return s;
}

Structure alloy(int n, unsigned seed) {
    auto s = test::rattled_bcc(n, seed);
    for (std::size_t i = 0; i < s.species.size(); i += 3) s.species[i] = 6;
    return s;
}

}  // namespace

TEST_CASE("pairs are those that trying all of them finds", "[dynamics]") {
    int const n = GENERATE(1, 2, 3);  // of the smallest, distances go over several cells
    auto const s = alloy(n, 1);
    std::vector<int> const elements{6, 26};
    DistanceBins const bins{7.3, 73};
    RadialDistribution radial{elements, bins};
    radial.sample(test::world(), divided(test::world(), s));

    auto const all = find_neighbours_all_pairs(s, bins.reach);
    std::vector<double> counts(4 * 73, 0.0);
    for (int i = 0; i < s.size(); ++i) {
        auto const of = all.of(i);
        for (std::size_t k = 0; k < of.atom.size(); ++k) {
            auto const a = s.species[static_cast<std::size_t>(i)] == 26 ? 1U : 0U;
            auto const b = s.species[static_cast<std::size_t>(of.atom[k])] == 26 ? 1U : 0U;
            counts[(2 * a + b) * 73 + static_cast<std::size_t>(of.distance[k] / 0.1)] += 1.0;
        }
    }
    auto const state = radial.state();
    REQUIRE(state.size() == 4 + 1 + 2 + 4 + counts.size());
    CHECK(std::vector<double>(state.end() - 4 * 73, state.end()) == counts);

    auto const f = radial.functions();
    REQUIRE(f.size() == 4);
    CHECK(f[1].centre == 6);
    CHECK(f[1].other == 26);
    CHECK(f[1].g == f[2].g);
    double sum = 0.0;
    for (std::size_t k = 73; k < std::size_t{2} * 73; ++k) sum += counts[k];
    auto const carbon = static_cast<double>(std::ranges::count(s.species, 6));
    CHECK_THAT(f[1].coordination.back(), WithinRel(sum / carbon, 1e-12));
}

TEST_CASE("counts do not depend on the number of ranks, even at the edges of bins", "[dynamics]") {
    // every distance of the crystal is near an edge: √k a/2 with bins of a/2, and a reach of 3 a
    auto const perfect = generate::make_lattice(generate::Lattice::bcc, {2.87, 1.0},
                                                generate::CellChoice::conventional, {26});
    bool const crystal = GENERATE(true, false);
    auto const s = crystal ? supercell(perfect, {5, 4, 3}) : test::rattled_bcc(4, 3);
    DistanceBins const bins{3 * 2.87, crystal ? 6 : 300};
    auto const alone = test::world().split(test::world().rank(), 0);
    RadialDistribution together{{26}, bins}, serial{{26}, bins};
    for (int k = 0; k < 2; ++k) {
        together.sample(test::world(), divided(test::world(), s));
        serial.sample(alone, divided(alone, s));
    }
    CHECK(together.samples() == 2);
    CHECK(together.state() == serial.state());
}

TEST_CASE("atoms of a crystal stand in shells", "[dynamics]") {
    double const a = 2.87;
    auto const s = supercell(generate::make_lattice(generate::Lattice::bcc, {a, 1.0},
                                                    generate::CellChoice::conventional, {26}),
                             {4, 4, 4});
    RadialDistribution radial{{26}, {6.0, 600}};
    radial.sample(test::world(), divided(test::world(), s));
    auto const f = radial.functions().front();
    auto const within = [&](double r) {
        return f.coordination[static_cast<std::size_t>(std::lround(r / 0.01)) - 1];
    };
    // shells of bcc: 8, 6, 12, 24, 8 at √3/2, 1, √2, √11/2, √3 a
    CHECK(within(2.40) == 0.0);
    CHECK(within(2.60) == 8.0);
    CHECK(within(3.00) == 14.0);
    CHECK(within(4.20) == 26.0);
    CHECK(within(4.85) == 50.0);
    CHECK(within(5.10) == 58.0);
    double sum = 0.0;  // ∫ g 4π r² ρ dr is the coordination
    for (int bin = 0; bin < 600; ++bin) {
        double const shell =
            (std::pow(radial.bins().outer_edge(bin), 3) - std::pow(radial.bins().width() * bin, 3));
        sum += f.g[static_cast<std::size_t>(bin)] * 4.0 / 3.0 * std::numbers::pi * shell * 2.0 /
               (a * a * a);
    }
    CHECK_THAT(sum, WithinRel(f.coordination.back(), 1e-12));
}

TEST_CASE("an ideal gas has g = 1, of constant volume or not", "[dynamics]") {
    RadialDistribution radial{{26, 6}, {8.0, 4}};
    int const samples = 12, atoms = 1200;
    for (int k = 0; k < samples; ++k) {
        auto const gas = ideal_gas(atoms, k % 2 == 0 ? 20.0 : 28.0, static_cast<std::uint64_t>(k));
        radial.sample(test::world(), divided(test::world(), gas));
    }
    auto const f = radial.functions();
    for (std::size_t pair = 0; pair < 4; ++pair)
        for (int bin = 1; bin < 4; ++bin) {
            CAPTURE(pair, bin);
            double const inner = 2.0 * bin;
            double const shell =
                4.0 / 3.0 * std::numbers::pi * (std::pow(inner + 2.0, 3) - std::pow(inner, 3));
            double const share = pair == 0 ? 4.0 / 9.0 : pair == 3 ? 1.0 / 9.0 : 2.0 / 9.0;
            double const pairs = share * samples * atoms * atoms * shell * 0.5 *
                                 (std::pow(20.0, -3) + std::pow(28.0, -3));
            double const like = pair == 1 || pair == 2 ? 1.0 : 2.0;  // counted twice
            // an atom is not its own neighbour: 1 − 1/N_a
            double const expected = pair == 0 ? 1.0 - 1.0 / 800 : pair == 3 ? 1.0 - 1.0 / 400 : 1.0;
            CHECK_THAT(f[pair].g[static_cast<std::size_t>(bin)],
                       WithinAbs(expected, 5.0 * std::sqrt(like / pairs)));
        }
}

TEST_CASE("distributions that were interrupted go on as if they had not been", "[dynamics]") {
    DistanceBins const bins{6.0, 60};
    RadialDistribution whole{{6, 26}, bins}, first{{6, 26}, bins}, second{{6, 26}, bins};
    for (unsigned k = 0; k < 4; ++k) {
        auto const s = divided(test::world(), alloy(2, k));
        whole.sample(test::world(), s);
        if (k < 2) first.sample(test::world(), s);
        if (k == 2) second.restore(first.state());
        if (k >= 2) second.sample(test::world(), s);
    }
    CHECK(second.samples() == 4);
    CHECK(second.state() == whole.state());
    CHECK(second.functions()[1].g == whole.functions()[1].g);

    CHECK_THROWS_AS((RadialDistribution{{26, 6}, bins}.restore(first.state())), DataError);
    CHECK_THROWS_AS((RadialDistribution{{6, 26}, {6.1, 60}}.restore(first.state())), DataError);
    CHECK_THROWS_AS((RadialDistribution{{6, 26}, {6.0, 61}}.restore(first.state())), DataError);
    CHECK_THROWS_AS((RadialDistribution{{6, 26}, bins}.restore({})), DataError);
}

TEST_CASE("a structure of many blocks has all its pairs", "[dynamics]") {
    auto const s = supercell(generate::make_lattice(generate::Lattice::bcc, {2.87, 1.0},
                                                    generate::CellChoice::conventional, {26}),
                             {14, 14, 13});  // 5,096 atoms: two blocks on one rank
    RadialDistribution radial{{26}, {4.2, 42}};
    radial.sample(test::world(), divided(test::world(), s));
    CHECK(radial.functions().front().coordination.back() == 26.0);
}

TEST_CASE("pairs of an element that is not expected are refused on all ranks", "[dynamics]") {
    auto s = test::rattled_bcc(3, 5);
    s.species[11] = 6;
    RadialDistribution radial{{26}, {5.0, 50}};
    auto const d = divided(test::world(), s);
    CHECK_THROWS_AS(radial.sample(test::world(), d), DataError);
    CHECK(radial.samples() == 0);
}

TEST_CASE("without samples there is nothing", "[dynamics]") {
    RadialDistribution const radial{{26}, {5.0, 3}};
    CHECK(radial.functions().front().g == std::vector<double>(3, 0.0));
    CHECK(radial.functions().front().coordination == std::vector<double>(3, 0.0));
}

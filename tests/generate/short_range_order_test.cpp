#include "kamacite/generate/short_range_order.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kamacite/generate/lattice.hpp"
#include "kamacite/generate/point_defects.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using generate::CellChoice;
using generate::Lattice;

namespace {

Structure crystal(Lattice lattice, double a, std::array<int, 3> copies,
                  std::vector<int> const& elements = {26}) {
    return supercell(generate::make_lattice(lattice, {a, 1.0}, CellChoice::conventional, elements),
                     copies);
}

/// α(s) by counting pairs of one distance over all images: the definition, and no more.
double counted(Structure const& s, double distance) {
    double pairs = 0.0, unlike = 0.0, first = 0.0;
    for (std::size_t i = 0; i < s.positions.size(); ++i) {
        first += s.species[i] == 26 ? 1.0 : 0.0;
        for (std::size_t j = 0; j < s.positions.size(); ++j)
            for (int a = -2; a <= 2; ++a)
                for (int b = -2; b <= 2; ++b)
                    for (int c = -2; c <= 2; ++c) {
                        Vec3 const d =
                            s.positions[j] + s.cell.to_cartesian(Vec3(a, b, c)) - s.positions[i];
                        if (std::abs(d.norm() - distance) > 1e-6) continue;
                        pairs += 1.0;
                        if (s.species[i] == 26 && s.species[j] != 26) unlike += 1.0;
                    }
    }
    double const fraction = first / s.size();
    return 1.0 - unlike / (pairs * fraction * (1.0 - fraction));
}

double mean_square(std::vector<double> const& values) {
    return std::inner_product(values.begin(), values.end(), values.begin(), 0.0) /
           static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("short-range order of ordered phases is that of their neighbours", "[generate]") {
    struct Known {
        Lattice lattice;
        std::vector<double> alpha;  // of the first shells
    };
    // From the neighbours in the perfect phases, e.g. L1_2: all 12 nearest of B are A, of 6 next
    // none: 1 − 1/(3/4), 1 − 0.
    auto const known =
        GENERATE(Known{Lattice::B2, {-1.0, 1.0, 1.0}}, Known{Lattice::L1_0, {-1.0 / 3.0, 1.0}},
                 Known{Lattice::L1_2, {-1.0 / 3.0, 1.0, -1.0 / 3.0, 1.0}},
                 Known{Lattice::D0_3, {-1.0 / 3.0, -1.0 / 3.0, 1.0}});
    CAPTURE(generate::name_of(known.lattice));
    // D0_3: its neighbours are those of bcc, half the size
    for (auto const& copies : {std::array{1, 1, 1}, std::array{2, 1, 2}}) {
        auto const s = crystal(known.lattice, 3.6, copies, {26, 28});
        auto const figures = generate::figures_of(s, static_cast<int>(known.alpha.size()), 0);
        auto const order = generate::warren_cowley(figures, s.species);
        REQUIRE(order.size() == 1);
        CHECK(order[0].kinds == std::pair{26, 28});
        for (std::size_t k = 0; k < known.alpha.size(); ++k)
            CHECK_THAT(order[0].values[k], WithinAbs(known.alpha[k], 1e-12));
    }
}

TEST_CASE("figures have the numbers of the lattice, however small the cell", "[generate]") {
    struct Known {
        Lattice lattice;
        std::vector<int> neighbours;
        int triangles, kinds;  // per atom, of two shells
    };
    // bcc: of the triangles with two nearest and one next nearest side 12 per atom; fcc: 8 of
    // nearest neighbours, and 12 with one side that is next nearest.
    auto const known = GENERATE(Known{Lattice::bcc, {8, 6, 12, 24, 8}, 12, 1},
                                Known{Lattice::fcc, {12, 6, 24, 12, 24}, 20, 2});
    for (auto const& copies : {std::array{1, 1, 1}, std::array{1, 2, 3}, std::array{3, 3, 3}}) {
        auto const s = crystal(known.lattice, 3.0, copies);
        auto const figures = generate::figures_of(s, 5, 2);
        for (auto const& list : figures.neighbours) {
            std::vector<int> of_shell(5, 0);
            for (auto const& n : list) ++of_shell[static_cast<std::size_t>(n.shell)];
            CHECK(of_shell == known.neighbours);
        }
        CHECK(std::ssize(figures.triangles) == known.triangles * s.size());
        CHECK(figures.triangle_kinds == known.kinds);
    }
}

TEST_CASE("quasi-random alloys are nearer to random ones than drawn ones", "[generate]") {
    struct Alloy {
        Lattice lattice;
        int copies, solutes;
    };
    auto const alloy = GENERATE(Alloy{Lattice::bcc, 3, 27}, Alloy{Lattice::bcc, 3, 13},
                                Alloy{Lattice::fcc, 2, 8}, Alloy{Lattice::fcc, 2, 16});
    auto const sites = crystal(alloy.lattice, 2.9, {alloy.copies, alloy.copies, alloy.copies});
    auto const figures = generate::figures_of(sites, 4, 2);
    double drawn = 0.0, sought = 0.0, q_drawn = 0.0, q_sought = 0.0;
    constexpr int n = 5;
    for (std::uint64_t k = 0; k < n; ++k) {
        RandomStream random{7, "alloy", k}, again{7, "alloy", k};
        auto const start = generate::substituted(sites, {{28, alloy.solutes}}, random);
        auto const species = generate::quasi_random(figures, start.species, 100, random);
        CHECK(std::count(species.begin(), species.end(), 28) == alloy.solutes);
        auto const same = generate::substituted(sites, {{28, alloy.solutes}}, again);
        CHECK(generate::quasi_random(figures, same.species, 100, again) == species);

        auto const order = generate::warren_cowley(figures, species);
        Structure found = sites;
        found.species = species;
        for (std::size_t s = 0; s < 4; ++s)
            CHECK_THAT(order[0].values[s], WithinAbs(counted(found, figures.distances[s]), 1e-12));
        drawn += mean_square(generate::warren_cowley(figures, start.species)[0].values) / n;
        sought += mean_square(order[0].values) / n;
        q_drawn += generate::distance_from_random(figures, start.species) / n;
        q_sought += generate::distance_from_random(figures, species) / n;
    }
    INFO("mean α² " << drawn << " → " << sought << ", Q " << q_drawn << " → " << q_sought);
    CHECK(sought < 0.25 * drawn);
    CHECK(q_sought < 0.35 * q_drawn);
}

TEST_CASE("annealing finds the best of all arrangements where they can be counted", "[generate]") {
    auto const sites = crystal(Lattice::fcc, 3.6, {2, 1, 1});
    auto const figures = generate::figures_of(sites, 4, 2);
    auto const solutes = GENERATE(2, 3, 4);
    std::vector<int> species(8, 26);
    std::fill(species.end() - solutes, species.end(), 28);
    double best = 1e9;
    do best = std::min(best, generate::distance_from_random(figures, species));
    while (std::next_permutation(species.begin(), species.end()));
    std::sort(species.begin(), species.end());
    RandomStream random{1, "small", 0};
    auto const found = generate::quasi_random(figures, species, 100, random);
    CHECK_THAT(generate::distance_from_random(figures, found), WithinAbs(best, 1e-12));
}

TEST_CASE("the distance from random is that of its formula in a known case", "[generate]") {
    // B2: α = −1, 1; every triangle is AAB or ABB with both nearest sides unlike: of AAB a half,
    // in place of 3/8, of AAA and BBB none, in place of 1/8.
    auto const s = crystal(Lattice::B2, 2.9, {2, 2, 2}, {26, 28});
    auto const figures = generate::figures_of(s, 2, 2);
    double const triangles = (2.0 * 3.0 / 8.0 * std::pow(4.0 / 3.0 - 1.0, 2) + 2.0 / 8.0) / 3.0;
    CHECK_THAT(generate::distance_from_random(figures, s.species),
               WithinAbs(1.0 + 0.5 + triangles, 1e-12));
}

TEST_CASE("three elements are as often neighbours as their fractions say", "[generate]") {
    auto const sites = crystal(Lattice::bcc, 2.9, {3, 3, 3});
    auto const figures = generate::figures_of(sites, 3, 2);
    RandomStream random{3, "ternary", 0};
    auto const start = generate::substituted(sites, {{28, 18}, {24, 18}}, random);
    auto const species = generate::quasi_random(figures, start.species, 200, random);
    double drawn = 0.0, sought = 0.0;
    for (auto const& pair : generate::warren_cowley(figures, start.species))
        drawn += mean_square(pair.values);
    for (auto const& pair : generate::warren_cowley(figures, species))
        sought += mean_square(pair.values);
    CHECK(sought < 0.2 * drawn);
    CHECK(std::count(species.begin(), species.end(), 28) == 18);
    CHECK(std::count(species.begin(), species.end(), 24) == 18);
}

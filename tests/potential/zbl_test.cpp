#include "kamacite/potential/zbl.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "support/catch.hpp"
#include "support/check_potential.hpp"
#include "support/finite_difference.hpp"
#include "support/ghosts.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;

namespace {

/// In atomic units: hartree and bohr, with the screening length 0.88534 a₀/(Z₁^0.23 + Z₂^0.23).
double universal(double z1, double z2, double r) {
    double const bohr = 0.529177210903, hartree = 27.211386245988;
    double const d = r / bohr;
    double const x = d * (std::pow(z1, 0.23) + std::pow(z2, 0.23)) / 0.88534;
    return hartree * z1 * z2 / d *
           (0.18175 * std::exp(-3.1998 * x) + 0.50986 * std::exp(-0.94229 * x) +
            0.28022 * std::exp(-0.4029 * x) + 0.02817 * std::exp(-0.20162 * x));
}

}  // namespace

TEST_CASE("the repulsion is the universal one of Ziegler, Biersack and Littmark", "[potential]") {
    Zbl const zbl{{3.0, 4.0}};
    for (auto const& [z1, z2] : {std::pair{26, 26}, {26, 6}, {6, 6}, {28, 74}})
        for (double const r : {0.01, 0.3, 1.0, 1.7, 2.5}) {
            CAPTURE(z1, z2, r);
            CHECK_THAT(zbl.pair(z1, z2, r).energy, WithinRel(universal(z1, z2, r), 1e-3));
            CHECK(zbl.pair(z1, z2, r).energy == zbl.pair(z2, z1, r).energy);
            CHECK(zbl.pair(z1, z2, r).slope < 0.0);
        }
    // bare nuclei in the limit: e²/4πε₀ = 14.39964 eV Å
    CHECK_THAT(zbl.pair(26, 6, 1e-7).energy * 1e-7, WithinRel(14.39964 * 26 * 6, 1e-5));
}

TEST_CASE("the repulsion vanishes smoothly", "[potential]") {
    Zbl const zbl{{1.0, 2.0}};
    for (double const r : {0.4, 1.0, 1.2, 1.5, 1.8, 1.99})
        for (double const step : {1e-3, 1e-4})
            test::check_derivative([&](double x) { return zbl.pair(26, 26, x).energy; }, r,
                                   zbl.pair(26, 26, r).slope, step);
    CHECK(zbl.pair(26, 26, 2.0).energy == 0.0);
    CHECK(zbl.pair(26, 26, 5.0).slope == 0.0);
    // The third derivative is still continuous where the switch begins and ends.
    auto const third = [&](double r) {
        double const h = 1e-3;
        auto const s = [&](double x) { return zbl.pair(26, 26, x).slope; };
        return (s(r + h) - 2.0 * s(r) + s(r - h)) / (h * h);
    };
    CHECK(std::abs(third(2.0)) < 1e-2 * std::abs(third(1.5)));
    CHECK(std::abs(third(1.0 + 2e-3) - third(1.0 - 2e-3)) < 0.05 * std::abs(third(1.0)));
}

TEST_CASE("the repulsion is a potential: forces, virials and symmetries", "[potential]") {
    Zbl const zbl{{1.5, 3.2}, {{{6, 26}, {1.0, 2.8}}}};
    test::check_potential(zbl, test::rattled_bcc(2, 3));
    test::check_potential(zbl, test::rattled_bcc(1, 7));
    auto cluster = test::rattled_bcc(2, 4);
    cluster.cell = Cell{cluster.cell.rows(), {false, false, false}};
    for (std::size_t i = 0; i < cluster.species.size(); i += 2) cluster.species[i] = 6;
    test::check_potential(zbl, cluster);
}

TEST_CASE("the repulsion honours ghosts of several elements", "[potential]") {
    Zbl const zbl{{1.5, 3.2}, {{{6, 26}, {1.0, 2.8}}}};
    auto s = test::rattled_bcc(2, 3);
    for (std::size_t i = 0; i < s.species.size(); i += 2) s.species[i] = 6;
    test::check_ghosts(zbl, s);
    test::check_ghosts(zbl, test::rattled_bcc(1, 7));
}

TEST_CASE("a switch that does not ascend is refused", "[potential]") {
    CHECK_THROWS_AS((Zbl{{2.0, 2.0}}), InputError);
    CHECK_THROWS_AS((Zbl{{1.0, 2.0}, {{{6, 26}, {2.0, 1.0}}}}), InputError);
    CHECK_THROWS_AS((Zbl{{-1.0, 2.0}}), InputError);
}

TEST_CASE("pairs of elements have switches of their own", "[potential]") {
    Zbl const zbl{{1.0, 2.0}, {{{6, 26}, {0.8, 1.4}}, {{26, 26}, {1.5, 2.5}}}};
    CHECK(zbl.cutoff() == 2.5);
    CHECK(zbl.pair(26, 6, 1.5).energy == 0.0);
    CHECK(zbl.pair(6, 6, 1.5).energy > 0.0);
    CHECK(zbl.pair(6, 6, 2.1).energy == 0.0);
    CHECK(zbl.pair(26, 26, 2.1).energy > 0.0);
    CHECK(zbl.switch_of(26, 6).outer == 1.4);
}

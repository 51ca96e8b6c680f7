#include "kamacite/core/error.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "support/catch.hpp"
#include "support/check_potential.hpp"
#include "support/finite_difference.hpp"
#include "support/ghosts.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;

TEST_CASE("a Lennard-Jones dimer has its minimum of −ε at 2^(1/6) σ", "[potential]") {
    LennardJones const lj{{.epsilon = 0.7, .sigma = 2.0, .switch_from = 6.0, .cutoff = 8.0}};
    double const r = 2.0 * std::pow(2.0, 1.0 / 6.0);
    Structure s{Cell{40.0 * Mat3::Identity(), {false, false, false}},
                {26, 26},
                {Vec3(0, 0, 0), Vec3(r, 0, 0)}};
    auto p = test::predict(lj, s);
    CHECK_THAT(p.energy(), WithinAbs(-0.7, 1e-14));
    CHECK(p.forces[0].norm() < 1e-13);

    // pressed together by the force −φ'(σ) = 24 ε/σ at r = σ; W = −r φ' along x
    s.positions[1].x() = 2.0;
    p = test::predict(lj, s);
    CHECK_THAT(p.energy(), WithinAbs(0.0, 1e-14));
    CHECK_THAT(p.forces[1].x(), WithinRel(24.0 * 0.7 / 2.0, 1e-13));
    CHECK_THAT(p.virial()(0, 0), WithinRel(24.0 * 0.7, 1e-13));
    CHECK_THAT(p.stress(100.0)(0, 0), WithinRel(-0.24 * 0.7, 1e-13));  // compressed: negative
    CHECK(std::abs(p.virial()(1, 1)) < 1e-14);
}

TEST_CASE("the Lennard-Jones energy of fcc is the lattice sum of the textbooks", "[potential]") {
    // E/N = 2ε [A12 (σ/d)^12 − A6 (σ/d)^6], A12 = 12.13188, A6 = 14.45392.
    // Source: Kittel, Introduction to Solid State Physics, chapter 3.
    double const d = 1.09;
    double const r_c = 12.0;
    LennardJones const lj{{.epsilon = 1.0, .sigma = 1.0, .switch_from = r_c - 0.01, .cutoff = r_c}};
    double const h = d / std::sqrt(2.0);
    Mat3 rows;
    rows << 0, h, h, h, 0, h, h, h, 0;
    Structure const s{Cell{rows}, {26}, {Vec3::Zero()}};
    double const density = 1.0 / s.cell.volume();
    double const tail = -8.0 / 3.0 * 3.14159265358979 * density / (r_c * r_c * r_c);
    double const expected = 2.0 * (12.13188 * std::pow(d, -12) - 14.45392 * std::pow(d, -6));
    CHECK_THAT(test::predict(lj, s).energy() + tail, WithinAbs(expected, 5e-4));
}

TEST_CASE("the Lennard-Jones pair energy and its slope are smooth up to the cutoff",
          "[potential]") {
    LennardJones const lj{{.epsilon = 0.5, .sigma = 2.2, .switch_from = 4.0, .cutoff = 5.0}};
    for (double const r : {2.3, 3.7, 4.3, 4.8})
        test::check_derivative([&](double x) { return lj.pair(x).energy; }, r, lj.pair(r).slope,
                               1e-3);
    CHECK(lj.pair(5.0).energy == 0.0);
    CHECK(std::abs(lj.pair(5.0 - 1e-4).slope) < 1e-8);
    CHECK(std::abs(lj.pair(4.0 + 1e-6).slope - lj.pair(4.0 - 1e-6).slope) < 1e-6);
}

TEST_CASE("Lennard-Jones is a potential: forces, virials and symmetries", "[potential]") {
    LennardJones const lj{{}};
    SECTION("a rattled crystal") {
        test::check_potential(lj, test::rattled_bcc(2, 3));
    }
    SECTION("a cell of two atoms") {
        test::check_potential(lj, test::rattled_bcc(1, 7));
    }
    SECTION("a cell of one atom") {
        Mat3 rows;
        rows << -1.4, 1.5, 1.4, 1.45, -1.4, 1.4, 1.4, 1.4, -1.35;
        test::check_potential(lj, Structure{Cell{rows}, {26}, {Vec3(0.2, 5.0, -3.0)}});
    }
    SECTION("a cluster") {
        auto s = test::rattled_bcc(2, 4);
        s.cell = Cell{s.cell.rows(), {false, false, false}};
        test::check_potential(lj, s);
    }
    SECTION("a slab") {
        auto s = test::rattled_bcc(2, 5);
        s.cell = Cell{s.cell.rows(), {true, true, false}};
        test::check_potential(lj, s);
    }
}

TEST_CASE("Lennard-Jones honours ghosts", "[potential]") {
    LennardJones const lj{{}};
    SECTION("of a crystal, a slab and a cluster") {
        int const which = GENERATE(0, 1, 2);
        auto s = test::rattled_bcc(2, 11);
        s.cell = Cell{s.cell.rows(), {which < 2, which < 2, which < 1}};
        test::check_ghosts(lj, s);
    }
    SECTION("of a cell of one atom that the cutoff leaves") {
        Mat3 rows;
        rows << -1.4, 1.5, 1.4, 1.45, -1.4, 1.4, 1.4, 1.4, -1.35;
        test::check_ghosts(lj, Structure{Cell{rows}, {26}, {Vec3(0.2, 5.0, -3.0)}});
    }
}

TEST_CASE("Lennard-Jones parameters that make no sense are refused", "[potential]") {
    CHECK_THROWS_AS((LennardJones{{.epsilon = -1.0}}), InputError);
    CHECK_THROWS_AS((LennardJones{{.sigma = 0.0}}), InputError);
    CHECK_THROWS_AS((LennardJones{{.switch_from = 6.0, .cutoff = 5.0}}), InputError);
}

TEST_CASE("what a prediction says adds up", "[potential]") {
    Prediction p;
    p.energies = {1.0, -3.5};
    p.virials = {Mat3::Identity(), 3.0 * Mat3::Identity()};
    CHECK(p.energy() == -2.5);
    CHECK(p.virial()(1, 1) == 4.0);
    CHECK(p.stress(8.0)(2, 2) == -0.5);
}

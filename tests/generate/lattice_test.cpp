#include "kamacite/generate/lattice.hpp"

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/generate/distance.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using generate::CellChoice;
using generate::Lattice;

namespace {

/// Distances from atom `centre` to all others and to all images, up to `reach`, sorted.
std::vector<double> distances(Structure const& s, std::size_t centre, double reach) {
    std::vector<double> found;
    int const n = 6;
    for (auto const& r : s.positions)
        for (int a = -n; a <= n; ++a)
            for (int b = -n; b <= n; ++b)
                for (int c = -n; c <= n; ++c) {
                    double const d =
                        (r + s.cell.to_cartesian(Vec3(a, b, c)) - s.positions[centre]).norm();
                    if (d > 1e-9 && d < reach) found.push_back(d);
                }
    std::sort(found.begin(), found.end());
    return found;
}

int coordination(Structure const& s, std::size_t centre) {
    auto const d = distances(s, centre, 4.5);
    return static_cast<int>(std::upper_bound(d.begin(), d.end(), d.front() + 1e-6) - d.begin());
}

std::vector<int> elements_for(Lattice lattice) {
    return generate::n_elements(lattice) == 1 ? std::vector{26} : std::vector{26, 28};
}

void check_rows(Structure const& s, Mat3 const& expected) {
    CHECK((s.cell.rows() - expected).cwiseAbs().maxCoeff() < 1e-6);
}

void check_positions(Structure const& s, std::vector<Vec3> const& expected) {
    REQUIRE(s.positions.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
        CHECK((s.positions[i] - expected[i]).norm() < 1e-6);
}

Mat3 rows(std::array<double, 9> const& x) {
    Mat3 m;
    m << x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], x[8];
    return m;
}

}  // namespace

// Numbers printed by ase.build.bulk('Fe', …) of ASE 3.22.
TEST_CASE("cells and positions are those of ase.build.bulk", "[generate]") {
    auto const make = [](Lattice lattice, double a, double ratio, CellChoice choice) {
        return generate::make_lattice(lattice, {a, ratio}, choice, {26});
    };
    SECTION("bcc, a = 2.83") {
        auto const p = make(Lattice::bcc, 2.83, 1.0, CellChoice::primitive);
        check_rows(p, rows({-1.415, 1.415, 1.415, 1.415, -1.415, 1.415, 1.415, 1.415, -1.415}));
        check_positions(p, {{0.0, 0.0, 0.0}});
        auto const c = make(Lattice::bcc, 2.83, 1.0, CellChoice::conventional);
        check_rows(c, rows({2.83, 0, 0, 0, 2.83, 0, 0, 0, 2.83}));
        check_positions(c, {{0.0, 0.0, 0.0}, {1.415, 1.415, 1.415}});
    }
    SECTION("fcc, a = 3.6") {
        auto const p = make(Lattice::fcc, 3.6, 1.0, CellChoice::primitive);
        check_rows(p, rows({0, 1.8, 1.8, 1.8, 0, 1.8, 1.8, 1.8, 0}));
        auto const c = make(Lattice::fcc, 3.6, 1.0, CellChoice::conventional);
        check_positions(c, {{0, 0, 0}, {0, 1.8, 1.8}, {1.8, 0, 1.8}, {1.8, 1.8, 0}});
    }
    SECTION("hcp, a = 2.46, c = 3.9") {
        auto const p = make(Lattice::hcp, 2.46, 3.9 / 2.46, CellChoice::primitive);
        check_rows(p, rows({2.46, 0, 0, -1.23, 2.130422, 0, 0, 0, 3.9}));
        check_positions(p, {{0, 0, 0}, {0, 1.420282, 1.95}});
        auto const c = make(Lattice::hcp, 2.46, 3.9 / 2.46, CellChoice::conventional);
        check_rows(c, rows({2.46, 0, 0, 0, 4.260845, 0, 0, 0, 3.9}));
        check_positions(
            c, {{0, 0, 0}, {1.23, 2.130422, 0}, {1.23, 0.710141, 1.95}, {0, 2.840563, 1.95}});
    }
    SECTION("diamond, a = 5") {
        auto const p = make(Lattice::diamond, 5.0, 1.0, CellChoice::primitive);
        check_positions(p, {{0, 0, 0}, {1.25, 1.25, 1.25}});
        auto const c = make(Lattice::diamond, 5.0, 1.0, CellChoice::conventional);
        check_positions(c, {{0, 0, 0},
                            {1.25, 1.25, 1.25},
                            {0, 2.5, 2.5},
                            {1.25, 3.75, 3.75},
                            {2.5, 0, 2.5},
                            {3.75, 1.25, 3.75},
                            {2.5, 2.5, 0},
                            {3.75, 3.75, 1.25}});
    }
    SECTION("bct, a = 2.8, c = 3.2") {
        check_rows(make(Lattice::bct, 2.8, 3.2 / 2.8, CellChoice::primitive),
                   rows({-1.4, 1.4, 1.6, 1.4, -1.4, 1.6, 1.4, 1.4, -1.6}));
    }
}

TEST_CASE("nearest neighbours have the distance and number of the crystal", "[generate]") {
    struct Expected {
        Lattice lattice;
        double distance;  // in units of a
        int number;
        double volume;  // per atom, in units of a³
    };
    auto const e = GENERATE(Expected{Lattice::bcc, std::sqrt(3.0) / 2.0, 8, 1.0 / 2.0},
                            Expected{Lattice::fcc, std::sqrt(0.5), 12, 1.0 / 4.0},
                            Expected{Lattice::hcp, 1.0, 12, std::sqrt(0.5)},
                            Expected{Lattice::sc, 1.0, 6, 1.0},
                            Expected{Lattice::diamond, std::sqrt(3.0) / 4.0, 4, 1.0 / 8.0},
                            Expected{Lattice::bct, std::sqrt(3.0) / 2.0, 8, 1.0 / 2.0},
                            Expected{Lattice::B2, std::sqrt(3.0) / 2.0, 8, 1.0 / 2.0},
                            Expected{Lattice::L1_0, std::sqrt(0.5), 12, 1.0 / 4.0},
                            Expected{Lattice::L1_2, std::sqrt(0.5), 12, 1.0 / 4.0},
                            Expected{Lattice::D0_3, std::sqrt(3.0) / 4.0, 8, 1.0 / 16.0});
    auto const choice = GENERATE(CellChoice::primitive, CellChoice::conventional);
    CAPTURE(generate::name_of(e.lattice));
    double const a = e.lattice == Lattice::D0_3 || e.lattice == Lattice::diamond ? 5.7 : 2.9;
    auto const s = generate::make_lattice(e.lattice, {a, generate::ideal_ratio(e.lattice)}, choice,
                                          elements_for(e.lattice));
    CHECK_THAT(s.cell.volume() / s.size(), WithinRel(e.volume * a * a * a, 1e-12));
    for (std::size_t i = 0; i < s.positions.size(); ++i) {
        CHECK_THAT(distances(s, i, 4.5).front(), WithinAbs(e.distance * a, 1e-9));
        CHECK(coordination(s, i) == e.number);
    }
}

TEST_CASE("A15 has chains of atoms half a lattice constant apart", "[generate]") {
    auto const s = generate::make_lattice(Lattice::A15, {4.5, 1.0}, CellChoice::conventional, {26});
    CHECK(s.size() == 8);
    CHECK(coordination(s, 2) == 2);
    CHECK_THAT(distances(s, 2, 4.0).front(), WithinAbs(2.25, 1e-9));
    CHECK_THAT(distances(s, 0, 4.0).front(), WithinAbs(4.5 * std::sqrt(5.0) / 4.0, 1e-9));
    CHECK(coordination(s, 0) == 12);
}

TEST_CASE("primitive and conventional cells are the same crystal", "[generate]") {
    auto const name = GENERATE("bcc", "fcc", "hcp", "diamond", "bct", "L1_0", "D0_3");
    CAPTURE(name);
    auto const lattice = generate::lattice_of(name);
    generate::Shape const shape{lattice == Lattice::D0_3 ? 5.7 : 3.1,
                                lattice == Lattice::bct ? 1.2 : generate::ideal_ratio(lattice)};
    auto const p =
        generate::make_lattice(lattice, shape, CellChoice::primitive, elements_for(lattice));
    auto const c =
        generate::make_lattice(lattice, shape, CellChoice::conventional, elements_for(lattice));
    auto const near = distances(p, 0, 6.0);
    auto const far = distances(c, 0, 6.0);
    REQUIRE(near.size() == far.size());
    for (std::size_t i = 0; i < near.size(); ++i) CHECK_THAT(near[i], WithinAbs(far[i], 1e-9));
}

TEST_CASE("the Bain path leads from bcc to fcc", "[generate]") {
    double const volume = 11.4;
    auto const at = [&](double ratio) {
        double const a = generate::lattice_constant(Lattice::bct, volume, ratio);
        return generate::make_lattice(Lattice::bct, {a, ratio}, CellChoice::primitive, {26});
    };
    CHECK(coordination(at(1.0), 0) == 8);
    CHECK(coordination(at(std::sqrt(2.0)), 0) == 12);
    for (double const ratio : {0.7, 1.0, 1.2, 1.4142, 2.0})
        CHECK_THAT(at(ratio).cell.volume(), WithinRel(volume, 1e-12));
    double const a_fcc = std::cbrt(4.0 * volume);
    CHECK_THAT(distances(at(std::sqrt(2.0)), 0, 4.0).front(),
               WithinRel(a_fcc / std::sqrt(2.0), 1e-9));
}

TEST_CASE("ordered phases have unlike nearest neighbours where they should", "[generate]") {
    auto const unlike = [](char const* name, CellChoice choice, int kind) {
        auto const lattice = generate::lattice_of(name);
        auto const s = generate::make_lattice(lattice, {lattice == Lattice::D0_3 ? 5.7 : 3.5, 1.0},
                                              choice, {26, 28});
        auto const at = std::find(s.species.begin(), s.species.end(), kind) - s.species.begin();
        double nearest = 1e9;
        for (double const d : distances(s, static_cast<std::size_t>(at), 4.5))
            nearest = std::min(nearest, d);
        int number = 0;
        int const n = 3;
        for (std::size_t j = 0; j < s.positions.size(); ++j)
            for (int a = -n; a <= n; ++a)
                for (int b = -n; b <= n; ++b)
                    for (int c = -n; c <= n; ++c) {
                        Vec3 const d = s.positions[j] + s.cell.to_cartesian(Vec3(a, b, c)) -
                                       s.positions[static_cast<std::size_t>(at)];
                        if (std::abs(d.norm() - nearest) < 1e-6 && s.species[j] != kind) ++number;
                    }
        return number;
    };
    auto const choice = GENERATE(CellChoice::primitive, CellChoice::conventional);
    CHECK(unlike("B2", choice, 26) == 8);
    CHECK(unlike("L1_0", choice, 26) == 8);
    CHECK(unlike("L1_0", choice, 28) == 8);
    CHECK(unlike("L1_2", choice, 28) == 12);
    CHECK(unlike("L1_2", choice, 26) == 4);
    CHECK(unlike("D0_3", choice, 28) == 8);
}

TEST_CASE("sizes that are not positive and wrong elements are refused", "[generate]") {
    auto const make = [](double a, double ratio, std::vector<int> const& z) {
        return generate::make_lattice(Lattice::bct, {a, ratio}, CellChoice::primitive, z);
    };
    CHECK_THROWS_AS(make(-2.8, 1.0, {26}), InputError);
    CHECK_THROWS_AS(make(2.8, 0.0, {26}), InputError);
    CHECK_THROWS_AS(make(2.8, 1.0, {26, 28}), InputError);
    CHECK_THROWS_AS(generate::lattice_of("bbc"), InputError);
}

TEST_CASE("carbides have the density and the bonds that were measured", "[generate]") {
    auto const of = [](Structure const& s, int z) {
        return std::count(s.species.begin(), s.species.end(), z);
    };
    auto const nearest = [](Structure const& s, int z1, int z2) {
        double shortest = 1e9;
        for (std::size_t i = 0; i < s.positions.size(); ++i) {
            if (s.species[i] != z1) continue;
            for (std::size_t j = 0; j < s.positions.size(); ++j)
                for (int a = -1; a <= 1; ++a)
                    for (int b = -1; b <= 1; ++b)
                        for (int c = -1; c <= 1; ++c) {
                            double const d = (s.positions[j] + s.cell.to_cartesian(Vec3(a, b, c)) -
                                              s.positions[i])
                                                 .norm();
                            if (s.species[j] == z2 && d > 0.1) shortest = std::min(shortest, d);
                        }
        }
        return shortest;
    };
    auto const choice = GENERATE(CellChoice::primitive, CellChoice::conventional);
    auto const cementite =
        generate::make_lattice(Lattice::cementite, {5.081, 1.0}, choice, {26, 6});
    REQUIRE(cementite.size() == 16);
    CHECK(of(cementite, 26) == 12);
    // Density of AMCSD 0019114: 7.696 g/cm³; masses of the elements in g/mol.
    double const grams = (12 * 55.845 + 4 * 12.011) / 6.02214076e23;
    CHECK_THAT(grams / (cementite.cell.volume() * 1e-24), WithinAbs(7.696, 0.002));
    // Carbon sits in a prism of six atoms of iron, at 1.88 to 2.12 Å by these coordinates; iron has
    // 11 or 12 neighbours of its own between 2.4 and 2.85 Å.
    CHECK_THAT(nearest(cementite, 6, 26), WithinAbs(1.882, 0.001));
    CHECK_THAT(nearest(cementite, 26, 26), WithinAbs(2.48, 0.05));
    CHECK(nearest(cementite, 6, 6) > 3.0);
    for (std::size_t i = 0; i < cementite.positions.size(); ++i) {
        auto const d = distances(cementite, i, 2.85);
        if (cementite.species[i] == 6)
            CHECK(std::count_if(d.begin(), d.end(), [](double x) { return x < 2.15; }) == 6);
        else
            CHECK(std::count_if(d.begin(), d.end(), [](double x) { return x > 2.4; }) >= 11);
    }

    auto const eta = generate::make_lattice(Lattice::Fe2C, {4.704, 1.0}, choice, {26, 6});
    CHECK(of(eta, 26) == 4);
    CHECK(of(eta, 6) == 2);
    CHECK_THAT(eta.cell.volume(), WithinAbs(4.704 * 4.318 * 2.830, 1e-9));
    for (std::size_t i = 0; i < 2; ++i) {  // an octahedron of iron about carbon
        auto const d = distances(eta, i, 2.2);
        REQUIRE(d.size() == 6);
        CHECK(d.front() > 1.8);
    }
    auto const cubic = generate::make_lattice(Lattice::Fe4C, {3.878, 1.0}, choice, {26, 6});
    CHECK(of(cubic, 26) == 4);
    CHECK(of(cubic, 6) == 1);
    auto const d = distances(cubic, 0, 2.2);
    REQUIRE(d.size() == 4);  // a tetrahedron
    CHECK_THAT(d.front(), WithinAbs(std::sqrt(3.0) * 0.265 * 3.878, 1e-9));
}

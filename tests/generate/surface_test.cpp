#include "kamacite/generate/surface.hpp"

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/generate/distance.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using generate::Lattice;

namespace {

double area_of(Structure const& s) {
    return s.cell.rows().row(0).cross(s.cell.rows().row(1)).norm();
}

std::vector<double> levels_of(Structure const& s) {
    std::vector<double> levels;
    for (auto const& r : s.positions) levels.push_back(r.z());
    std::sort(levels.begin(), levels.end());
    levels.erase(std::unique(levels.begin(), levels.end(),
                             [](double p, double q) { return std::abs(p - q) < 1e-6; }),
                 levels.end());
    return levels;
}

}  // namespace

TEST_CASE("slabs have the area and the spacing of their plane", "[generate]") {
    struct Plane {
        Lattice lattice;
        char const* indices;
        double area;     // of the orthogonal cell, in units of a²
        double spacing;  // in units of a
        int atoms;       // per layer
    };
    auto const p =
        GENERATE(Plane{Lattice::bcc, "100", 1.0, 0.5, 1},
                 Plane{Lattice::bcc, "110", std::sqrt(2.0), std::sqrt(0.5), 2},
                 Plane{Lattice::bcc, "111", 2.0 * std::sqrt(3.0), std::sqrt(3.0) / 6.0, 2},
                 Plane{Lattice::bcc, "211", std::sqrt(1.5), 1.0 / std::sqrt(6.0), 1},
                 Plane{Lattice::bcc, "310", std::sqrt(10.0), 1.0 / std::sqrt(10.0), 2},
                 Plane{Lattice::fcc, "100", 0.5, 0.5, 1},
                 Plane{Lattice::fcc, "110", std::sqrt(0.5), std::sqrt(2.0) / 4.0, 1},
                 Plane{Lattice::fcc, "111", std::sqrt(3.0) / 2.0, std::sqrt(3.0) / 3.0, 2},
                 Plane{Lattice::sc, "111", 2.0 * std::sqrt(3.0), std::sqrt(3.0) / 3.0, 2});
    double const a = 2.9;
    int const layers = 7;
    CAPTURE(generate::name_of(p.lattice), p.indices);
    auto const s =
        generate::make_surface(p.lattice, a, {generate::plane_of(p.indices), layers, 11.0}, {26});

    CHECK(s.cell.periodic() == std::array<bool, 3>{true, true, false});
    CHECK_THAT(s.cell.rows().row(0).dot(s.cell.rows().row(1)), WithinAbs(0.0, 1e-9));
    double const per_atom = p.lattice == Lattice::bcc   ? 0.5
                            : p.lattice == Lattice::fcc ? 0.25
                                                        : 1.0;
    CHECK_THAT(area_of(s) * p.spacing * a / p.atoms, WithinRel(per_atom * a * a * a, 1e-9));
    CHECK(s.size() == layers * p.atoms);
    CHECK_THAT(area_of(s), WithinRel(p.area * a * a, 1e-9));
    auto const levels = levels_of(s);
    REQUIRE(levels.size() == layers);
    for (std::size_t i = 1; i < levels.size(); ++i)
        CHECK_THAT(levels[i] - levels[i - 1], WithinAbs(p.spacing * a, 1e-9));
    CHECK_THAT(s.cell.rows()(2, 2), WithinAbs(11.0 + (layers - 1) * p.spacing * a, 1e-9));
}

TEST_CASE("the inside of a slab is the bulk crystal", "[generate]") {
    auto const indices = GENERATE("100", "110", "111", "211", "321");
    auto const lattice = GENERATE(Lattice::bcc, Lattice::fcc, Lattice::diamond, Lattice::A15);
    double const a = lattice == Lattice::diamond || lattice == Lattice::A15 ? 5.0 : 3.2;
    CAPTURE(indices, generate::name_of(lattice));
    auto const s = generate::make_surface(lattice, a, {generate::plane_of(indices), 24, 8.0}, {26});
    auto const bulk =
        generate::make_lattice(lattice, {a, 1.0}, generate::CellChoice::primitive, {26});

    // Atoms near the middle have the distances that some atom of the crystal has, to the same
    // number.
    auto const shell = [](Structure const& t, std::size_t centre, std::array<int, 3> const& n) {
        std::vector<double> d;
        for (auto const& r : t.positions)
            for (int i = -n[0]; i <= n[0]; ++i)
                for (int j = -n[1]; j <= n[1]; ++j)
                    for (int k = -n[2]; k <= n[2]; ++k) {
                        double const x =
                            (r + t.cell.to_cartesian(Vec3(i, j, k)) - t.positions[centre]).norm();
                        if (x < 3.6) d.push_back(x);
                    }
        std::sort(d.begin(), d.end());
        return d;
    };
    std::size_t middle = 0;
    double const centre = 0.5 * s.cell.rows()(2, 2);
    for (std::size_t i = 0; i < s.positions.size(); ++i)
        if (std::abs(s.positions[i].z() - centre) < std::abs(s.positions[middle].z() - centre))
            middle = i;
    auto const inside = shell(s, middle, {6, 6, 0});
    bool found = false;
    for (std::size_t b = 0; b < bulk.positions.size(); ++b) {
        auto const expected = shell(bulk, b, {5, 5, 5});
        found |= expected.size() == inside.size() &&
                 std::equal(expected.begin(), expected.end(), inside.begin(),
                            [](double p, double q) { return std::abs(p - q) < 1e-6; });
    }
    CHECK(found);
    CHECK_FALSE(generate::too_close(s, {1.9}));
}

TEST_CASE("Miller indices are read from digits and from numbers", "[generate]") {
    CHECK(generate::plane_of("211") == std::array<int, 3>{2, 1, 1});
    CHECK(generate::plane_of("1 -1 0") == std::array<int, 3>{1, -1, 0});
    CHECK(generate::plane_of("10 1 0") == std::array<int, 3>{10, 1, 0});
    for (auto const* wrong : {"", "11", "000", "1 1", "abc", "1 1 0 0"})
        CHECK_THROWS_AS(generate::plane_of(wrong), InputError);
}

TEST_CASE("equivalent planes give the same slab", "[generate]") {
    auto const make = [](char const* plane) {
        return generate::make_surface(Lattice::bcc, 2.83, {generate::plane_of(plane), 6, 10.0},
                                      {26});
    };
    auto const expected = make("110");
    for (auto const* plane : {"1 -1 0", "0 1 1", "-1 0 -1", "2 2 0"}) {
        auto const s = make(plane);
        CHECK(s.size() == expected.size());
        CHECK_THAT(area_of(s), WithinRel(area_of(expected), 1e-9));
        CHECK_THAT(s.cell.volume(), WithinRel(expected.cell.volume(), 1e-9));
    }
}

TEST_CASE("slabs that cannot be cut are refused", "[generate]") {
    CHECK_THROWS_AS(generate::make_surface(Lattice::hcp, 2.5, {}, {26}), InputError);
    CHECK_THROWS_AS(generate::make_surface(Lattice::bcc, 2.8, {{1, 0, 0}, 0, 10.0}, {26}),
                    InputError);
    CHECK_THROWS_AS(generate::make_surface(Lattice::bcc, 2.8, {{1, 0, 0}, 4, 0.0}, {26}),
                    InputError);
}

#include "kamacite/generate/surface.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "kamacite/core/error.hpp"
#include "kamacite/generate/distance.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using generate::Lattice;
using generate::make_surface;
using generate::Shape;

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

/// Atoms of a plane per area, by atomic number.
using Density = std::map<int, double>;

/// An atomic plane: its height over the one below [Å], and its atoms.
struct Plane {
    double gap = 0.0;
    Density density;
};

/// One period of the atomic planes of a crystal along the normal of (hkl), by projecting all atoms
/// of a unit cell, which stand for all others, on it.
std::vector<Plane> projected(Lattice lattice, Shape const& shape, std::array<int, 3> const& hkl,
                             std::vector<int> const& elements) {
    auto const unit =
        generate::make_lattice(lattice, shape,
                               lattice == Lattice::hcp ? generate::CellChoice::primitive
                                                       : generate::CellChoice::conventional,
                               elements);
    Vec3 const reciprocal = unit.cell.rows().inverse() * Vec3(hkl[0], hkl[1], hkl[2]);
    double const period = 1.0 / reciprocal.norm();
    std::map<long, Density> levels;  // by height in millionths of the period
    for (std::size_t i = 0; i < unit.positions.size(); ++i) {
        double const height = unit.positions[i].dot(reciprocal);
        auto const level = std::lround(1e6 * (height - std::floor(height + 1e-7)));
        levels[level][unit.species[i]] += period / unit.cell.volume();
    }
    std::vector<Plane> planes;
    long below = levels.rbegin()->first - 1000000;
    for (auto const& [level, density] : levels) {
        planes.push_back({1e-6 * static_cast<double>(level - below) * period, density});
        below = level;
    }
    return planes;
}

std::vector<Plane> planes_of(Structure const& s) {
    auto const levels = levels_of(s);
    std::vector<Plane> planes;
    for (std::size_t k = 0; k < levels.size(); ++k) {
        Plane plane{k == 0 ? 0.0 : levels[k] - levels[k - 1], {}};
        for (std::size_t i = 0; i < s.positions.size(); ++i)
            if (std::abs(s.positions[i].z() - levels[k]) < 1e-6)
                plane.density[s.species[i]] += 1.0 / area_of(s);
        planes.push_back(plane);
    }
    return planes;
}

bool equal(Density const& p, Density const& q) {
    return std::equal(p.begin(), p.end(), q.begin(), q.end(), [](auto const& a, auto const& b) {
        return a.first == b.first && std::abs(a.second - b.second) < 1e-9;
    });
}

/// Whether the slab is the planes of the crystal from `start` on, and nothing else.
bool begins_at(std::vector<Plane> const& slab, std::vector<Plane> const& crystal,
               std::size_t start) {
    for (std::size_t k = 0; k < slab.size(); ++k) {
        auto const& expected = crystal[(start + k) % crystal.size()];
        if (!equal(slab[k].density, expected.density)) return false;
        if (k > 0 && std::abs(slab[k].gap - expected.gap) > 1e-5) return false;
    }
    return true;
}

struct Crystal {
    Lattice lattice;
    Shape shape;
    [[nodiscard]] std::vector<int> elements() const {
        return generate::n_elements(lattice) == 1 ? std::vector{26} : std::vector{26, 28};
    }
};

std::vector<Crystal> const crystals{
    {Lattice::bcc, {2.83}},     {Lattice::fcc, {3.6}},     {Lattice::hcp, {2.46, 1.58}},
    {Lattice::sc, {2.4}},       {Lattice::diamond, {4.3}}, {Lattice::A15, {4.5}},
    {Lattice::bct, {2.7, 1.2}}, {Lattice::B2, {2.85}},     {Lattice::L1_0, {3.6, 0.97}},
    {Lattice::L1_2, {3.6}},     {Lattice::D0_3, {5.7}}};

}  // namespace

TEST_CASE("a slab is the atomic planes of the crystal, one after the other", "[generate]") {
    auto const crystal = GENERATE(from_range(crystals));
    auto const* const indices =
        GENERATE("100", "001", "110", "1 -1 0", "111", "-1 1 2", "210", "311", "320");
    CAPTURE(generate::name_of(crystal.lattice), indices);
    auto const hkl = generate::plane_of(indices);
    auto const expected = projected(crystal.lattice, crystal.shape, hkl, crystal.elements());
    double widest = 0.0;
    for (auto const& plane : expected) widest = std::max(widest, plane.gap);

    int const terminations = generate::n_terminations(crystal.lattice, hkl);
    CHECK(static_cast<int>(expected.size()) % terminations == 0);
    for (int const layers : {2 * terminations + 1, 5}) {
        std::vector<bool> possible(expected.size(), true);  // as the place of termination 0
        for (int t = 0; t < terminations; ++t) {
            auto const s = make_surface(crystal.lattice, crystal.shape, {hkl, layers, t, 9.0},
                                        crystal.elements());
            auto const planes = planes_of(s);
            REQUIRE(static_cast<int>(planes.size()) == layers);
            for (std::size_t i = 0; i < expected.size(); ++i)
                possible[i] =
                    possible[i] && begins_at(planes, expected,
                                             (i + static_cast<std::size_t>(t)) % expected.size());
            CHECK_THAT(s.cell.rows()(2, 2),
                       WithinAbs(9.0 + levels_of(s).back() - levels_of(s).front(), 1e-9));
        }
        bool found = false;
        for (std::size_t i = 0; i < expected.size(); ++i)
            found |= possible[i] && expected[i].gap > widest - 1e-6;
        CHECK(found);
    }
}

TEST_CASE("ordered phases have the planes of the textbook", "[generate]") {
    struct Cut {
        Lattice lattice;
        char const* plane;
        int terminations;
        std::vector<std::string> formulas;  // upwards from termination 0
    };
    auto const cut =
        GENERATE(Cut{Lattice::B2, "110", 1, {"FeNi", "FeNi", "FeNi", "FeNi"}},
                 Cut{Lattice::B2, "100", 2, {"Fe", "Ni", "Fe", "Ni", "Fe"}},
                 Cut{Lattice::B2, "111", 2, {"Fe2", "Ni2", "Fe2", "Ni2"}},
                 Cut{Lattice::L1_2, "111", 1, {"Fe6Ni2", "Fe6Ni2", "Fe6Ni2"}},
                 Cut{Lattice::L1_2, "100", 2, {"FeNi", "Fe2", "FeNi"}},
                 Cut{Lattice::L1_0, "001", 2, {"Fe", "Ni", "Fe", "Ni"}},
                 Cut{Lattice::D0_3, "110", 1, {"Fe3Ni", "Fe3Ni"}},
                 Cut{Lattice::D0_3, "100", 2, {"FeNi", "Fe2", "FeNi"}},
                 // from an atom a bond up to the next plane, or three of them to the one below it
                 Cut{Lattice::diamond, "111", 2, {"Fe2", "Fe2", "Fe2"}},
                 Cut{Lattice::diamond, "110", 1, {"Fe2", "Fe2", "Fe2"}},
                 Cut{Lattice::hcp, "001", 2, {"Fe2", "Fe2"}});
    CAPTURE(generate::name_of(cut.lattice), cut.plane);
    auto const hkl = generate::plane_of(cut.plane);
    CHECK(generate::n_terminations(cut.lattice, hkl) == cut.terminations);
    Crystal const crystal{cut.lattice, {4.0, generate::ideal_ratio(cut.lattice)}};
    auto const s =
        make_surface(crystal.lattice, crystal.shape,
                     {hkl, static_cast<int>(cut.formulas.size()), 0, 9.0}, crystal.elements());
    std::size_t k = 0;
    for (double const level : levels_of(s)) {
        Structure plane{s.cell, {}, {}};
        for (std::size_t i = 0; i < s.positions.size(); ++i) {
            if (std::abs(s.positions[i].z() - level) > 1e-6) continue;
            plane.positions.push_back(s.positions[i]);
            plane.species.push_back(s.species[i]);
        }
        REQUIRE(k < cut.formulas.size());
        CHECK(formula_of(plane) == cut.formulas[k++]);
    }
    CHECK(k == cut.formulas.size());
}

TEST_CASE("diamond cleaves where one bond per atom is cut", "[generate]") {
    auto const s = make_surface(Lattice::diamond, {4.0}, {{1, 1, 1}, 4, 0, 9.0}, {14});
    auto const levels = levels_of(s);
    double const bilayer = 4.0 / std::sqrt(3.0) / 4.0;  // a quarter of the spacing of (111)
    CHECK_THAT(levels[1] - levels[0], WithinAbs(bilayer, 1e-9));
    CHECK_THAT(levels[2] - levels[1], WithinAbs(3.0 * bilayer, 1e-9));
}

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
        make_surface(p.lattice, {a}, {generate::plane_of(p.indices), layers, 0, 11.0}, {26});

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
    auto const crystal = GENERATE(from_range(crystals));
    auto const* const indices = GENERATE("100", "110", "111", "211", "321");
    CAPTURE(generate::name_of(crystal.lattice), indices);
    auto const hkl = generate::plane_of(indices);
    auto const bulk = generate::make_lattice(crystal.lattice, crystal.shape,
                                             generate::CellChoice::primitive, crystal.elements());
    int const layers = 24 * generate::n_terminations(crystal.lattice, hkl);
    auto const s =
        make_surface(crystal.lattice, crystal.shape, {hkl, layers, 0, 8.0}, crystal.elements());

    // The atom in the middle has the neighbours that an atom of its kind has in the crystal:
    // element, distance, number.
    using Neighbour = std::pair<int, long>;
    auto const shell = [](Structure const& t, std::size_t centre, std::array<int, 3> const& n) {
        std::vector<Neighbour> near;
        for (std::size_t j = 0; j < t.positions.size(); ++j)
            for (int a = -n[0]; a <= n[0]; ++a)
                for (int b = -n[1]; b <= n[1]; ++b)
                    for (int c = -n[2]; c <= n[2]; ++c) {
                        double const d = (t.positions[j] + t.cell.to_cartesian(Vec3(a, b, c)) -
                                          t.positions[centre])
                                             .norm();
                        if (d < 3.4) near.emplace_back(t.species[j], std::lround(1e5 * d));
                    }
        std::sort(near.begin(), near.end());
        return near;
    };
    std::size_t middle = 0;
    double const centre = 0.5 * s.cell.rows()(2, 2);
    for (std::size_t i = 0; i < s.positions.size(); ++i)
        if (std::abs(s.positions[i].z() - centre) < std::abs(s.positions[middle].z() - centre))
            middle = i;
    REQUIRE(levels_of(s).back() - levels_of(s).front() > 6.9);
    auto const inside = shell(s, middle, {6, 6, 0});
    bool found = false;
    for (std::size_t b = 0; b < bulk.positions.size(); ++b)
        found |= bulk.species[b] == s.species[middle] && shell(bulk, b, {5, 5, 5}) == inside;
    CHECK(found);
    CHECK_FALSE(generate::too_close(s, {1.8}));
}

TEST_CASE("Miller indices are read from digits and from numbers", "[generate]") {
    CHECK(generate::plane_of("211") == std::array<int, 3>{2, 1, 1});
    CHECK(generate::plane_of("1 -1 0") == std::array<int, 3>{1, -1, 0});
    CHECK(generate::plane_of("10 1 0") == std::array<int, 3>{10, 1, 0});
    for (auto const* wrong : {"", "11", "000", "1 1", "abc", "1 1 0 0", "123456789 1 7"})
        CHECK_THROWS_AS(generate::plane_of(wrong), InputError);
}

TEST_CASE("equivalent planes give the same slab", "[generate]") {
    auto const make = [](char const* plane) {
        return make_surface(Lattice::bcc, {2.83}, {generate::plane_of(plane), 6, 0, 10.0}, {26});
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
    auto const refused = [](generate::Slab const& slab) {
        CHECK_THROWS_AS(make_surface(Lattice::bcc, {2.8}, slab, {26}), InputError);
    };
    refused({{1, 0, 0}, 0, 0, 10.0});
    refused({{1, 0, 0}, 4, 0, 0.0});
    refused({{1, 0, 0}, 4, 1, 10.0});
    refused({{1, 0, 0}, 4, -1, 10.0});
}

TEST_CASE("planes of large indices are cut at once", "[generate]") {
    auto const s = make_surface(Lattice::bcc, {2.8}, {{301, -200, 77}, 3, 0, 10.0}, {26});
    double const length = Vec3(301, -200, 77).norm();  // 301 − 200 + 77 is even: not halved
    CHECK(s.size() % 3 == 0);
    CHECK_THAT(area_of(s) / (s.size() / 3), WithinRel(0.5 * 2.8 * 2.8 * length, 1e-9));
}

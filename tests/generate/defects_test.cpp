#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

#include "kamacite/core/error.hpp"
#include "kamacite/generate/distance.hpp"
#include "kamacite/generate/point_defects.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using generate::Arrangement;
using generate::CellChoice;
using generate::Lattice;
using generate::Site;

namespace {

constexpr double a = 2.83;

Structure crystal(Lattice lattice, double edge, CellChoice choice, int n) {
    return supercell(generate::make_lattice(lattice, {edge, 1.0}, choice, {26}), {n, n, n});
}

std::vector<double> distances_from(Structure const& s, Vec3 const& r) {
    std::vector<double> found;
    for (auto const& other : s.positions)
        found.push_back(generate::shortest_vector(s.cell, r, other).norm());
    std::sort(found.begin(), found.end());
    return found;
}

double smallest_distance(Structure const& s) {
    double smallest = 1e9;
    for (auto const& r : s.positions) smallest = std::min(smallest, distances_from(s, r)[1]);
    return smallest;
}

}  // namespace

TEST_CASE("the shortest vector is found in skewed cells", "[generate]") {
    Mat3 rows;
    rows << 3.0, 0.0, 0.0, 2.4, 2.0, 0.0, -1.9, 1.1, 4.0;
    Cell const cell{rows};
    for (unsigned i = 0; i < 50; ++i) {
        RandomStream random{3, "test", i};
        Vec3 const from = 5.0 * random.normal3();
        Vec3 const to = 5.0 * random.normal3();
        double best = 1e9;
        for (int p = -12; p <= 12; ++p)
            for (int q = -12; q <= 12; ++q)
                for (int r = -12; r <= 12; ++r)
                    best = std::min(best, (to - from + cell.to_cartesian(Vec3(p, q, r))).norm());
        CHECK_THAT(generate::shortest_vector(cell, from, to).norm(), WithinAbs(best, 1e-9));
    }
}

TEST_CASE("atoms and images that are too close are found", "[generate]") {
    generate::MinimumDistance const two{2.0};
    CHECK_FALSE(generate::too_close(crystal(Lattice::bcc, a, CellChoice::primitive, 1), two));
    auto const dense =
        generate::too_close(crystal(Lattice::bcc, 2.2, CellChoice::primitive, 1), two);
    REQUIRE(dense);
    CHECK(dense->first == dense->second);  // one atom and its image
    CHECK_THAT(dense->distance, WithinAbs(2.2 * std::sqrt(3.0) / 2.0, 1e-9));

    auto s = crystal(Lattice::bcc, a, CellChoice::conventional, 3);
    s.positions[17] += Vec3(0.5, 0.5, 0.5);
    auto const pair = generate::too_close(s, two);
    REQUIRE(pair);
    CHECK_THAT(pair->distance, WithinAbs(a * std::sqrt(3.0) / 2.0 - std::sqrt(0.75), 1e-9));
    CHECK((pair->first == 17 || pair->second == 17));
}

TEST_CASE("too-close atoms are found wherever they are", "[generate]") {
    // against all pairs and images, in skew cells, small and large, periodic or not
    RandomStream random{7, "too close", 0};
    int found = 0;
    for (int trial = 0; trial < 120; ++trial) {
        auto s = crystal(Lattice::fcc, 3.5, CellChoice::primitive, 1 + trial % 4);
        Mat3 rows = s.cell.rows();
        for (int k = 0; k < 9; ++k) rows(k / 3, k % 3) += 0.2 * (random.uniform() - 0.5);
        std::array const periodic{trial % 2 == 0, trial % 3 == 0, trial % 5 < 3};
        s.cell = Cell{rows, periodic};
        for (auto& r : s.positions)
            for (int k = 0; k < 3; ++k) r[k] += 0.6 * (random.uniform() - 0.5);
        std::optional<double> nearest;
        for (int i = 0; i < s.size(); ++i)
            for (int j = i; j < s.size(); ++j)
                for (int image = 0; image < 343; ++image) {
                    Vec3 const n(image / 49 - 3, image / 7 % 7 - 3, image % 7 - 3);
                    if (i == j && n == Vec3::Zero()) continue;
                    bool real = true;
                    for (int k = 0; k < 3; ++k)
                        real = real && (periodic[static_cast<std::size_t>(k)] || n[k] == 0.0);
                    double const d =
                        (s.positions[static_cast<std::size_t>(j)] -
                         s.positions[static_cast<std::size_t>(i)] + s.cell.to_cartesian(n))
                            .norm();
                    if (real && d < 2.0 && (!nearest || d < *nearest)) nearest = d;
                }
        auto const pair = generate::too_close(s, {2.0});
        REQUIRE(pair.has_value() == nearest.has_value());
        if (!pair) continue;
        ++found;
        if (*nearest > 1.0) CHECK_THAT(pair->distance, WithinAbs(*nearest, 1e-9));
    }
    CHECK(found > 30);
    CHECK(found < 110);

    auto same = crystal(Lattice::bcc, a, CellChoice::conventional, 2);
    same.positions.push_back(same.positions[3]);
    same.species.push_back(6);
    auto const pair = generate::too_close(same, {});
    REQUIRE(pair);
    CHECK(std::pair{pair->first, pair->second} == std::pair{3, 16});
}

TEST_CASE("a hundred thousand atoms are looked at in no time", "[generate]") {
    auto s = crystal(Lattice::bcc, a, CellChoice::conventional, 40);
    auto const start = std::chrono::steady_clock::now();
    CHECK_FALSE(generate::too_close(s, {}));
    s.positions.back() += Vec3(0.9, 0.9, 0.9);
    CHECK(generate::too_close(s, {}));
    // all pairs take minutes
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}

TEST_CASE("the default minimum is a part of the bond length", "[generate]") {
    generate::MinimumDistance const minimum;
    CHECK_THAT(minimum.of(26, 26), WithinAbs(0.7 * 2.32, 1e-12));
    CHECK_THAT(minimum.of(26, 6), WithinAbs(0.7 * 1.91, 1e-12));
    CHECK(minimum.of(26, 6) == minimum.of(6, 26));
}

TEST_CASE("holes have the neighbours of geometry", "[generate]") {
    struct Hole {
        Lattice lattice;
        double edge;
        Site site;
        double distance;  // in units of the edge
        int number;
    };
    auto const h = GENERATE(Hole{Lattice::bcc, 3.6, Site::octahedral, 0.5, 2},
                            Hole{Lattice::bcc, 3.6, Site::tetrahedral, std::sqrt(5.0) / 4.0, 4},
                            Hole{Lattice::fcc, 3.6, Site::octahedral, 0.5, 6},
                            Hole{Lattice::fcc, 3.6, Site::tetrahedral, std::sqrt(3.0) / 4.0, 4});
    auto const choice = GENERATE(CellChoice::primitive, CellChoice::conventional);
    auto const host = crystal(h.lattice, h.edge, choice, 4);
    for (unsigned i = 0; i < 10; ++i) {
        RandomStream random{1, "test", i};
        auto const s = generate::with_interstitial(
            host, generate::parent_of(h.lattice, {h.edge, 1.0}), h.site, 6, 0.0, {}, random);
        REQUIRE(s.size() == host.size() + 1);
        CHECK(s.species.back() == 6);
        auto const d = distances_from(s, s.positions.back());
        for (std::size_t j = 1; j <= static_cast<std::size_t>(h.number); ++j)
            CHECK_THAT(d[j], WithinAbs(h.distance * h.edge, 1e-9));
        CHECK(d[static_cast<std::size_t>(h.number) + 1] > h.distance * h.edge + 0.1);
    }
}

TEST_CASE("a dumbbell is a pair along its direction about a lattice point", "[generate]") {
    auto const site = GENERATE(Site::dumbbell_100, Site::dumbbell_110, Site::dumbbell_111);
    auto const host = crystal(Lattice::bcc, a, CellChoice::conventional, 4);
    auto const parent = generate::parent_of(Lattice::bcc, {a, 1.0});
    RandomStream random{2, "test", 5};
    auto const s = generate::with_interstitial(host, parent, site, 26, 2.0, {}, random);
    REQUIRE(s.size() == 129);
    Vec3 const end = s.positions.back();
    std::size_t partner = 0;
    double nearest = 1e9;
    Vec3 d = Vec3::Zero();
    for (std::size_t j = 0; j < 128; ++j) {
        if ((s.positions[j] - host.positions[j]).norm() < 1e-9) continue;
        Vec3 const to = generate::shortest_vector(s.cell, end, s.positions[j]);
        Vec3 const middle = end + 0.5 * to;
        double const off = generate::shortest_vector(s.cell, host.positions[j], middle).norm();
        if (off < nearest) {
            nearest = off;
            partner = j;
            d = to;
        }
    }
    CAPTURE(partner);
    CHECK(nearest < 1e-9);
    CHECK_THAT(d.norm(), WithinAbs(2.0, 1e-9));
    Vec3 digits = d.cwiseAbs() / d.cwiseAbs().maxCoeff();
    std::sort(digits.data(), digits.data() + 3);
    Vec3 const expected = site == Site::dumbbell_100   ? Vec3(0, 0, 1)
                          : site == Site::dumbbell_110 ? Vec3(0, 1, 1)
                                                       : Vec3(1, 1, 1);
    CHECK((digits - expected).norm() < 1e-9);
    CHECK_FALSE(generate::too_close(s, {}));
}

TEST_CASE("self-interstitials of every kind keep atoms apart", "[generate]") {
    auto const name = GENERATE("octahedral", "tetrahedral", "dumbbell_100", "dumbbell_110",
                               "dumbbell_111", "crowdion");
    auto const lattice = GENERATE(Lattice::bcc, Lattice::fcc);
    auto const choice = GENERATE(CellChoice::primitive, CellChoice::conventional);
    CAPTURE(name, generate::name_of(lattice));
    double const edge = lattice == Lattice::bcc ? a : 3.5;
    auto const host = crystal(lattice, edge, choice, choice == CellChoice::primitive ? 5 : 4);
    RandomStream random{2, "test", 1};
    auto const s = generate::with_interstitial(host, generate::parent_of(lattice, {edge, 1.0}),
                                               generate::site_of(name), 26, 0.0, {}, random);
    CHECK(s.size() == host.size() + 1);
    CHECK_FALSE(generate::too_close(s, {}));
    CHECK(smallest_distance(s) < 0.95 * edge);
}

TEST_CASE("a crowdion spreads along one row only", "[generate]") {
    auto const host = crystal(Lattice::bcc, a, CellChoice::conventional, 6);
    RandomStream random{9, "test", 1};
    auto const s = generate::with_interstitial(host, generate::parent_of(Lattice::bcc, {a, 1.0}),
                                               Site::crowdion, 26, 0.0, {}, random);
    int moved = 0;
    for (std::size_t i = 0; i < host.positions.size(); ++i) {
        Vec3 const u = s.positions[i] - host.positions[i];
        if (u.norm() < 1e-9) continue;
        ++moved;
        Vec3 const direction = u.cwiseAbs() / u.norm();
        CHECK((direction - Vec3::Constant(1.0 / std::sqrt(3.0))).norm() < 1e-9);
    }
    CHECK(moved == 12);  // a row of the 6 × 6 × 6 supercell
    double const b = a * std::sqrt(3.0) / 2.0;
    CHECK_THAT(distances_from(s, s.positions.back())[1],
               WithinAbs(0.5 * b + 0.5 * b * std::exp(-1.0 / 3.0), 1e-9));
}

TEST_CASE("vacancies take out as many atoms as asked for", "[generate]") {
    auto const host = crystal(Lattice::bcc, a, CellChoice::conventional, 3);
    for (int const n : {1, 2, 3, 10}) {
        RandomStream random{4, "test", static_cast<unsigned>(n)};
        auto const s =
            generate::with_vacancies(host, host.size(), {n, Arrangement::random, 1}, random);
        CHECK(s.size() == 54 - n);
    }
    RandomStream random{4, "test", 0};
    CHECK_THROWS_AS(generate::with_vacancies(host, 54, {54, Arrangement::random, 1}, random),
                    InputError);
    CHECK_THROWS_AS(generate::with_vacancies(host, 54, {2, Arrangement::cluster, 99}, random),
                    InputError);
}

TEST_CASE("the two vacancies of a divacancy lie in the shell asked for", "[generate]") {
    struct Shell {
        int number;
        double distance;  // in units of a, bcc
    };
    auto const shell =
        GENERATE(Shell{1, std::sqrt(3.0) / 2.0}, Shell{2, 1.0}, Shell{3, std::sqrt(2.0)});
    auto const host = crystal(Lattice::bcc, a, CellChoice::conventional, 4);
    RandomStream random{4, "test", 1};
    auto const s = generate::with_vacancies(host, host.size(),
                                            {2, Arrangement::cluster, shell.number}, random);
    std::vector<Vec3> holes;
    for (auto const& r : host.positions)
        if (std::none_of(s.positions.begin(), s.positions.end(),
                         [&](Vec3 const& p) { return (p - r).norm() < 1e-9; }))
            holes.push_back(r);
    REQUIRE(holes.size() == 2);
    CHECK_THAT(generate::shortest_vector(host.cell, holes[0], holes[1]).norm(),
               WithinAbs(shell.distance * a, 1e-9));
}

TEST_CASE("substitution keeps positions and makes exact numbers", "[generate]") {
    auto const host = crystal(Lattice::bcc, a, CellChoice::conventional, 3);
    RandomStream random{4, "test", 1};
    auto const s = generate::substituted(host, {{28, 13}, {6, 2}}, random);
    std::map<int, int> n;
    for (int const z : s.species) ++n[z];
    CHECK(n == std::map<int, int>{{6, 2}, {26, 39}, {28, 13}});
    CHECK(s.positions == host.positions);
    RandomStream other{4, "test", 2};
    CHECK(generate::substituted(host, {{28, 13}, {6, 2}}, other).species != s.species);
}

#include "kamacite/campaign/cut_out.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kamacite/core/random.hpp"
#include "kamacite/generate/displacement.hpp"
#include "kamacite/generate/lattice.hpp"
#include "kamacite/neighbours/neighbours.hpp"
#include "model/random_model.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::campaign;

namespace {

Structure crystal(generate::Lattice lattice, double a, std::array<int, 3> const& n,
                  std::vector<int> const& elements = {26}) {
    return supercell(generate::make_lattice(lattice, {a, generate::ideal_ratio(lattice)},
                                            generate::CellChoice::conventional, elements),
                     n);
}

Structure bcc(int n) {
    return crystal(generate::Lattice::bcc, 2.87, {n, n, n});
}

/// Lengths of all vectors from atom i to others within r, and between those: the surroundings up to
/// where they are and how they are turned.
std::vector<double> shape_around(Structure const& s, int i, double r) {
    auto const neighbours = find_neighbours(s, r);
    auto const of = neighbours.of(i);
    std::vector<double> lengths;
    for (int a = 0; a < of.size(); ++a) {
        lengths.push_back(of.distance[static_cast<std::size_t>(a)]);
        for (int b = 0; b < a; ++b) lengths.push_back((of.vector(a) - of.vector(b)).norm());
    }
    std::sort(lengths.begin(), lengths.end());
    return lengths;
}

void check_same_core(Structure const& large, int centre, CutOut const& cut, double r) {
    auto const before = shape_around(large, centre, r);
    auto const after = shape_around(cut.structure, 0, r);
    REQUIRE(before.size() == after.size());
    for (std::size_t k = 0; k < before.size(); ++k) REQUIRE(std::abs(before[k] - after[k]) < 1e-6);
    auto const elements = [r](Structure const& s, int i) {
        auto const neighbours = find_neighbours(s, r);
        std::vector<int> z;
        for (int const j : neighbours.of(i).atom) z.push_back(s.species[std::size_t(j)]);
        std::sort(z.begin(), z.end());
        return z;
    };
    CHECK(elements(large, centre) == elements(cut.structure, 0));
    REQUIRE(std::ssize(cut.origin) == cut.structure.size());
    CHECK(cut.origin[0] == centre);
    auto const at = [](std::vector<int> const& of, int i) { return of[std::size_t(i)]; };
    for (int i = 0; i < cut.structure.size(); ++i)
        REQUIRE(at(large.species, at(cut.origin, i)) == at(cut.structure.species, i));
}

double shortest(Structure const& s) {
    double least = 1e9;
    auto const neighbours = find_neighbours(s, 4.0);
    for (int i = 0; i < s.size(); ++i)
        for (double const d : neighbours.of(i).distance) least = std::min(least, d);
    return least;
}

/// Atoms placed at random, no two nearer than 1.9 Å, near the density of molten iron.
Structure disorder(double side, std::uint64_t seed) {
    Structure s{Cell{side * Mat3::Identity()}, {}, {}};
    RandomStream random{seed, "disorder", 0};
    int const wanted = static_cast<int>(0.07 * side * side * side);
    for (int tries = 0; s.size() < wanted && tries < 200000; ++tries) {
        Vec3 const r = side * Vec3(random.uniform(), random.uniform(), random.uniform());
        bool const free = std::none_of(s.positions.begin(), s.positions.end(), [&](Vec3 const& p) {
            Vec3 d = p - r;
            for (double& x : d) x -= side * std::round(x / side);
            return d.norm() < 1.9;
        });
        if (!free) continue;
        s.positions.push_back(r);
        s.species.push_back(26);
    }
    return s;
}

}  // namespace

TEST_CASE("perfect crystals give back perfect crystals", "[campaign]") {
    struct Case {
        generate::Lattice lattice;
        double a;
        std::array<int, 3> n;
        std::vector<int> elements;
    };
    for (auto const& [lattice, a, n, elements] :
         {Case{generate::Lattice::bcc, 2.87, {9, 9, 9}, {26}},
          Case{generate::Lattice::fcc, 3.6, {7, 7, 7}, {26}},
          Case{generate::Lattice::hcp, 2.45, {10, 6, 7}, {26}},
          Case{generate::Lattice::B2, 2.9, {9, 9, 9}, {26, 28}}}) {
        auto const large = crystal(lattice, a, n, elements);
        auto const cut = cut_out(large, 17, {5.0, 60});
        REQUIRE(cut);
        CAPTURE(static_cast<int>(lattice), cut->structure.size());
        CHECK(reasons_against(*cut, {}).empty());
        CHECK(cut->structure.size() <= 60);
        CHECK_THAT(cut->structure.size() / cut->structure.cell.volume(),
                   WithinRel(large.size() / large.cell.volume(), 1e-9));
        CHECK(cut->missing + cut->extra == 0);
        CHECK(cut->displacement < 1e-9);
        CHECK_THAT(cut->seam, WithinAbs(cut->usual_distance, 1e-6));
        auto const whole = shape_around(large, 17, 5.0);
        // every atom sees what every atom of the large one sees, well beyond the core
        check_same_core(large, 17, *cut, 7.0);
        for (int i = 0; i < cut->structure.size(); ++i) {
            auto const here = shape_around(cut->structure, i, 5.0);
            REQUIRE(here.size() == whole.size());
        }
    }
}

TEST_CASE("the core of a defect is kept, to the last neighbour", "[campaign]") {
    double const core = 5.2;
    auto large = bcc(10);
    RandomStream random{4, "heat", 0};
    large = generate::displaced(large, 0.08, random);
    int const centre = 10 * 10 * 2 * 5 + 20 * 5 + 10;
    auto const at = [&](int i) { return large.positions[static_cast<std::size_t>(i)]; };
    auto const nearest = [&](Vec3 const& r) {
        int best = -1;
        for (int i = 0; i < large.size(); ++i)
            if (i != centre && (best < 0 || (at(i) - r).norm() < (at(best) - r).norm())) best = i;
        return best;
    };
    SECTION("heat alone") {}
    SECTION("a vacancy beside it") {
        int const gone = nearest(at(centre));
        std::swap(large.positions[static_cast<std::size_t>(gone)], large.positions.back());
        large.positions.pop_back();
        large.species.pop_back();
    }
    SECTION("an interstitial beside it") {
        large.positions.push_back(at(centre) + Vec3(1.435, 1.435, 0.1));
        large.species.push_back(6);
    }
    auto const cut = cut_out(large, centre, {core, 128});
    REQUIRE(cut);
    for (auto const& reason : reasons_against(*cut, {})) FAIL(reason);
    CHECK(cut->structure.size() <= 128);
    CHECK(cut->kept == core);
    CHECK(std::abs(cut->density) < 0.02);
    CHECK(cut->seam > 0.75 * 2.48);
    check_same_core(large, centre, *cut, core);
    double const density = cut->structure.size() / cut->structure.cell.volume();
    CHECK_THAT(density, WithinRel(2.0 / std::pow(2.87, 3), 0.03));
}

TEST_CASE("a cell too small for the core is the best of its size, and tells", "[campaign]") {
    auto large = bcc(10);
    int const centre = 1110;
    // A neighbour at the edge of the core is missing: in 16 atoms its images are missing too.
    auto const lists = find_neighbours(large, 6.5);
    auto const of = lists.of(centre);
    auto const far = std::max_element(of.distance.begin(), of.distance.end());
    int const gone = of.atom[static_cast<std::size_t>(far - of.distance.begin())];
    large.positions[static_cast<std::size_t>(gone)] = large.positions.back();
    large.positions.pop_back();
    large.species.pop_back();
    auto const small = cut_out(large, centre, {6.5, 16});
    REQUIRE(small);
    CHECK(small->missing + small->extra > 0);
    CHECK(small->kept < 6.5);
    auto const larger = cut_out(large, centre, {6.5, 200});
    REQUIRE(larger);
    CHECK(larger->kept == 6.5);
    CHECK(larger->missing + larger->extra == 0);
    CHECK(reasons_against(*larger, {}).empty());
    CutOutLimits limits;
    limits.changed = 0.0;
    CHECK(reasons_against(*small, limits).size() >= 1);
}

TEST_CASE("atoms of another element are no neighbours kept", "[campaign]") {
    auto large = bcc(10);
    RandomStream random{12, "alloy", 0};
    for (int& z : large.species) z = random.uniform() < 0.5 ? 26 : 28;
    auto const cut = cut_out(large, 1110, {4.5, 128});
    REQUIRE(cut);
    CHECK(reasons_against(*cut, {}).empty());
    check_same_core(large, 1110, *cut, cut->kept);
    CHECK(cut->kept > 4.0);
    auto const small = cut_out(large, 1110, {6.5, 16});  // atoms where they were, but others
    REQUIRE(small);
    CHECK(small->missing > 0);
    CHECK(!reasons_against(*small, {}).empty());
}

TEST_CASE("around a screw dislocation the core is kept, and the seam has no atoms too close",
          "[campaign]") {
    auto large = bcc(12);
    Vec3 const axis = Vec3(1.0, 1.0, 1.0).normalized();
    Vec3 const e1 = Vec3(1.0, -1.0, 0.0).normalized(), e2 = axis.cross(e1);
    Vec3 const middle = large.cell.to_cartesian(Vec3(0.5, 0.5, 0.5)) + 0.6 * e1 + 0.5 * e2;
    double const burgers = 2.87 * std::sqrt(3.0) / 2.0;
    for (auto& r : large.positions) {
        double const angle = std::atan2((r - middle).dot(e2), (r - middle).dot(e1));
        r += burgers * angle / (2.0 * std::numbers::pi) * axis;
    }
    int centre = 0;
    for (int i = 1; i < large.size(); ++i)
        if ((large.positions[static_cast<std::size_t>(i)] - middle).norm() <
            (large.positions[static_cast<std::size_t>(centre)] - middle).norm())
            centre = i;
    auto const cut = cut_out(large, centre, {4.5, 135});
    REQUIRE(cut);
    CHECK(cut->kept == 4.5);
    CHECK(cut->seam >= 0.75 * cut->usual_distance);
    CHECK(std::abs(cut->density) < 0.06);
    check_same_core(large, centre, *cut, 4.5);
}

TEST_CASE("a cell of a melt has its core, its density and no atoms upon each other", "[campaign]") {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        auto const large = disorder(22.0, seed);
        auto const cut = cut_out(large, 0, {5.0, 110});
        REQUIRE(cut);
        CAPTURE(seed, cut->structure.size(), cut->density, cut->seam, cut->usual_distance);
        for (auto const& reason : reasons_against(*cut, {})) FAIL(reason);
        CHECK(cut->kept == 5.0);
        check_same_core(large, 0, *cut, 5.0);
        CHECK_THAT(cut->structure.size() / cut->structure.cell.volume(),
                   WithinRel(large.size() / large.cell.volume(), 0.08));
        CHECK(shortest(cut->structure) >= std::min(shortest(large), cut->seam) - 1e-9);
    }
}

TEST_CASE("a model gives the atom the same energy in the cell", "[campaign]") {
    auto const model = test::random_model({26}, 5);
    auto large = bcc(9);
    RandomStream random{6, "heat", 0};
    large = generate::displaced(large, 0.15, random);
    int const centre = 700;
    auto const cut = cut_out(large, centre, {model.cutoff(), 100});
    REQUIRE(cut);
    REQUIRE(cut->kept == model.cutoff());
    auto const before = model.predict(large, find_neighbours(large, model.cutoff()));
    auto const after =
        model.predict(cut->structure, find_neighbours(cut->structure, model.cutoff()));
    CHECK_THAT(after.energies[0], WithinAbs(before.energies[centre], 1e-9));
    CHECK((after.forces[0] - before.forces[centre]).norm() < 0.1 * before.forces[centre].norm());
}

TEST_CASE("where no cell can be made there is none", "[campaign]") {
    Structure const pair{Cell{20.0 * Mat3::Identity()}, {26, 26}, {Vec3::Zero(), Vec3(9, 9, 9)}};
    CHECK(!cut_out(pair, 0, {5.0, 100}));
    CutOut const bad{.structure = pair,
                     .neighbours = 10,
                     .missing = 3,
                     .displacement = 0.3,
                     .density = -0.1,
                     .seam = 1.0,
                     .usual_distance = 2.5};
    CHECK(reasons_against(bad, {}).size() == 4);
}

#include "kamacite/dynamics/local_structure.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "kamacite/core/random.hpp"
#include "kamacite/generate/lattice.hpp"
#include "kamacite/neighbours/of_first.hpp"
#include "support/blocks.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::dynamics;
using generate::Lattice;

namespace {

Structure crystal(Lattice lattice, double a, int n) {
    double const ratio = generate::ideal_ratio(lattice);
    return supercell(
        generate::make_lattice(lattice, {a, ratio}, generate::CellChoice::conventional, {26}),
        {n, n, n});
}

/// Moves every atom by normal numbers: rms its length.
Structure rattled(Structure s, double rms, std::uint64_t seed) {
    for (std::size_t i = 0; i < s.positions.size(); ++i) {
        RandomStream random{seed, "heat", i};
        s.positions[i] += rms / std::numbers::sqrt3 * random.normal3();
    }
    return s;
}

std::vector<LocalStructure> classes_of(Structure const& s, double reach) {
    return local_structures(find_neighbours(s, reach));
}

double share(std::vector<LocalStructure> const& classes, LocalStructure which) {
    return static_cast<double>(std::ranges::count(classes, which)) /
           static_cast<double>(classes.size());
}

/// Of all ranks together.
LocalStructureCounts counts_of(Structure const& s, double reach = 5.5) {
    domain::Domain const d{test::world(), s.cell, test::block_of(test::world(), s), reach, 0.4};
    return count_local_structures(test::world(), d, reach);
}

LocalStructureCounts only(LocalStructure which, long long n) {
    LocalStructureCounts counts{};
    counts[static_cast<std::size_t>(which)] = n;
    return counts;
}

/// An atom in the middle of the twelve corners of an icosahedron.
Structure icosahedron(double edge) {
    std::vector<Vec3> r{Vec3::Zero()};
    for (double const x : {-1.0, 1.0})
        for (double const y : {-1.0, 1.0})
            for (int k = 0; k < 3; ++k) {
                Vec3 corner = Vec3::Zero();
                corner[k] = x;
                corner[(k + 1) % 3] = y * std::numbers::phi;
                r.emplace_back(0.5 * edge * corner);
            }
    return {Cell::around(r), std::vector<int>(r.size(), 26), r};
}

}  // namespace

TEST_CASE("perfect crystals are what they are, at any density", "[dynamics]") {
    double const scale = GENERATE(0.9, 1.0, 1.1);
    CAPTURE(scale);
    CHECK(counts_of(crystal(Lattice::bcc, 2.87 * scale, 4)) == only(LocalStructure::bcc, 128));
    CHECK(counts_of(crystal(Lattice::fcc, 3.65 * scale, 3)) == only(LocalStructure::fcc, 108));
    CHECK(counts_of(crystal(Lattice::hcp, 2.55 * scale, 4)) == only(LocalStructure::hcp, 256));
    CHECK(counts_of(crystal(Lattice::sc, 2.5 * scale, 5)) == only(LocalStructure::other, 125));
    CHECK(counts_of(crystal(Lattice::diamond, 5.4 * scale, 2)) == only(LocalStructure::other, 64));
}

TEST_CASE("the middle of an icosahedron is seen, whatever is about it", "[dynamics]") {
    auto s = icosahedron(2.6);
    CHECK(local_structure(find_neighbours(s, 6.0).of(0)) == LocalStructure::icosahedral);
    CHECK(share(classes_of(s, 6.0), LocalStructure::other) > 0.9);  // the corners
    for (int k = 0; k < 20; ++k) {                                  // farther atoms do not matter
        RandomStream random{7, "far", static_cast<std::uint64_t>(k)};
        Vec3 const direction = random.normal3().normalized();
        s.positions.emplace_back((4.0 + random.uniform()) * direction);
        s.species.push_back(26);
    }
    CHECK(local_structure(find_neighbours_of_first(s, 6.0, 1).of(0)) ==
          LocalStructure::icosahedral);
}

TEST_CASE("a stacking fault of fcc is hcp", "[dynamics]") {
    // close-packed layers ABCABCBCABC…: the two layers beside the fault are hcp
    double const d = 2.55;
    std::string const layers = "ABCABCBCABCA";
    Mat3 rows;
    rows << d, 0.0, 0.0, 0.5 * d, 0.5 * std::numbers::sqrt3 * d, 0.0, 0.0, 0.0,
        static_cast<double>(layers.size()) * d * std::sqrt(2.0 / 3.0);
    Structure s{Cell{rows, {true, true, false}}, {}, {}};
    for (std::size_t k = 0; k < layers.size(); ++k) {
        double const shift = static_cast<double>(layers[k] - 'A') / 3.0;
        s.positions.push_back(s.cell.to_cartesian(
            Vec3(shift, shift, static_cast<double>(k) / static_cast<double>(layers.size()))));
        s.species.push_back(26);
    }
    auto const classes = classes_of(s, 4.5);
    using enum LocalStructure;
    CHECK(classes == std::vector{other, fcc, fcc, fcc, fcc, hcp, hcp, fcc, fcc, fcc, fcc, other});
}

TEST_CASE("thermal motion leaves bcc bcc", "[dynamics]") {
    auto const s = crystal(Lattice::bcc, 2.87, 8);
    std::uint64_t const seed = GENERATE(1U, 2U);
    auto const warm = classes_of(rattled(s, 0.05 * 2.87, seed), 5.0);
    auto const hot = classes_of(rattled(s, 0.05 * std::numbers::sqrt3 * 2.87, seed), 5.0);
    CAPTURE(share(warm, LocalStructure::bcc), share(hot, LocalStructure::bcc));
    CHECK(share(warm, LocalStructure::bcc) > 0.995);
    CHECK(share(hot, LocalStructure::bcc) > 0.9);  // 95 % of many atoms
    CHECK(share(hot, LocalStructure::bcc) + share(hot, LocalStructure::other) > 0.995);
}

TEST_CASE("thermal motion leaves close packing what it is", "[dynamics]") {
    auto const fcc = classes_of(rattled(crystal(Lattice::fcc, 3.65, 6), 0.035 * 3.65, 3), 5.5);
    auto const hcp = classes_of(rattled(crystal(Lattice::hcp, 2.58, 6), 0.05 * 2.58, 4), 5.5);
    CAPTURE(share(fcc, LocalStructure::fcc), share(hcp, LocalStructure::hcp));
    CHECK(share(fcc, LocalStructure::fcc) > 0.95);
    CHECK(share(hcp, LocalStructure::hcp) > 0.95);
}

TEST_CASE("strained bcc is bcc", "[dynamics]") {
    Mat3 strain = Mat3::Zero();
    SECTION("tetragonal") {
        strain.diagonal() << -0.025, -0.025, 0.05;
    }
    SECTION("sheared") {
        strain(0, 1) = strain(1, 0) = 0.03;
    }
    SECTION("in one direction") {
        strain(0, 0) = 0.04;
    }
    CHECK(counts_of(strained(crystal(Lattice::bcc, 2.87, 4), strain)) ==
          only(LocalStructure::bcc, 128));
}

TEST_CASE("the atoms beside a vacancy are none, the others bcc", "[dynamics]") {
    auto s = crystal(Lattice::bcc, 2.87, 5);
    s.positions.erase(s.positions.begin() + 31);
    s.species.erase(s.species.begin() + 31);
    auto expected = only(LocalStructure::bcc, 249 - 14);
    expected[0] = 14;
    CHECK(counts_of(s) == expected);
}

TEST_CASE("atoms without order are other", "[dynamics]") {
    RandomStream random{3, "liquid", 0};
    Structure s{Cell{25.0 * Mat3::Identity()}, {}, {}};
    while (s.size() < 900) {  // no two nearer than 1.7 Å: hard spheres without order
        Vec3 const r = 25.0 * Vec3(random.uniform(), random.uniform(), random.uniform());
        bool const free = std::ranges::none_of(s.positions, [&](Vec3 const& other) {
            Vec3 u = (r - other) / 25.0;
            u.array() -= u.array().round();
            return 25.0 * u.norm() < 1.7;
        });
        if (!free) continue;
        s.positions.push_back(r);
        s.species.push_back(26);
    }
    auto const counts = counts_of(s);
    CHECK(counts[0] > 890);
    CHECK(std::accumulate(counts.begin(), counts.end(), 0LL) == 900);
}

TEST_CASE("the order of atoms does not matter, nor do ties", "[dynamics]") {
    // crystals with defects, where many atoms are equally far
    auto s = crystal(GENERATE(Lattice::bcc, Lattice::fcc, Lattice::sc, Lattice::A15), 3.2, 3);
    for (int const hole : {20, 11, 2}) {
        s.positions.erase(s.positions.begin() + hole);
        s.species.erase(s.species.begin() + hole);
    }
    auto const before = classes_of(s, 6.0);
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        RandomStream random{seed, "order", 0};
        auto const order = permutation(s.size(), random);
        Structure other{s.cell, s.species, {}};
        Vec3 const shift = 10.0 * random.normal3();  // other rounding
        for (int const i : order)
            other.positions.emplace_back(s.positions[static_cast<std::size_t>(i)] + shift);
        auto const after = classes_of(other, 6.0);
        for (std::size_t k = 0; k < order.size(); ++k)
            CHECK(after[k] == before[static_cast<std::size_t>(order[k])]);
    }
}

TEST_CASE("a shell whose end is not clear is none", "[dynamics]") {
    // a perfect shell about an atom, and one more atom as far as the last of it
    bool const packed = GENERATE(true, false);
    auto const s = crystal(packed ? Lattice::fcc : Lattice::bcc, packed ? 3.65 : 2.87, 3);
    auto const perfect = find_neighbours(s, packed ? 3.0 : 3.2);
    auto const shell = perfect.of(0);
    REQUIRE(shell.size() == (packed ? 12 : 14));
    std::vector<Vec3> around;
    for (int k = 0; k < shell.size(); ++k) around.push_back(shell.vector(k));
    Vec3 const along = packed ? Vec3(1.0, 0.0, 0.0) : Vec3(1.0, 1.0, 0.0).normalized();
    double const farthest = *std::ranges::max_element(shell.distance);
    for (double const excess : {0.0, 1e-15, -1e-15, 1e-9, 1e-3}) {
        auto all = around;
        all.emplace_back((1.0 + excess) * farthest * along);
        for (std::size_t first = 0; first < all.size(); ++first) {
            Neighbours lists;
            for (std::size_t k = 0; k < all.size(); ++k)
                lists.add(0, all[(first + k) % all.size()]);
            lists.close_atom();
            auto const found = local_structure(lists.of(0));
            if (excess < 1e-6)
                CHECK(found == LocalStructure::other);
            else
                CHECK(found == (packed ? LocalStructure::fcc : LocalStructure::bcc));
        }
    }
}

TEST_CASE("ranks together count what one rank does", "[dynamics]") {
    auto const s = rattled(crystal(Lattice::bcc, 2.87, 6), 0.3, 9);  // hot: some of several kinds
    auto const classes = classes_of(s, 5.9);
    LocalStructureCounts expected{};
    for (auto const c : classes) ++expected[static_cast<std::size_t>(c)];
    CHECK(expected[0] > 20);
    CHECK(expected[1] > 20);
    CHECK(counts_of(s) == expected);
}

TEST_CASE("few atoms are other, and every class has a name", "[dynamics]") {
    Structure const two{Cell{20.0 * Mat3::Identity()}, {26, 26}, {Vec3::Zero(), Vec3(2, 0, 0)}};
    CHECK(counts_of(two) == only(LocalStructure::other, 2));
    CHECK(name_of(LocalStructure::other) == "other");
    CHECK(name_of(LocalStructure::bcc) == "bcc");
    CHECK(name_of(LocalStructure::icosahedral) == "icosahedral");
}

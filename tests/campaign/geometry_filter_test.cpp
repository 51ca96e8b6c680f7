#include "kamacite/campaign/geometry_filter.hpp"

#include "campaign/contains.hpp"
#include "kamacite/generate/distance.hpp"
#include "kamacite/generate/lattice.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using namespace kamacite::campaign;

namespace {

Structure bcc(std::array<int, 3> const& n = {3, 3, 3}) {
    return supercell(generate::make_lattice(generate::Lattice::bcc, {2.87, 1.0},
                                            generate::CellChoice::conventional, {26}),
                     n);
}

std::string reasons(Structure const& s, GeometryLimits const& limits = {}) {
    std::string all;
    for (auto const& reason : reasons_against(s, limits)) all += reason + "\n";
    return all;
}

}  // namespace

TEST_CASE("sound structures pass, in any cell", "[campaign]") {
    CHECK(reasons(bcc()).empty());
    CHECK(reasons(bcc({1, 1, 1})).empty());
    CHECK(reasons(generate::make_lattice(generate::Lattice::fcc, {3.6, 1.0},
                                         generate::CellChoice::primitive, {26}))
              .empty());
    CHECK(reasons(test::rattled_bcc(3, 1)).empty());
    auto with_vacancy = bcc();
    with_vacancy.positions.erase(with_vacancy.positions.begin() + 7);
    with_vacancy.species.pop_back();
    CHECK(reasons(with_vacancy).empty());
}

TEST_CASE("atoms too close are named with their distance, per pair of elements", "[campaign]") {
    auto s = bcc();
    s.positions[5] = s.positions[4] + Vec3(1.2, 0.0, 0.0);
    CHECK(test::contains(reasons(s), "Fe4 and Fe5 are 1.2 Å apart"));
    // Given limits go before radii, and hold for their pair alone, in either order.
    GeometryLimits limits;
    limits.distances[{26, 26}] = 1.0;
    s.positions[5] = bcc().positions[5];
    CHECK(reasons(s, limits).empty());
    limits.distances[{26, 26}] = 2.6;
    CHECK(test::contains(reasons(s, limits), "2.49 Å apart (below 2.6 Å)"));
    limits.distances = {{{26, 6}, 1.9}};
    s.species[5] = 6;
    s.positions[5] = s.positions[4] + Vec3(1.85, 0.0, 0.0);
    CHECK(limits.distance(6, 26) == 1.9);
    CHECK(test::contains(reasons(s, limits), "Å apart (below 1.9 Å)"));
    s.positions[5] = s.positions[4];  // on one point
    CHECK(test::contains(reasons(s), "apart"));
}

TEST_CASE("the nearest pair found is that of all pairs", "[campaign]") {
    for (unsigned seed = 1; seed <= 5; ++seed) {
        auto const s = test::rattled_bcc(3, seed, 0.6);
        double nearest = 1e9;
        for (int i = 0; i < s.size(); ++i)
            for (int j = 0; j < i; ++j)
                nearest = std::min(
                    nearest,
                    generate::shortest_vector(s.cell, s.positions[i], s.positions[j]).norm());
        GeometryLimits limits;
        limits.distances[{26, 26}] = nearest * (1.0 - 1e-9);
        CHECK(reasons(s, limits).empty());
        limits.distances[{26, 26}] = nearest * (1.0 + 1e-9);
        CHECK(reasons_against(s, limits).size() == 1);
    }
}

TEST_CASE("cells that no calculation should see are refused", "[campaign]") {
    auto const crystal = bcc({1, 1, 1});
    CHECK(test::contains(reasons(strained(crystal, -0.3 * Mat3::Identity())), "Å³/atom"));
    CHECK(test::contains(reasons(strained(crystal, 1.0 * Mat3::Identity())), "Å³/atom"));
    Mat3 shear = Mat3::Zero();
    shear(0, 1) = 12.0;
    CHECK(test::contains(reasons(strained(crystal, shear)), "skew"));
    CHECK(test::contains(reasons(bcc({1, 1, 21})), "long"));
    GeometryLimits limits;
    limits.most_atoms = 53;
    CHECK(test::contains(reasons(bcc(), limits), "54 atoms (at most 53)"));
}

TEST_CASE("an atom that is alone is refused, a crystal with a surface not", "[campaign]") {
    auto s = bcc();
    Mat3 rows = s.cell.rows();
    rows(2, 2) += 12.0;
    Structure slab{Cell{rows}, s.species, s.positions};
    CHECK(reasons(slab).empty());
    slab.species.push_back(26);
    slab.positions.push_back({0.0, 0.0, 8.61 + 4.7});
    CHECK(test::contains(reasons(slab), "1 atoms have no neighbour, Fe54"));
    slab.positions.back().z() = std::nan("");
    CHECK(reasons_against(slab, {}).size() == 1);
}

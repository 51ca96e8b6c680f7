#include "kamacite/dynamics/bond_order.hpp"

#include <cmath>

#include "kamacite/core/random.hpp"
#include "kamacite/generate/lattice.hpp"
#include "support/blocks.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::dynamics;
using generate::Lattice;

namespace {

Structure crystal(Lattice lattice, double a, int n = 3) {
    return supercell(generate::make_lattice(lattice, {a, generate::ideal_ratio(lattice)},
                                            generate::CellChoice::conventional, {26}),
                     {n, n, n});
}

struct Case {
    Lattice lattice;
    double a, cutoff;
    int neighbours;
    double q4, q6;
};

BondOrder mean_of(Structure const& s, double cutoff) {
    domain::Domain const d{test::world(), s.cell, test::block_of(test::world(), s), 3.0, 0.2};
    return mean_bond_order(test::world(), d, cutoff);
}

/// By the addition theorem: q_l² = 1/N² Σ_jk P_l(cos of the angle between them).
double by_angles(NeighboursOfAtom const& of, unsigned l) {
    double sum = 0.0;
    for (int j = 0; j < of.size(); ++j)
        for (int k = 0; k < of.size(); ++k)
            sum += std::legendre(
                l, std::clamp(of.vector(j).normalized().dot(of.vector(k).normalized()), -1.0, 1.0));
    return std::sqrt(sum) / of.size();
}

}  // namespace

TEST_CASE("crystals have the published bond order", "[dynamics]") {
    // Mickel, Kapfer, Schröder-Turk, Mecke, J. Chem. Phys. 138, 044501 (2013)
    auto const c = GENERATE(Case{Lattice::bcc, 2.87, 3.4, 14, 0.036, 0.511},
                            Case{Lattice::fcc, 3.65, 3.1, 12, 0.191, 0.575},
                            Case{Lattice::hcp, 2.58, 3.0, 12, 0.097, 0.485},
                            Case{Lattice::sc, 2.5, 3.0, 6, 0.764, 0.354});
    CAPTURE(c.q4, c.q6);
    auto const s = crystal(c.lattice, c.a);
    auto const lists = find_neighbours(s, c.cutoff);
    REQUIRE(lists.of(0).size() == c.neighbours);
    CHECK_THAT(bond_order(lists.of(0), 4), WithinAbs(c.q4, 6e-4));
    CHECK_THAT(bond_order(lists.of(0), 6), WithinAbs(c.q6, 6e-4));
    // in a perfect crystal the mean over the neighbours is the same
    auto const mean = mean_of(s, c.cutoff);
    CHECK_THAT(mean.q4, WithinAbs(bond_order(lists.of(0), 4), 1e-10));
    CHECK_THAT(mean.q6, WithinAbs(bond_order(lists.of(0), 6), 1e-10));
}

TEST_CASE("bond order is a sum over angles, however the crystal is turned", "[dynamics]") {
    auto s = test::rattled_bcc(3, 4, 0.3);
    auto const lists = find_neighbours(s, 3.6);
    Mat3 const turn = Eigen::Quaterniond{0.3, -0.5, 0.7, 0.1}.normalized().toRotationMatrix();
    auto const turned = find_neighbours(strained(s, turn - Mat3::Identity()), 3.6);
    auto const before = averaged_bond_order(lists, 6, s.size());
    auto const after = averaged_bond_order(turned, 6, s.size());
    for (int i = 0; i < s.size(); ++i)
        for (int const l : {1, 4, 6, 9}) {
            CHECK_THAT(bond_order(lists.of(i), l),
                       WithinAbs(by_angles(lists.of(i), static_cast<unsigned>(l)), 1e-9));
            CHECK_THAT(bond_order(turned.of(i), l), WithinAbs(bond_order(lists.of(i), l), 1e-9));
            auto const k = static_cast<std::size_t>(i);
            CHECK_THAT(after[k], WithinAbs(before[k], 1e-9));
        }
}

TEST_CASE("the mean over neighbours is a sum over all their bonds", "[dynamics]") {
    auto const s = test::rattled_bcc(2, 5, 0.2);
    auto const lists = find_neighbours(s, 3.3);
    auto const found = averaged_bond_order(lists, 6, 1);
    REQUIRE(found.size() == 1);
    std::vector<Vec3> bonds;  // of the atom and of its neighbours, each with its weight
    std::vector<double> weights;
    auto const add = [&](int i) {
        auto const of = lists.of(i);
        for (int k = 0; k < of.size(); ++k) {
            bonds.push_back(of.vector(k).normalized());
            weights.push_back(1.0 / of.size());
        }
    };
    add(0);
    for (int const j : lists.of(0).atom) add(j);
    double sum = 0.0;
    for (std::size_t j = 0; j < bonds.size(); ++j)
        for (std::size_t k = 0; k < bonds.size(); ++k)
            sum += weights[j] * weights[k] *
                   std::legendre(6, std::clamp(bonds[j].dot(bonds[k]), -1.0, 1.0));
    CHECK_THAT(found.front(), WithinAbs(std::sqrt(sum) / (1 + lists.of(0).size()), 1e-9));
}

TEST_CASE("ranks together have the mean bond order of one", "[dynamics]") {
    auto const s = test::rattled_bcc(GENERATE(1, 4), 6, 0.3);
    auto const lists = find_neighbours(s, 3.5);
    double q4 = 0.0, q6 = 0.0;
    for (double const q : averaged_bond_order(lists, 4, s.size())) q4 += q / s.size();
    for (double const q : averaged_bond_order(lists, 6, s.size())) q6 += q / s.size();
    auto const mean = mean_of(s, 3.5);
    CHECK_THAT(mean.q4, WithinAbs(q4, 1e-9));
    CHECK_THAT(mean.q6, WithinAbs(q6, 1e-9));
}

TEST_CASE("an atom alone has no bond order", "[dynamics]") {
    Structure const s{Cell{20.0 * Mat3::Identity()}, {26}, {Vec3::Zero()}};
    CHECK(mean_of(s, 3.5).q6 == 0.0);
}

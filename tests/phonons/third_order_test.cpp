#include "kamacite/phonons/third_order.hpp"

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/phonons/phono3py_files.hpp"
#include "phonons/crystals.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::phonons;
using generate::Lattice;

namespace {

LennardJones const near_pairs{{0.5, 2.2, 2.9, 3.6}};  // its force constants end before the cutoff

ThirdOrder third_order(ThirdOrderPlan const& plan) {
    return solve_third_order(plan, compute_forces(test::world(), force_jobs(plan, near_pairs)));
}

}  // namespace

TEST_CASE("third-order constants are third derivatives of the energy", "[phonons]") {
    auto const lattice = GENERATE(Lattice::fcc, Lattice::hcp);
    double const volume = test::volume_at_rest(near_pairs, lattice, 26, 7.0, 13.0);
    auto const unit = properties::perfect_lattice(lattice, 26, volume);
    auto const plan =
        plan_third_order(unit, supercell_matrix(unit, find_space_group(unit), 11.0), 3.6, 1e-3);
    CAPTURE(generate::name_of(lattice), plan.supercell.size(), plan.pairs.size());
    auto const third = third_order(plan);
    CHECK(third.sum < 1e-8);
    CHECK(third.asymmetry.exchange < 0.1);
    CHECK(third.asymmetry.sum < 0.05);
    auto const& s = plan.supercell;
    auto const energy = [&](Structure const& x) {
        return near_pairs.predict(x, find_neighbours(x, near_pairs.cutoff())).energy();
    };
    double largest = 0.0;
    for (auto const& t : third.triples)
        largest = std::max(largest, t.constants.cwiseAbs().maxCoeff());
    CHECK(largest > 1.0);
    auto const array = phono3py_third_order(third);  // its rows begin at the atoms of the map
    auto const map = phono3py_map(s);
    for (std::size_t n = 0; n < third.triples.size(); n += third.triples.size() / 8 + 1) {
        auto const& t = third.triples[n];
        for (double const h : {0.02, 0.01})
            for (int const abc : {0, 5, 13, 22, 26}) {
                double difference = 0.0;
                for (int signs = 0; signs < 8; ++signs) {
                    auto moved = s.structure();
                    double product = 1.0;
                    int const atoms[] = {map[std::size_t(t.i)], t.j, t.k};
                    int const axes[] = {abc / 9, abc / 3 % 3, abc % 3};
                    for (int m = 0; m < 3; ++m) {
                        double const sign = (signs >> m & 1) != 0 ? 1.0 : -1.0;
                        moved.positions[std::size_t(atoms[m])](axes[m]) += sign * h;
                        product *= sign;
                    }
                    difference += product * energy(moved) / (8.0 * h * h * h);
                }
                CHECK_THAT(t.constants(abc), WithinAbs(difference, 4000.0 * h * h + 0.02));
                auto const at = (t.i * s.size() + t.j) * s.size() + t.k;
                CHECK(array[std::size_t(27 * at + abc)] == t.constants(abc));
            }
    }
}

TEST_CASE("a strained crystal's force constants follow from the third order", "[phonons]") {
    // ∂Φ_ij/∂ε = Σ_k Φ_ijk r_k: another route to the same derivative, here for a dilation.
    double const volume = test::volume_at_rest(near_pairs, Lattice::fcc, 26, 7.0, 13.0);
    auto const unit = properties::perfect_lattice(Lattice::fcc, 26, volume);
    auto const matrix = supercell_matrix(unit, find_space_group(unit), 11.0);
    auto const third = third_order(plan_third_order(unit, matrix, 3.6, 1e-3));
    double const e = 1e-3;
    auto const at = [&](double strain) {
        return force_constants(test::world(), near_pairs, strained(unit, strain * Mat3::Identity()),
                               matrix, 1e-3);
    };
    auto const larger = at(e), smaller = at(-e);
    std::vector<Mat3> slopes(larger.blocks.size(), Mat3::Zero());
    for (auto const& t : third.triples) {
        Vec3 const r = unit.cell.to_cartesian(nearest_images(third.supercell, t.i, t.k).front());
        for (int a = 0; a < 3; ++a)
            for (int b = 0; b < 3; ++b)
                for (int c = 0; c < 3; ++c)
                    slopes[std::size_t(t.j)](a, b) += t.constants(9 * a + 3 * b + c) * r(c);
    }
    double largest = 0.0;
    for (std::size_t j = 0; j < slopes.size(); ++j) {
        Mat3 const wanted = (larger.blocks[j] - smaller.blocks[j]) / (2.0 * e);
        largest = std::max(largest, wanted.cwiseAbs().maxCoeff());
        CHECK((slopes[j] - wanted).cwiseAbs().maxCoeff() < 0.3);
    }
    CHECK(largest > 30.0);
}

TEST_CASE("a cutoff too long for the supercell is refused", "[phonons]") {
    auto const unit = properties::perfect_lattice(Lattice::fcc, 26, 9.8);
    auto const matrix = supercell_matrix(unit, find_space_group(unit), 8.0);
    CHECK_THROWS_AS(plan_third_order(unit, matrix, 3.6, 0.01), InputError);
}

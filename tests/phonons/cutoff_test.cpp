// Where force constants end, and how far from its data a potential is asked for them.
#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/phonons/regression.hpp"
#include "phonons/crystals.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::phonons;
using generate::Lattice;

namespace {

LennardJones const near_pairs{{0.5, 2.2, 2.9, 3.6}};  // its force constants end before the cutoff

struct Case {
    Structure unit;
    Mat3i matrix;
    ConstantsBasis basis;
};

Case make_case(Structure const& unit, Mat3i const& matrix, double second, double third) {
    return {unit, matrix,
            constants_basis(Supercell{unit, matrix}, operations_on(find_space_group(unit), matrix),
                            second, third)};
}

Case iron_case() {
    double const volume = test::volume_at_rest(near_pairs, Lattice::bcc, 26, 7.0, 13.0);
    auto const unit = properties::perfect_lattice(Lattice::bcc, 26, volume);
    return make_case(unit, supercell_matrix(unit, find_space_group(unit), 11.0), 3.6, 3.6);
}

}  // namespace

TEST_CASE("a cutoff that a shell of neighbours lies on takes all of it", "[phonons]") {
    // Distances that are equal by symmetry differ by rounding.
    for (int k = 0; k < 4; ++k) {
        double const a = 2.81 + 0.013 * k;
        auto const unit = properties::perfect_lattice(Lattice::bcc, 26, a * a * a / 2.0);
        CAPTURE(a);
        auto const matrix = supercell_matrix(unit, find_space_group(unit), 4.0 * a);
        std::size_t expected = 1;
        for (auto const& [shell, atoms] : {std::pair{std::sqrt(0.75) * a, 8U}, {a, 6U}}) {
            expected += atoms;
            CAPTURE(shell);
            auto const c = make_case(unit, matrix, shell, shell);
            CHECK(c.basis.second.clusters.size() == expected);
            CHECK(c.basis.third.unknowns() > 0);
            auto const plan = plan_third_order(unit, matrix, shell, 0.03);
            auto const third = solve_third_order(
                plan, compute_forces(test::world(), force_jobs(plan, near_pairs)));
            CHECK(third.triples.size() == c.basis.third.clusters.size());
        }
    }
}

TEST_CASE("third order without a neighbour has nothing to find, and second order is found alone",
          "[phonons]") {
    auto const found = iron_case();
    auto const c = make_case(found.unit, found.matrix, 3.6, 1.0);
    CHECK(c.basis.third.unknowns() == 0);
    double const small = 0.005;  // Å: little that is anharmonic
    auto const fit =
        fit_cells(test::world(), near_pairs, c.basis, Ensemble{c.basis.supercell, small}, 20, 1);
    CHECK(fit.third_unknowns == 0);
    CHECK(fit.determination > 0.999);
    auto const nothing = make_case(found.unit, found.matrix, 1.0, 1.0);
    CHECK(nothing.basis.unknowns() == 0);
    CHECK_THROWS_AS(fit_cells(test::world(), near_pairs, nothing.basis,
                              Ensemble{nothing.basis.supercell, small}, 20, 1),
                    InputError);
}

namespace {

/// A potential that says of each atom how far it is from its site.
class Telling final : public Potential {
public:
    explicit Telling(Structure sites) : sites_{std::move(sites)} {}
    double cutoff() const override { return near_pairs.cutoff(); }
    Prediction predict(Structure const& s, Neighbours const& n) const override {
        auto p = near_pairs.predict(s, n);
        for (std::size_t i = 0; i < s.positions.size(); ++i) {
            p.extrapolation.push_back((s.positions[i] - sites_.positions[i]).norm());
            p.grade.push_back(2.0 * p.extrapolation.back());
        }
        return p;
    }

private:
    Structure sites_;
};

}  // namespace

TEST_CASE("a fit tells how far from its data the potential was asked", "[phonons]") {
    auto const c = iron_case();
    Ensemble const ensemble{c.basis.supercell, 0.02};
    double farthest = 0.0;
    for (std::uint64_t k = 0; k < 10; ++k) {
        RandomStream random{1, "rattled cell", k};
        for (auto const& u : ensemble.draw(random)) farthest = std::max(farthest, u.norm());
    }
    Telling const telling{c.basis.supercell.structure()};
    auto const fit = fit_cells(test::world(), telling, c.basis, ensemble, 20, 1);
    CHECK_THAT(fit.reach.extrapolation, WithinRel(farthest, 1e-9));
    CHECK_THAT(fit.reach.grade, WithinRel(2.0 * farthest, 1e-9));
    // Both atoms of a pair are moved by 0.03 Å, or one of them by both.
    auto const plan = plan_third_order(c.unit, c.matrix, 2.6, 0.03);
    auto const third =
        solve_third_order(plan, compute_forces(test::world(), force_jobs(plan, telling)));
    CHECK(third.reach.extrapolation > 0.0299);
    CHECK(third.reach.extrapolation < 0.0601);
    CHECK(third.reach.grade == 2.0 * third.reach.extrapolation);
}

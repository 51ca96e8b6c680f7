// Power and four-body functions against their definitions, as sums over neighbours.
#include <Eigen/Geometry>
#include <numeric>

#include "against_reference.hpp"
#include "kamacite/descriptors/pass.hpp"
#include "kamacite/simd/instruction_set.hpp"
#include "random_moments.hpp"

using namespace kamacite;

namespace {

using test::Case;
using test::Expected;
using test::worst_of;
using test::worst_over;

Case random_case(int n_elements, unsigned seed, test::MomentDraw const& draw = {}) {
    std::vector<int> const all{28, 26, 6};  // not in ascending order
    std::vector<int> const elements(all.begin(), all.begin() + n_elements);
    return {test::random_moment_set(elements, draw, seed), test::random_alloy(8, elements, seed),
            seed};
}

}  // namespace

TEST_CASE("power and four-body functions, their pull-back and tangent are the sums over neighbours",
          "[descriptors][moments]") {
    int const n_elements = GENERATE(1, 2, 3);
    unsigned const seed = GENERATE(1U, 2U, 3U);
    CAPTURE(n_elements, seed);
    auto const x = random_case(n_elements, seed);
    Expected const expected{x};
    CHECK(expected.g.cwiseAbs().minCoeff() > 0.0);
    CHECK(worst_over(x.values() - expected.g, expected.scale) < 1e-12);
    CHECK(worst_over(x.rates() - expected.rate, expected.scale) < 1e-12);
    auto const pulled = x.pulled();
    double const scale = x.c.cwiseProduct(expected.scale).cwiseAbs().rowwise().sum().maxCoeff();
    CHECK(worst_of(pulled.forces, expected.pulled.forces) < 1e-12 * scale);
    CHECK(worst_of(pulled.virials, expected.pulled.virials) < 1e-12 * scale);
    CHECK(worst_of(pulled.forces, std::vector<Vec3>(8, Vec3::Zero())) > 1e-6 * scale);
}

TEST_CASE("power functions of the largest degrees and four-body functions of the largest powers",
          "[descriptors][moments]") {
    // P_16 has coefficients of up to 10⁵ that cancel: digits of S_n are lost
    auto const x = random_case(2, 5, {.power = 6, .triple = 4, .degree = 16, .largest = 4});
    Expected const expected{x};
    CHECK(worst_over(x.values() - expected.g, expected.scale) < 1e-10);
    CHECK(worst_over(x.rates() - expected.rate, expected.scale) < 1e-9);
    auto const pulled = x.pulled();
    double const scale = x.c.cwiseProduct(expected.scale).cwiseAbs().rowwise().sum().maxCoeff();
    CHECK(worst_of(pulled.forces, expected.pulled.forces) < 1e-9 * scale);
}

TEST_CASE("finite differences of power and four-body functions close in on tangent and forces",
          "[descriptors][moments]") {
    auto const x = random_case(GENERATE(1, 2), 4);
    auto const at = [&](double h) {
        auto t = strained(x.s, h * x.strain);
        for (std::size_t i = 0; i < x.motion.size(); ++i) t.positions[i] += h * x.motion[i];
        return x.d.evaluate(find_neighbours(t, x.d.cutoff()), t.species);
    };
    auto const central = [&](double h) { return Matrix((at(h) - at(-h)) / (2.0 * h)); };
    Matrix const rate = x.rates();
    double const size = rate.cwiseAbs().maxCoeff();
    Matrix const coarse = central(2e-3);
    Matrix const fine = central(1e-3);
    double const error = (coarse - rate).cwiseAbs().maxCoeff();
    CHECK(error > 1e-9 * size);  // large enough to tell the order
    CHECK((fine - rate).cwiseAbs().maxCoeff() < 0.3 * error);
    CHECK(((4.0 * fine - coarse) / 3.0 - rate).cwiseAbs().maxCoeff() < 1e-7 * size);

    // ⟨c, Ġ⟩ = −Σ F_i·δ_i − Σ_ab ε_ab W_ba
    auto const pulled = x.pulled();
    Mat3 const w =
        std::accumulate(pulled.virials.begin(), pulled.virials.end(), Mat3{Mat3::Zero()});
    double energy_rate = -(x.strain * w).trace();
    for (std::size_t i = 0; i < x.motion.size(); ++i)
        energy_rate -= pulled.forces[i].dot(x.motion[i]);
    Matrix const terms = x.c.cwiseProduct(rate);
    CHECK_THAT(energy_rate, WithinAbs(terms.sum(), 1e-12 * terms.cwiseAbs().sum()));
}

TEST_CASE("power and four-body functions are invariants", "[descriptors][moments]") {
    auto const x = random_case(2, 7);
    Matrix const g = x.values();
    Matrix const scale = Expected{x}.scale;
    auto const differs_by = [&](Structure const& s) {
        return worst_over(x.d.evaluate(find_neighbours(s, x.d.cutoff()), s.species) - g, scale);
    };
    auto moved = x.s;
    for (auto& r : moved.positions) r += Vec3(1.3, -20.7, 5.1);
    CHECK(differs_by(moved) < 1e-12);

    Mat3 const turn = Eigen::AngleAxisd(0.7, Vec3(1, 2, -1).normalized()).toRotationMatrix();
    for (double const hand : {1.0, -1.0}) {
        Mat3 const q = hand * turn;
        Structure turned{Cell{x.s.cell.rows() * q.transpose()}, x.s.species, x.s.positions};
        for (auto& r : turned.positions) r = q * r;
        CHECK(differs_by(turned) < 1e-12);
    }
    auto reversed = x.s;
    std::reverse(reversed.positions.begin(), reversed.positions.end());
    std::reverse(reversed.species.begin(), reversed.species.end());
    Matrix const back =
        x.d.evaluate(find_neighbours(reversed, x.d.cutoff()), reversed.species).colwise().reverse();
    CHECK(worst_over(back - g, scale) < 1e-12);
    CHECK(worst_over(Matrix(1.001 * g - g), scale) > 1e-6);  // the measure sees a change
}

TEST_CASE("every instruction set gives the same power and four-body functions to rounding",
          "[descriptors][moments][targets]") {
    auto const x = random_case(2, 9);
    Matrix const scale = Expected{x}.scale;
    Matrix const g = x.values();
    Matrix const rate = x.rates();
    auto const pulled = x.pulled();
    for (auto const& name : instruction_sets()) {
        UseInstructionSet const only{name};
        CAPTURE(name);
        CHECK(worst_over(x.values() - g, scale) < 1e-12);
        CHECK(worst_over(x.rates() - rate, scale) < 1e-12);
        CHECK(worst_of(x.pulled().forces, pulled.forces) < 1e-12 * scale.sum());
        CHECK(worst_of(x.pulled().virials, pulled.virials) < 1e-12 * scale.sum());
    }
}

TEST_CASE("power and four-body functions in single precision keep six digits of the magnitudes",
          "[descriptors][moments]") {
    auto const x = random_case(2, 11, {.degree = 6});
    Matrix const scale = Expected{x}.scale;
    DescriptorPass pass{x.d, x.list, x.s.species, Precision::mixed};
    Matrix g(x.s.size(), x.d.width());
    pass.evaluate(0, x.s.size(), g);
    pass.pull_back(x.c);
    auto const pulled = pass.pulled();
    double const error = worst_over(g - x.values(), scale);
    CHECK(error < 1e-5);
    CHECK(error > 0.0);  // it was another precision
    CHECK(worst_of(pulled.forces, x.pulled().forces) < 1e-5 * scale.rowwise().sum().maxCoeff());
}

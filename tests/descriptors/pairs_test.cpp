// Functions of every kind that is a sum over neighbours or pairs, against their definitions.
#include <numeric>

#include "against_reference.hpp"
#include "kamacite/descriptors/pass.hpp"
#include "kamacite/simd/instruction_set.hpp"
#include "pair_plan.hpp"
#include "random_pairs.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using test::Case;
using test::Expected;
using test::worst_of;
using test::worst_over;

namespace {

Case random_case(int kind, int n_elements, unsigned seed, double radius = 3.9) {
    std::vector<int> const all{28, 26};  // not in ascending order
    std::vector<int> const elements(all.begin(), all.begin() + n_elements);
    return {test::RandomKind{elements, kind, radius, seed}.draw(),
            test::random_alloy(8, elements, seed), seed};
}

/// The sum of magnitudes that a gradient of a structure is made of.
double scale_of(Case const& x, Expected const& expected) {
    return x.c.cwiseProduct(expected.scale).cwiseAbs().rowwise().sum().maxCoeff();
}

/// Atoms in a row and at right angles, at whole numbers, so that cosines are exactly ±1 and 0.
Structure cross_of_atoms() {
    Structure s{Cell{20.0 * Mat3::Identity(), {false, false, false}}, {}, {}};
    for (Vec3 const& r : {Vec3(0, 0, 0), Vec3(2, 0, 0), Vec3(4, 0, 0), Vec3(-2, 0, 0),
                          Vec3(0, 2, 0), Vec3(0, -2, 0), Vec3(0, 0, 2)}) {
        s.positions.push_back(r);
        s.species.push_back(28);
    }
    return s;
}

}  // namespace

TEST_CASE("every kind of function, its pull-back and its tangent are the sums of the definition",
          "[descriptors][pairs]") {
    int const kind = GENERATE(from_range(test::pair_kinds.begin(), test::pair_kinds.end()));
    int const n_elements = GENERATE(1, 2);
    unsigned const seed = GENERATE(1U, 2U);
    auto const all = instruction_sets();
    auto const name = GENERATE_REF(from_range(all));
    UseInstructionSet const only{name};
    CAPTURE(kind, n_elements, seed, name);
    auto const x = random_case(kind, n_elements, seed);
    Expected const expected{x};
    CHECK(expected.g.cwiseAbs().maxCoeff() > 1e-6);
    CHECK(worst_over(x.values() - expected.g, expected.scale) < 1e-12);
    CHECK(worst_over(x.rates() - expected.rate, (expected.scale.array() + 1e-3).matrix()) < 1e-12);
    auto const pulled = x.pulled();
    double const scale = scale_of(x, expected);
    CHECK(worst_of(pulled.forces, expected.pulled.forces) < 1e-12 * scale);
    CHECK(worst_of(pulled.virials, expected.pulled.virials) < 1e-12 * scale);
    CHECK(worst_of(pulled.forces, std::vector<Vec3>(8, Vec3::Zero())) > 1e-4 * scale);
}

TEST_CASE("many neighbours fill several batches of pairs", "[descriptors][pairs]") {
    int const kind = GENERATE(3, 13, 21, 22);
    CAPTURE(kind);
    // 170 neighbours: 14,000 pairs
    auto const x = random_case(kind, 2, 3, 7.5);
    Expected const expected{x};
    CHECK(worst_over(x.values() - expected.g, expected.scale) < 1e-12);
    CHECK(worst_of(x.pulled().forces, expected.pulled.forces) < 1e-12 * scale_of(x, expected));
}

TEST_CASE("finite differences of every kind close in on tangent and forces",
          "[descriptors][pairs]") {
    int const kind = GENERATE(from_range(test::pair_kinds.begin(), test::pair_kinds.end()));
    CAPTURE(kind);
    auto const x = random_case(kind, 2, 4);
    Matrix const rate = x.rates();
    double const size = rate.cwiseAbs().maxCoeff();
    auto const at = [&](double h) {
        auto t = strained(x.s, h * x.strain);
        for (std::size_t i = 0; i < x.motion.size(); ++i) t.positions[i] += h * x.motion[i];
        return x.d.evaluate(find_neighbours(t, x.d.cutoff()), t.species);
    };
    auto const central = [&](double h) { return Matrix((at(h) - at(-h)) / (2.0 * h)); };
    double const coarse = (central(4e-4) - rate).cwiseAbs().maxCoeff();
    double const fine = (central(2e-4) - rate).cwiseAbs().maxCoeff();
    CHECK(coarse < 3e-4 * size);
    CHECK(fine < 0.6 * coarse);  // poly1 has a jump in its second derivative: first order there

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

TEST_CASE("neighbours in line with each other give finite forces", "[descriptors][pairs]") {
    int const kind = GENERATE(3, 21, 22);
    CAPTURE(kind);
    Case const x{test::RandomKind{{28}, kind, 4.6, 6}.draw(), cross_of_atoms(), 6};
    Expected const expected{x};
    auto const pulled = x.pulled();
    double const scale = scale_of(x, expected);
    CHECK(worst_over(x.values() - expected.g, expected.scale) < 1e-12);
    for (auto const& f : pulled.forces) CHECK(f.allFinite());
    CHECK(x.rates().allFinite());
    CHECK(worst_of(pulled.forces, expected.pulled.forces) < 1e-12 * scale);
    // and the same in the limit: a window centred on 0° or 180° has no slope there
    auto nearly = x.s;
    for (std::size_t i = 1; i < nearly.positions.size(); ++i)
        nearly.positions[i] += 1e-7 * x.motion[i];
    Case const close{x.d, nearly, 6};
    CHECK(worst_of(close.pulled().forces, pulled.forces) < 1e-5 * scale);
}

TEST_CASE("a compact function of a trimer has its closed form", "[descriptors][pairs]") {
    // t = ½ at 3 Å in [0, 4]: poly2 is ½; 90° in the window [0°, 120°] is t = ½ as well
    using Form = CompactAngularFunction::Form;
    Window const radial{0.0, 4.0, CutoffForm::poly2, false};
    Window const angle{0.0, 120.0, CutoffForm::poly2, false};
    FunctionSet set;
    set.compact_radial = {{26, every_element, radial},
                          {26, 26, {2.0, 4.0, CutoffForm::poly1, true}}};
    set.compact_angular = {{Form::wide, 26, 26, 26, radial, angle},
                           {Form::wide, 26, every_element, every_element, radial, angle}};
    Descriptors const d{{26}, set};
    Structure const s{Cell{20.0 * Mat3::Identity(), {false, false, false}},
                      {26, 26, 26},
                      {Vec3(0, 0, 0), Vec3(3, 0, 0), Vec3(0, 3, 0)}};
    Matrix const g = d.evaluate(find_neighbours(s, d.cutoff()), s.species);
    CHECK_THAT(g(0, 0), WithinRel(26.0 * 2.0 * 0.5, 1e-14));
    CHECK_THAT(g(0, 1), WithinRel(2.0, 1e-14));
    CHECK_THAT(g(0, 2), WithinRel(0.125, 1e-13));
    CHECK_THAT(g(0, 3), WithinRel(0.125 * 26.0 * 26.0, 1e-13));
}

TEST_CASE("every instruction set gives the same functions of pairs to rounding",
          "[descriptors][pairs][targets]") {
    int const kind = GENERATE(from_range(test::pair_kinds.begin(), test::pair_kinds.end()));
    auto const x = random_case(kind, 2, 9);
    Matrix const scale = Expected{x}.scale;
    Matrix const g = x.values();
    Matrix const rate = x.rates();
    auto const pulled = x.pulled();
    for (auto const& name : instruction_sets()) {
        UseInstructionSet const only{name};
        CAPTURE(kind, name);
        CHECK(worst_over(x.values() - g, scale) < 1e-12);
        CHECK((x.rates() - rate).cwiseAbs().maxCoeff() < 1e-12 * scale.maxCoeff());
        CHECK(worst_of(x.pulled().forces, pulled.forces) < 1e-12 * scale.sum());
        CHECK(worst_of(x.pulled().virials, pulled.virials) < 1e-12 * scale.sum());
    }
}

TEST_CASE("functions of pairs in single precision keep five digits of the magnitudes",
          "[descriptors][pairs]") {
    int const kind = GENERATE(from_range(test::pair_kinds.begin(), test::pair_kinds.end()));
    CAPTURE(kind);
    auto const x = random_case(kind, 2, 11);
    Matrix const scale = Expected{x}.scale;
    DescriptorPass pass{x.d, x.list, x.s.species, Precision::mixed};
    Matrix g(x.s.size(), x.d.width());
    pass.evaluate(0, x.s.size(), g);
    pass.pull_back(x.c);
    auto const pulled = pass.pulled();
    double const error = worst_over(g - x.values(), scale);
    // sums of λ = −1 and ζ = 16 over moments lose a digit
    CHECK(error < (kind == 9 ? 5e-5 : 1e-5));
    CHECK(error > 0.0);  // it was another precision
    CHECK(worst_of(pulled.forces, x.pulled().forces) < 3e-5 * scale.rowwise().sum().maxCoeff());
}

TEST_CASE("tables of smooth weights are exact to rounding from 0 to the cutoff",
          "[descriptors][pairs]") {
    auto const form = GENERATE(CutoffForm::tanh3, CutoffForm::cosine, CutoffForm::poly3);
    double const eta = GENERATE(0.004, 0.08, 0.5);
    CAPTURE(static_cast<int>(form), eta);
    Gaussian const g{eta, 0.3, {form, 6.5, 0.0}};
    detail::WeightTable<double> const table{g};
    REQUIRE(table.degree > 0);
    constexpr int pieces = detail::lane_block<double>;
    double worst = 0.0;
    for (double r = 0.0; r < 6.5; r += 0.0137) {
        int const piece = static_cast<int>(r * table.per_piece);
        double const t = 2.0 * (r * table.per_piece - piece) - 1.0;
        double q = 0.0;
        for (int n = 0; n <= table.degree; ++n)
            q = q * t + table.coefficients[static_cast<std::size_t>(n * pieces + piece)];
        double const zero = std::pow(1.0 - r / 6.5, table.order);
        double const w = zero * q;
        double const expected = std::exp(-eta * (r - 0.3) * (r - 0.3)) * g.cutoff.at(r).f;
        worst = std::max(worst, std::abs(w - expected) / (expected + 0.1 * zero));
    }
    CHECK(worst < 1e-12);
    // a kink or an essential singularity is left to the direct form
    CHECK(detail::WeightTable<double>{{eta, 0.0, {CutoffForm::exponential, 6.5, 0.0}}}.degree < 0);
    CHECK(detail::WeightTable<double>{{eta, 0.0, {CutoffForm::poly2, 6.5, 0.3}}}.degree < 0);
}

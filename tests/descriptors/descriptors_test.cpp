#include "kamacite/descriptors/descriptors.hpp"

#include <Eigen/Geometry>

#include "kamacite/core/error.hpp"
#include "random_sets.hpp"
#include "reference.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;

namespace {

Matrix values(Descriptors const& d, Structure const& s) {
    return d.evaluate(find_neighbours(s, d.cutoff()), s.species);
}

std::vector<CutoffForm> const all_forms{
    CutoffForm::hard,       CutoffForm::cosine,      CutoffForm::tanh3,
    CutoffForm::tanh3_norm, CutoffForm::exponential, CutoffForm::poly1,
    CutoffForm::poly2,      CutoffForm::poly3,       CutoffForm::poly4};

}  // namespace

TEST_CASE("radial and angular functions of a dimer and a trimer have their closed forms",
          "[descriptors]") {
    Cutoff const hard{CutoffForm::hard, 5.0, 0.0};
    using Form = AngularFunction::Form;
    Descriptors const d{{26},
                        {{{26, 26, 0.3, 1.0, hard}},
                         {{Form::wide, 26, 26, 26, 0.1, 1.0, 2.0, 0.0, hard},
                          {Form::wide, 26, 26, 26, 0.1, -1.0, 3.0, 0.5, hard},
                          {Form::narrow, 26, 26, 26, 0.1, 1.0, 1.0, 0.0, hard}}}};
    // A right angle at atom 0 with legs 2 and 3: cos θ = 0
    Structure const s{Cell{10.0 * Mat3::Identity(), {false, false, false}},
                      {26, 26, 26},
                      {Vec3(0, 0, 0), Vec3(2, 0, 0), Vec3(0, 3, 0)}};
    Matrix const g = values(d, s);
    REQUIRE(g.rows() == 3);
    REQUIRE(g.cols() == 4);
    CHECK_THAT(g(0, 0), WithinRel(std::exp(-0.3) + std::exp(-1.2), 1e-14));
    CHECK_THAT(g(0, 1), WithinRel(0.5 * std::exp(-0.1 * 13.0), 1e-14));
    CHECK_THAT(g(0, 2), WithinRel(0.25 * std::exp(-0.1 * (1.5 * 1.5 + 2.5 * 2.5)), 1e-14));
    CHECK_THAT(g(0, 3), WithinRel(std::exp(-0.1 * 26.0), 1e-14));
    // At atom 1 the angle has cos θ = 2/√13
    double const c = 2.0 / std::sqrt(13.0);
    CHECK_THAT(g(1, 1), WithinRel(0.5 * (1 + c) * (1 + c) * std::exp(-0.1 * (4.0 + 13.0)), 1e-14));
}

TEST_CASE("descriptors of random sets are the sums over neighbours and pairs", "[descriptors]") {
    int const n_elements = GENERATE(1, 2, 3);
    unsigned const seed = GENERATE(1U, 2U, 3U);
    int const zeta = GENERATE(2, 6, 16);
    CAPTURE(n_elements, seed, zeta);
    std::vector<int> const all{26, 28, 6};
    std::vector<int> const elements(all.begin(), all.begin() + n_elements);
    auto const d = test::random_set(elements, {.cutoffs = all_forms, .largest_zeta = zeta}, seed);
    auto const s = test::random_alloy(seed == 1U ? 3 : 12, elements, seed);
    auto const list = find_neighbours(s, d.cutoff());
    Matrix const g = d.evaluate(list, s.species);
    double worst = 0.0;
    for (int i = 0; i < s.size(); ++i) {
        int const z = s.species[static_cast<std::size_t>(i)];
        auto const r = detail::reference_of_atom(d, z, list.of(i), s.species);
        REQUIRE(static_cast<int>(r.g.size()) == d.size(z));
        for (int k = 0; k < d.width(); ++k) {
            auto const n = static_cast<std::size_t>(k);
            if (k >= d.size(z))
                CHECK(g(i, k) == 0.0);
            else
                worst = std::max(worst, std::abs(g(i, k) - r.g[n]) / std::max(r.scale[n], 1e-30));
        }
    }
    CHECK(worst < 1e-12);
}

TEST_CASE("a neighbour list with a longer cutoff gives the same descriptors", "[descriptors]") {
    auto const d = test::random_set({26, 28}, {.cutoffs = all_forms}, 4);
    auto const s = test::random_alloy(8, {26, 28}, 4);
    Matrix const a = d.evaluate(find_neighbours(s, d.cutoff()), s.species);
    Matrix const b = d.evaluate(find_neighbours(s, d.cutoff() + 1.5), s.species);
    CHECK((a - b).norm() < 1e-12 * a.norm());
}

TEST_CASE("descriptors do not change under translation, rotation, reflection and renumbering",
          "[descriptors]") {
    auto const d = test::random_set({26, 28}, {}, 7);
    auto const s = test::random_alloy(10, {26, 28}, 7);
    Matrix const g = values(d, s);

    auto moved = s;
    for (auto& r : moved.positions) r += Vec3(1.3, -20.7, 5.1);
    CHECK((values(d, moved) - g).norm() < 1e-11 * g.norm());

    Mat3 turn = Eigen::AngleAxisd(0.7, Vec3(1, 2, -1).normalized()).toRotationMatrix();
    for (double const hand : {1.0, -1.0}) {
        Mat3 const q = hand * turn;
        Structure turned{Cell{s.cell.rows() * q.transpose()}, s.species, s.positions};
        for (auto& r : turned.positions) r = q * r;
        CHECK((values(d, turned) - g).norm() < 1e-11 * g.norm());
    }

    auto reversed = s;
    std::reverse(reversed.positions.begin(), reversed.positions.end());
    std::reverse(reversed.species.begin(), reversed.species.end());
    CHECK((values(d, reversed).colwise().reverse() - g).norm() < 1e-11 * g.norm());
}

TEST_CASE("a supercell has the descriptors of its cell", "[descriptors]") {
    auto const d = test::random_set({26}, {.radius = 6.0}, 3);
    auto const s = test::rattled_bcc(1, 3);
    Matrix const g = values(d, s);
    Matrix const big = values(d, supercell(s, {2, 3, 1}));
    for (int i = 0; i < big.rows(); ++i)
        CHECK((big.row(i) - g.row(i % s.size())).norm() < 1e-11 * g.row(i % s.size()).norm());
}

TEST_CASE("an atom without neighbours has descriptors of zero", "[descriptors]") {
    auto const d = test::random_set({26}, {}, 3);
    Structure const s{Cell{20.0 * Mat3::Identity()}, {26}, {Vec3::Zero()}};
    CHECK(values(d, s).cwiseAbs().maxCoeff() == 0.0);
    auto const list = find_neighbours(s, d.cutoff());
    CHECK(d.pull_back(list, s.species, Matrix::Ones(1, d.width())).forces[0].norm() == 0.0);
    std::vector<Vec3> const motion{Vec3(1, 2, 3)};
    std::vector<Mat3> const strain{Mat3::Identity()};
    CHECK(d.tangent(list, s.species, motion, strain).cwiseAbs().maxCoeff() == 0.0);
}

TEST_CASE("atoms beyond the listed ones are neighbours only and get their share of the forces",
          "[descriptors]") {
    // As on one rank of many: lists of its own atoms, which name atoms of other ranks too.
    auto const d = test::random_set({26, 28}, {}, 14);
    auto const s = test::random_alloy(8, {26, 28}, 14);
    auto const list = find_neighbours(s, d.cutoff());
    Neighbours some;
    for (int i = 0; i < 3; ++i) {
        auto const of = list.of(i);
        some.add_atom(of.atom, of.x, of.y, of.z);
    }
    Matrix c = Matrix::Zero(8, d.width());
    c.topRows(3).setConstant(0.3);
    auto const all = d.pull_back(list, s.species, c);
    auto const part = d.pull_back(some, s.species, c.topRows(3));
    CHECK(d.evaluate(some, s.species) == d.evaluate(list, s.species).topRows(3));
    REQUIRE(part.forces.size() == 8);
    double largest = 0.0;
    for (std::size_t i = 0; i < 8; ++i) {
        CHECK((all.forces[i] - part.forces[i]).norm() < 1e-12);
        CHECK((all.virials[i] - part.virials[i]).norm() < 1e-12);
        if (i >= 3) largest = std::max(largest, part.forces[i].norm());
    }
    CHECK(largest > 0.0);
}

TEST_CASE("malformed symmetry functions are refused", "[descriptors]") {
    RadialFunction const radial{26, 26, 0.1, 0.0, {}};
    AngularFunction const angular{AngularFunction::Form::wide, 26, 26, 26, 0.1, 1.0, 2.0, 0.0, {}};
    auto const radial_with = [&](auto change) {
        auto f = radial;
        change(f);
        return Descriptors{{26}, {.radial = {f}}};
    };
    auto const angular_with = [&](auto change) {
        auto f = angular;
        change(f);
        return Descriptors{{26, 28}, {.radial = {radial, {28, 28, 0.1, 0.0, {}}}, .angular = {f}}};
    };
    CHECK_NOTHROW(radial_with([](auto&) {}));
    CHECK_THROWS_AS(radial_with([](auto& f) { f.eta = -0.1; }), InputError);
    CHECK_THROWS_AS(radial_with([](auto& f) { f.cutoff.radius = 0.0; }), InputError);
    CHECK_THROWS_AS(radial_with([](auto& f) { f.cutoff.inner = 1.0; }), InputError);
    CHECK_THROWS_AS(radial_with([](auto& f) { f.neighbour = 28; }), InputError);
    CHECK_THROWS_AS(radial_with([](auto& f) { f.shift = std::nan(""); }), InputError);
    CHECK_NOTHROW(angular_with([](auto&) {}));
    CHECK_NOTHROW(angular_with([](auto& f) { f.zeta = 1.5; }));
    CHECK_NOTHROW(angular_with([](auto& f) { f.zeta = 17.0; }));
    CHECK_THROWS_AS(angular_with([](auto& f) { f.zeta = 0.5; }), InputError);
    CHECK_THROWS_AS(angular_with([](auto& f) { f.zeta = std::nan(""); }), InputError);
    CHECK_THROWS_AS(angular_with([](auto& f) { f.first = 28; }), InputError);
    CHECK_THROWS_AS((Descriptors{{26, 28}, {.radial = {radial}}}), InputError);
    CHECK_THROWS_AS((Descriptors{{}, {}}), InputError);
    CHECK_THROWS_AS((Descriptors{{26, 26}, {.radial = {radial}}}), InputError);
}

TEST_CASE("an element without symmetry functions is bad data", "[descriptors]") {
    auto const d = test::random_set({26}, {}, 3);
    auto s = test::rattled_bcc(1, 1);
    s.species[1] = 28;
    CHECK_THROWS_AS(values(d, s), DataError);
}

#include "kamacite/comparison/fit.hpp"

#include <cmath>

#include "kamacite/comparison/trials.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/descriptors/recipe.hpp"
#include "kamacite/inference/metrics.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::comparison;

namespace {

enum class Truth { learnable, noise };

/// Cells of two atoms, strained and rattled; the learnable label is a sum over pairs and a
/// condition.
Question question_of(int n, Truth labels) {
    Question q;
    q.conditions.resize(n, 1);
    RandomStream random{9, "question", 0};
    for (int k = 0; k < n; ++k) {
        auto const s = test::rattled_bcc(1, static_cast<unsigned>(k), 0.2);
        auto const neighbours = find_neighbours(s, 5.0);
        double sum = 0.0;
        for (int i = 0; i < s.size(); ++i)
            for (double const d : neighbours.of(i).distance) sum += std::exp(-2.0 * (d - 2.5));
        double const t = random.normal();
        q.conditions(k, 0) = 300.0 + 100.0 * t;
        q.target.push_back(labels == Truth::noise ? random.normal()
                                                  : 5.0 + 0.1 * sum / s.size() + 0.1 * t);
        q.structures.push_back(s);
        (k % 4 == 0 ? q.test : k % 4 == 1 ? q.validation : q.training).push_back(k);
    }
    return q;
}

Descriptors few_functions() {
    Recipe recipe;
    recipe.radial_centred = 4;
    recipe.radial_shifted = 6;
    recipe.angular_eta = {0.03};
    recipe.zeta = {1};
    return standard_descriptors({26}, recipe);
}

Settings quick() {
    Settings s;
    s.rate = 1e-2;
    s.batch = 8;
    s.epochs = 60;
    s.hidden = {16};
    s.width = 8;
    s.convolutions = 2;
    s.dense = 16;
    s.penalty = 1e-4;
    return s;
}

double r2_of(Fitted const& fitted, Question const& q) {
    Outcome outcome;
    outcome.predicted = {fitted.predicted};
    judge(outcome, q.target, q.test);
    return outcome.r2.mean;
}

}  // namespace

TEST_CASE("every method but the constant learns what can be learnt, and nothing from noise") {
    if (test::world().size() > 1) return;  // many ranks: the last test but one
    for (auto const labels : {Truth::learnable, Truth::noise}) {
        bool const learnable = labels == Truth::learnable;
        auto const q = question_of(learnable ? 96 : 160, labels);
        auto const p = pose(test::world(), q, few_functions(), {});
        auto const judge_it = [&](char const* name, Fitted const& fitted) {
            CAPTURE(name, learnable);
            if (learnable)
                CHECK(r2_of(fitted, q) > 0.8);
            else
                CHECK(r2_of(fitted, q) < 0.05);
        };
        CHECK(r2_of(fit_constant(p), q) <= 0.0);
        auto settings = quick();
        if (!learnable) settings.epochs = 15;
        judge_it("ridge", fit_ridge(p, settings));
        judge_it("pooled", fit_pooled(p, settings, 1));
        judge_it("atoms", fit_atoms(p, settings, 1));
        judge_it("nearest", fit_graph(test::world(), p, p.nearest, settings, 1));
        judge_it("smooth", fit_graph(test::world(), p, p.smooth, settings, 1));
    }
}

TEST_CASE("ridge regression finds what is linear, and shrinks to the mean") {
    auto q = question_of(60, Truth::learnable);
    auto const descriptors = few_functions();
    auto const pooled = pooled_descriptors(test::world(), descriptors, q.structures);
    for (std::size_t k = 0; k < q.target.size(); ++k) {
        auto const i = static_cast<Eigen::Index>(k);
        q.target[k] = 3.0 + 2.0 * pooled(i, 1) - 0.5 * pooled(i, 5) + 0.01 * q.conditions(i, 0);
    }
    auto const p = pose(test::world(), q, descriptors, {true, false, false, false, false});
    auto settings = quick();
    settings.inputs = Settings::Inputs::mean;
    settings.penalty = 1e-12;
    auto const exact = fit_ridge(p, settings);
    for (int const i : q.test) {
        auto const k = static_cast<std::size_t>(i);
        CHECK_THAT(exact.predicted[k], WithinAbs(q.target[k], 1e-4));
    }
    settings.penalty = 1e12;
    auto const flat = fit_ridge(p, settings);
    auto const constant = fit_constant(p);
    for (std::size_t k = 0; k < q.target.size(); ++k)
        CHECK_THAT(flat.predicted[k], WithinAbs(constant.predicted[k], 1e-8));
}

TEST_CASE("pooled descriptors know nothing of order and choice of cell") {
    auto const s = test::rattled_bcc(2, 4);
    auto turned = s;
    std::swap(turned.positions[0], turned.positions[5]);
    auto const descriptors = few_functions();
    std::vector<Structure> const all{s, turned, supercell(s, {1, 2, 1})};
    auto const x = pooled_descriptors(test::world(), descriptors, all);
    for (Eigen::Index k = 0; k < x.cols(); ++k) {
        CHECK_THAT(x(1, k), WithinAbs(x(0, k), 1e-10));
        CHECK_THAT(x(2, k), WithinAbs(x(0, k), 1e-10));
    }
    // Mean and variance over the atoms, by another route.
    auto const g = descriptors.evaluate(find_neighbours(s, descriptors.cutoff()), s.species);
    auto const column = g.col(3).array();
    CHECK_THAT(x(0, 3), WithinAbs(column.mean(), 1e-12));
    CHECK_THAT(x(0, descriptors.width() + 3),
               WithinAbs((column - column.mean()).square().mean(), 1e-12));
}

TEST_CASE("inputs and target are scaled by the training side alone") {
    auto q = question_of(40, Truth::learnable);
    auto const before = pose(test::world(), q, few_functions(), {true, true, false, false, true});
    for (int const i : q.test) {
        q.target[static_cast<std::size_t>(i)] += 100.0;
        q.conditions(i, 0) += 1e4;
        q.structures[static_cast<std::size_t>(i)] = test::rattled_bcc(1, 999, 0.3);
    }
    auto const after = pose(test::world(), q, few_functions(), {true, true, false, false, true});
    CHECK(after.centre == before.centre);
    CHECK(after.scale == before.scale);
    for (int const i : q.training) {
        CHECK(after.mean.row(i) == before.mean.row(i));
        CHECK(after.classic.row(i) == before.classic.row(i));
        CHECK(after.conditions.row(i) == before.conditions.row(i));
        auto const k = static_cast<std::size_t>(i);
        for (int atom = after.atoms.first[k]; atom < after.atoms.first[k + 1]; ++atom)
            CHECK(after.atoms.x.row(atom) == before.atoms.x.row(atom));
    }
}

TEST_CASE("a comparison is the same on any number of ranks, and chooses by validation") {
    auto const q = question_of(24, Truth::learnable);
    auto const alone = test::world().split(test::world().rank(), 0);
    std::vector<Method> const methods{Method::constant, Method::ridge, Method::paper,
                                      Method::pooled,   Method::atoms, Method::smooth};
    TrialOptions const options{2, 2, 2, 3};
    auto const run = [&](mpi::Communicator const& comm) {
        auto const p = pose(comm, q, few_functions(), forms_of(methods));
        return compare(comm, p, q.target, methods, options, [](std::string const&) {});
    };
    auto const all = run(test::world());
    if (!test::world().is_root()) return;
    auto const one = run(alone);
    REQUIRE(one.size() == methods.size());
    for (std::size_t m = 0; m < one.size(); ++m) {
        CAPTURE(one[m].method);
        CHECK(one[m].settings == all[m].settings);
        CHECK(one[m].trials == all[m].trials);
        CHECK(one[m].predicted == all[m].predicted);
        CHECK(one[m].predicted.size() ==
              (methods[m] == Method::constant || methods[m] == Method::ridge ? 1U : 2U));
    }
    auto const& pooled = one[3];
    REQUIRE(pooled.trials.size() == 2);
    int const best = pooled.trials[0] <= pooled.trials[1] ? 0 : 1;
    CHECK(pooled.settings == words_of(Method::pooled, settings_of(Method::pooled, best, options)));
    CHECK(pooled.predicted[0] != pooled.predicted[1]);  // other first weights
    CHECK(pooled.rmse.deviation > 0.0);
    // 10 inputs and one condition, 128, 128, 1
    CHECK(one[2].parameters == 11 * 128 + 128 + 128 * 128 + 128 + 128 + 1);
}

TEST_CASE("networks of atoms know nothing of their order and of the choice of cell") {
    auto q = question_of(24, Truth::learnable);
    auto const first = q.structures.front();
    auto turned = first;
    std::swap(turned.positions[0], turned.positions[1]);
    for (auto const& s : {turned, supercell(first, {2, 1, 1})}) {
        q.test.push_back(static_cast<int>(q.structures.size()));
        q.structures.push_back(s);
        q.target.push_back(q.target.front());
    }
    q.conditions.conservativeResize(26, 1);
    q.conditions(24, 0) = q.conditions(25, 0) = q.conditions(0, 0);
    auto const p = pose(test::world(), q, few_functions(), {false, false, false, false, true});
    auto settings = quick();
    settings.epochs = 3;
    auto const found = fit_atoms(p, settings, 1);
    for (std::size_t const same : {24U, 25U})
        CHECK_THAT(found.predicted[same], WithinAbs(found.predicted[0], 1e-10));
    // Ten functions, eleven with the condition: one network.
    CHECK(found.parameters == (few_functions().width() + 1) * 16 + 16 + 16 + 1);
}

namespace {

/// Iron and nickel, whose atoms have energies far apart beside what can be learnt.
Question alloys(int n) {
    auto q = question_of(n, Truth::learnable);
    q.of_energy = true;
    for (std::size_t k = 0; k < q.structures.size(); ++k)
        for (int i = 0; i < 2; ++i) {
            bool const nickel = (k / 4 + static_cast<std::size_t>(i)) % 3 == 0;
            q.structures[k].species[static_cast<std::size_t>(i)] = nickel ? 28 : 26;
            q.target[k] += (nickel ? -4670.0 : -3460.0) / 2.0;
        }
    return q;
}

}  // namespace

TEST_CASE("what elements have by themselves is taken off energies, from the training side alone") {
    Recipe recipe;
    recipe.radial_centred = 4;
    recipe.radial_shifted = 6;
    recipe.angular_eta.clear();
    auto const descriptors = standard_descriptors({26, 28}, recipe);
    auto q = alloys(96);
    auto const p = pose(test::world(), q, descriptors, {});
    CHECK(p.scale < 1.0);  // not hundreds of eV
    CHECK(std::abs(fit_constant(p).predicted[0] - q.target[0]) < 2.0);
    for (auto const& fitted :
         {fit_ridge(p, quick()), fit_pooled(p, quick(), 1), fit_atoms(p, quick(), 1)}) {
        Outcome outcome;
        outcome.predicted = {fitted.predicted};
        judge(outcome, q.target, q.test, p.base);
        CHECK(outcome.rmse.mean < 0.6 * p.scale);
        CHECK(outcome.r2.mean < 0.9999);  // not that of what they are made of
    }
    auto changed = q;
    for (int const i : q.test) changed.target[static_cast<std::size_t>(i)] += 50.0;
    CHECK(pose(test::world(), changed, descriptors, {true, false, false, false, false}).base ==
          p.base);
    // Any other number has no such part.
    q.of_energy = false;
    auto const raw = pose(test::world(), q, descriptors, {true, false, false, false, false});
    CHECK(raw.base == std::vector<double>(q.target.size(), 0.0));
}

TEST_CASE("inputs that do not vary in training are refused where nothing else is given") {
    auto q = question_of(24, Truth::learnable);
    q.training.resize(1);
    q.conditions.resize(24, 0);
    auto const p = pose(test::world(), q, few_functions(), {});
    CHECK_THROWS_AS(fit_pooled(p, quick(), 1), DataError);
    CHECK_THROWS_AS(fit_ridge(p, quick()), DataError);
    // The others see one structure, and say of all what it has.
    auto const k = static_cast<std::size_t>(q.training.front());
    CHECK_THAT(fit_atoms(p, quick(), 1).predicted[k], WithinAbs(q.target[k], 0.5));
    CHECK_THAT(fit_constant(p).predicted[0], WithinAbs(q.target[k], 1e-12));
    CHECK(std::isfinite(fit_graph(test::world(), p, p.smooth, quick(), 1).predicted[0]));
}

TEST_CASE("an element that no structure in training has is refused") {
    auto q = question_of(24, Truth::learnable);
    q.structures[static_cast<std::size_t>(q.test.back())].species[1] = 28;
    CHECK_THROWS_AS(pose(test::world(), q, few_functions(), {true, false, false, false, false}),
                    DataError);
}

TEST_CASE("the settings of a trial are the same whatever compiles them") {
    TrialOptions const options{4, 5, 100, 1};
    auto const words = [&](Method method, int trial) {
        return words_of(method, settings_of(method, trial, options));
    };
    CHECK(words(Method::pooled, 1) ==
          "128-128 silu, mean and variance, rate 0.0019, batch 64, decay 0.01");
    CHECK(words(Method::pooled, 2) ==
          "32 silu, mean and variance, rate 0.00049, batch 32, decay 0.01");
    CHECK(words(Method::smooth, 1) ==
          "width 32, 2 convolutions, dense 64, rate 0.0089, batch 16, decay 0.0001");
    CHECK(words(Method::atoms, 1) == "128-128 silu, rate 0.0032, batch 64, decay 0.01");
}

TEST_CASE("the spread of numbers is that of a sample") {
    auto const s = spread_of(std::vector{1.0, 2.0, 4.0, 5.0});
    CHECK_THAT(s.mean, WithinAbs(3.0, 1e-15));
    CHECK_THAT(s.deviation, WithinAbs(std::sqrt(10.0 / 3.0), 1e-15));
    CHECK(spread_of(std::vector{2.0}).deviation == 0.0);
}

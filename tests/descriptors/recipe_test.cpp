#include "kamacite/descriptors/recipe.hpp"

#include "kamacite/core/error.hpp"
#include "random_sets.hpp"
#include "support/catch.hpp"

using namespace kamacite;

TEST_CASE("the standard set of iron has the functions of its recipe", "[recipe]") {
    auto const d = standard_descriptors({26});
    CHECK(d.width() == 8 + 10 + 4 * 4 * 2);
    CHECK(d.cutoff() == 6.5);
    // the grid of PHYSICS: r_s from 2.0 to 6.05 in steps of 0.45 Å, η = 2.47 /Å²
    CHECK_THAT(d.functions().radial[8].shift, WithinAbs(2.0, 1e-14));
    CHECK_THAT(d.functions().radial[17].shift, WithinAbs(6.05, 1e-12));
    CHECK_THAT(d.functions().radial[12].eta, WithinAbs(2.469, 1e-3));
    CHECK_THAT(d.functions().radial[7].eta, WithinAbs(64.0 / (6.5 * 6.5), 1e-12));
    CHECK(d.functions().radial[0].eta < d.functions().radial[1].eta);
}

TEST_CASE("the standard set grows with pairs and triples of elements", "[recipe]") {
    Recipe const recipe{
        .radial_centred = 2, .radial_shifted = 1, .angular_eta = {0.1}, .zeta = {1, 4}};
    auto const d = standard_descriptors({28, 26, 6}, recipe);
    for (int const z : {6, 26, 28}) CHECK(d.size(z) == 3 * 3 + 6 * 1 * 2 * 2);
    Recipe narrow = recipe;
    narrow.narrow_eta = {0.1, 0.2};
    CHECK(standard_descriptors({26}, narrow).size(26) == 3 + 4 + 8);
}

TEST_CASE("the standard set has no power and four-body functions unless they are asked for",
          "[recipe]") {
    auto const d = standard_descriptors({26});
    CHECK(d.functions().power.empty());
    CHECK(d.functions().triple.empty());
    Recipe rich;
    rich.power_degrees = {0, 1, 2, 3, 4, 5, 6};
    rich.triple = {{1, 1, 1}, {2, 1, 1}};
    auto const more = standard_descriptors({26}, rich);
    CHECK(more.functions().radial == d.functions().radial);
    CHECK(more.functions().angular == d.functions().angular);
    CHECK(more.functions().power.size() == 10 * 7);  // pairs of 4 widths, degrees
    CHECK(more.functions().triple.size() == 2 * 4);
    // the weights are those of the wide functions
    CHECK(more.functions().power[0].a.cutoff == d.functions().angular[0].cutoff);
    CHECK(more.functions().power[69].b.eta == 0.2);
    rich.moment_eta = {0.1};
    CHECK(standard_descriptors({26}, rich).width() == 50 + 7 + 2);
}

TEST_CASE("all triples of weights are there, of those that give the same function one",
          "[recipe]") {
    std::vector<int> const elements{26, 28};
    std::vector<double> const widths{0.05, 0.2};
    Recipe recipe{.cutoff_radial = 4.0,
                  .cutoff_angular = 4.0,
                  .radial_centred = 1,
                  .radial_shifted = 0,
                  .angular_eta = {},
                  .moment_eta = widths};
    auto const s = test::random_alloy(8, elements, 3);
    auto const values = [&](Descriptors const& d) {
        return Eigen::RowVectorXd{d.evaluate(find_neighbours(s, d.cutoff()), s.species).row(0)};
    };
    for (auto const& powers : {std::array{1, 1, 1}, {2, 1, 1}, {1, 2, 1}, {2, 1, 3}, {2, 0, 0}}) {
        auto const [p, q, sides] = powers;
        CAPTURE(p, q, sides);
        recipe.triple = {{p, q, sides, Recipe::Triple::Weights::all}};
        auto const set = standard_descriptors(elements, recipe);
        auto const reduced = values(set).tail(set.width() - 2).eval();
        for (int i = 0; i < reduced.size(); ++i)
            for (int j = 0; j < i; ++j)
                CHECK(std::abs(reduced[i] - reduced[j]) > 1e-9 * std::abs(reduced[i]));
        // every triple that can be written down is one of them
        FunctionSet all{.radial = set.functions().radial};
        for (int n = 0; n < 64; ++n) {
            TripleFunction f{26, {}, {}, powers};
            for (std::size_t k = 0, rest = static_cast<std::size_t>(n); k < 3; ++k, rest /= 4) {
                f.neighbours[k] = elements[rest % 2];
                f.weights[k] = {widths[rest / 2 % 2], 0.0, {recipe.form, 4.0, 0.0}};
            }
            all.triple.push_back(f);
        }
        auto const written = values({elements, all}).tail(64).eval();
        for (double const g : written)
            CHECK((reduced.array() - g).abs().minCoeff() < 1e-12 * std::abs(g));
    }
}

TEST_CASE("equal widths only and pairs of weights of several elements", "[recipe]") {
    Recipe recipe{.radial_centred = 1,
                  .radial_shifted = 0,
                  .angular_eta = {},
                  .moment_eta = {0.05, 0.2, 0.4},
                  .power_degrees = {0, 2},
                  .triple = {{1, 1, 1}}};
    // E n (E n + 1)/2 pairs of weights; per width the 4 triples of two elements
    CHECK(standard_descriptors({26, 28}, recipe).size(26) == 2 + 21 * 2 + 4 * 3);
    recipe.triple = {{2, 1, 1}};  // a and b may be swapped, c may not
    CHECK(standard_descriptors({26, 28}, recipe).size(28) == 2 + 21 * 2 + 6 * 3);
    recipe.triple = {{2, 1, 3}};
    CHECK(standard_descriptors({26, 28}, recipe).size(28) == 2 + 21 * 2 + 8 * 3);
}

TEST_CASE("a recipe that makes no sense is refused", "[recipe]") {
    CHECK_THROWS_AS(standard_descriptors({26}, {.cutoff_radial = -1.0}), InputError);
    CHECK_THROWS_AS(standard_descriptors({26}, {.first_shift = 7.0}), InputError);
    CHECK_THROWS_AS(standard_descriptors({26}, {.radial_centred = -1}), InputError);
    CHECK_THROWS_AS(standard_descriptors({26}, {.zeta = {0}}), InputError);
    CHECK_THROWS_AS(standard_descriptors({}), InputError);
    CHECK_THROWS_AS(standard_descriptors({26}, {.power_degrees = {17}}), InputError);
    CHECK_THROWS_AS(standard_descriptors({26}, {.triple = {{5, 0, 0}}}), InputError);
    CHECK_THROWS_AS(standard_descriptors({26}, {.angular_eta = {}, .power_degrees = {2}}),
                    InputError);
}

// Functions that tell neighbours apart by the direction of their moments.
#include <numeric>

#include "against_reference.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/descriptors/flops.hpp"
#include "kamacite/descriptors/pass.hpp"
#include "kamacite/descriptors/recipe.hpp"

using namespace kamacite;

namespace {

using test::Case;
using test::Expected;
using test::worst_of;
using test::worst_over;

Recipe recipe_of(std::vector<std::string> spins, double least_moment = 0.0) {
    Recipe recipe;
    recipe.cutoff_radial = 4.5;
    recipe.cutoff_angular = 4.0;
    recipe.radial_centred = 2;
    recipe.radial_shifted = 3;
    recipe.angular_eta = {0.02, 0.1};
    recipe.zeta = {1, 3};
    recipe.narrow_eta = {0.05};
    recipe.power_degrees = {0, 2};
    recipe.triple = {{1, 1, 1, Recipe::Triple::Weights::equal}};
    recipe.spins = std::move(spins);
    recipe.least_moment = least_moment;
    return recipe;
}

/// Atoms of the elements, every one of a random direction.
Structure random_directions(int n, std::vector<int> const& elements, unsigned seed) {
    auto s = test::random_alloy(n, elements, seed);
    test::Uniform uniform{seed};
    for (int& z : s.species) z = species_of(z, static_cast<Direction>(uniform.below(3)));
    return s;
}

Structure turned_round(Structure s) {
    for (int& z : s.species)
        if (direction_of(z) != Direction::none) z = -z;
    return s;
}

Structure all_up(Structure s) {
    for (int& z : s.species) z = element_of(z);
    return s;
}

/// \param least_moment  0: those without moment are as if they were up
Case random_case(unsigned seed, double least_moment = 0.1) {
    std::vector<int> const elements{28, 26, 6};  // carbon has no direction
    return {standard_descriptors(elements, recipe_of({"Ni", "Fe"}, least_moment)),
            random_directions(9, elements, seed), seed};
}

}  // namespace

TEST_CASE("functions with directions, their pull-back and tangent are the sums over neighbours",
          "[descriptors][directions]") {
    unsigned const seed = GENERATE(1U, 2U, 3U);
    auto const x = random_case(seed, GENERATE(0.0, 0.1));
    Expected const expected{x};
    // a pair of neighbours at the cutoff may be all there is: its digits are those of a typical one
    Matrix const size = expected.scale.array() + 1e-3;
    CHECK(worst_over(x.values() - expected.g, size) < 1e-12);
    CHECK(worst_over(x.rates() - expected.rate, size) < 1e-11);
    auto const pulled = x.pulled();
    double const scale = x.c.cwiseProduct(expected.scale).cwiseAbs().rowwise().sum().maxCoeff();
    CHECK(worst_of(pulled.forces, expected.pulled.forces) < 1e-12 * scale);
    CHECK(worst_of(pulled.virials, expected.pulled.virials) < 1e-12 * scale);
    DescriptorPass pass{x.d, x.list, x.s.species, Precision::mixed};
    Matrix g(x.s.size(), x.d.width());
    pass.evaluate(0, x.s.size(), g);
    CHECK(worst_over(g - x.values(), size) < 1e-4);
    CHECK(count_flops(x.d, x.list, x.s.species, Precision::full).evaluate > 0.0);
}

TEST_CASE("finite differences of functions with directions close in on forces",
          "[descriptors][directions]") {
    auto const x = random_case(4);
    auto const energy = [&](double h) {
        auto t = strained(x.s, h * x.strain);
        for (std::size_t i = 0; i < x.motion.size(); ++i) t.positions[i] += h * x.motion[i];
        return x.c.cwiseProduct(x.d.evaluate(find_neighbours(t, x.d.cutoff()), t.species)).sum();
    };
    auto const pulled = x.pulled();
    Mat3 const w =
        std::accumulate(pulled.virials.begin(), pulled.virials.end(), Mat3{Mat3::Zero()});
    double rate = -(x.strain * w).trace();
    for (std::size_t i = 0; i < x.motion.size(); ++i) rate -= pulled.forces[i].dot(x.motion[i]);
    auto const central = [&](double h) { return (energy(h) - energy(-h)) / (2.0 * h); };
    double const coarse = central(2e-3), fine = central(1e-3);
    CHECK(std::abs(coarse - rate) > 1e-9 * std::abs(rate));
    CHECK(std::abs(fine - rate) < 0.3 * std::abs(coarse - rate));
    CHECK_THAT((4.0 * fine - coarse) / 3.0, WithinRel(rate, 1e-7));
}

TEST_CASE("a neighbour of another direction is one of another element",
          "[descriptors][directions]") {
    // For every centre the directions are written as elements: a set without directions, made for
    // those elements, must have the same values.
    double const least = GENERATE(0.0, 0.1);
    auto const s = random_directions(12, {26}, 5);
    auto const d = standard_descriptors({26}, recipe_of({"Fe"}, least));
    auto const two = least > 0.0 ? standard_descriptors({26, 27, 28}, recipe_of({}))
                                 : standard_descriptors({26, 27}, recipe_of({}));
    REQUIRE(d.size(26) == two.size(26));
    Matrix const g = d.evaluate(find_neighbours(s, d.cutoff()), s.species);
    for (int i = 0; i < s.size(); ++i) {
        auto written = s;
        auto const sign = [&](int species) {
            auto const direction = direction_of(species);
            bool const none = least > 0.0 && direction == Direction::none;
            return none ? 0 : direction == Direction::down ? -1 : 1;
        };
        int const own = sign(s.species[static_cast<std::size_t>(i)]);
        for (int& z : written.species) z = std::array{27, 28, 26}.at(1 + own * sign(z));
        Matrix const other = two.evaluate(find_neighbours(written, two.cutoff()), written.species);
        CHECK((g.row(i) - other.row(i)).cwiseAbs().maxCoeff() < 1e-12 * g.row(i).maxCoeff());
    }
}

TEST_CASE("all moments turned round change nothing, one does", "[descriptors][directions]") {
    auto const x = random_case(6);
    Matrix const g = x.values();
    auto const turned = turned_round(x.s);
    // carbon adds the same neighbours in another order
    Matrix const scale = Expected{x}.scale;
    CHECK(worst_over(x.d.evaluate(x.list, turned.species) - g, scale) < 1e-14);
    auto one = x.s;
    auto const some = std::find_if(one.species.begin(), one.species.end(), [](int z) {
        return direction_of(z) != Direction::none && element_of(z) != 6;
    });
    REQUIRE(some != one.species.end());
    *some = -*some;
    Matrix const other = x.d.evaluate(x.list, one.species);
    CHECK((g - other).cwiseAbs().maxCoeff() > 1e-3);
    for (int i = 0; i < x.s.size(); ++i)  // carbon does not see it
        if (element_of(x.s.species[static_cast<std::size_t>(i)]) == 6)
            CHECK(worst_over(other.row(i) - g.row(i), scale.row(i)) < 1e-14);
}

TEST_CASE("where all moments are up the functions are those without directions",
          "[descriptors][directions]") {
    std::vector<int> const elements{26, 6};
    auto const s = all_up(random_directions(9, elements, 7));
    auto const d = standard_descriptors(elements, recipe_of({"Fe"}));
    auto const plain = standard_descriptors(elements, recipe_of({}));
    auto const list = find_neighbours(s, d.cutoff());
    Matrix const g = d.evaluate(list, s.species);
    Matrix const other = plain.evaluate(list, s.species);
    CHECK(d.has_directions());
    CHECK(d.has_directions(26));
    CHECK_FALSE(d.has_directions(6));
    CHECK_FALSE(plain.has_directions());
    CHECK(d.size(6) == plain.size(6));
    for (int i = 0; i < s.size(); ++i) {
        bool const carbon = s.species[static_cast<std::size_t>(i)] == 6;
        double const scale = other.row(i).cwiseAbs().maxCoeff();
        int zeros = 0;
        std::vector<double> seen;
        for (int k = 0; k < d.size(carbon ? 6 : 26); ++k)
            if (g(i, k) != 0.0)
                seen.push_back(g(i, k));
            else
                ++zeros;
        CHECK((zeros > 0) == !carbon);
        REQUIRE(static_cast<int>(seen.size()) == plain.size(carbon ? 6 : 26));
        for (std::size_t k = 0; k < seen.size(); ++k)
            CHECK_THAT(seen[k], WithinAbs(other(i, static_cast<Eigen::Index>(k)), 1e-12 * scale));
    }
    // and a set without directions does not look at them
    auto const down = turned_round(s);
    CHECK(plain.evaluate(list, down.species) == other);
}

TEST_CASE("directions that cannot be are refused", "[descriptors][directions]") {
    Cutoff const cutoff{CutoffForm::poly3, 4.0, 0.0};
    auto const with = [&](int centre, int neighbour) {
        return FunctionSet{.radial = {{26, 26, 0.1, 0.0, cutoff},
                                      {6, 26, 0.1, 0.0, cutoff},
                                      {centre, neighbour, 0.1, 0.0, cutoff}}};
    };
    CHECK_NOTHROW(Descriptors({26, 6}, with(26, -26)));
    CHECK_THROWS_AS(Descriptors({26, 6}, with(6, -26)), InputError);   // carbon has no direction
    CHECK_THROWS_AS(Descriptors({26, 6}, with(-26, 26)), InputError);  // a centre is never down
    CHECK_THROWS_AS(Descriptors({26, 6}, with(26, -28)), InputError);  // nickel is not in the set
    CHECK_THROWS_AS(standard_descriptors({6}, recipe_of({"Fe"})), InputError);
    CHECK_THROWS_AS(standard_descriptors({26}, recipe_of({"Xx"})), DataError);
}

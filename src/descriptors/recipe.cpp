#include "kamacite/descriptors/recipe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite {
namespace {

void check(Recipe const& r) {
    if (r.radial_centred < 0 || r.radial_shifted < 0)
        throw InputError(
            fmt::format("numbers of radial functions are {} and {} (must not be negative): "
                        "correct the input",
                        r.radial_centred, r.radial_shifted));
    if (!(r.cutoff_radial > 0.0) || !(r.cutoff_angular > 0.0))
        throw InputError(
            fmt::format("cutoff radii are {} and {} Å (must be positive): correct the input",
                        r.cutoff_radial, r.cutoff_angular));
    if (r.radial_shifted > 0 && !(r.first_shift >= 0.0 && r.first_shift < r.cutoff_radial))
        throw InputError(
            fmt::format("the first shifted Gaussian is at {} Å (must be in [0, {}) Å): move it "
                        "below the cutoff",
                        r.first_shift, r.cutoff_radial));
    bool const moments = !r.power_degrees.empty() || !r.triple.empty();
    if (moments && r.moment_eta.empty() && r.angular_eta.empty())
        throw InputError(
            "power or four-body functions are asked for, but there are no weights (neither "
            "moment_eta nor angular_eta has a width): give moment_eta some");
}

struct Width {
    double eta, shift;
};

std::vector<Width> radial_gaussians(Recipe const& r) {
    std::vector<Width> result;
    double const n = r.radial_centred;
    for (int m = 1; m <= r.radial_centred; ++m) {
        double const root = std::pow(n, m / n) / r.cutoff_radial;
        result.push_back({root * root, 0.0});
    }
    double const step = (r.cutoff_radial - r.first_shift) / std::max(1, r.radial_shifted);
    for (int k = 0; k < r.radial_shifted; ++k)
        result.push_back({0.5 / (step * step), r.first_shift + k * step});
    return result;
}

/// A weight of the neighbours of one element.
struct Weight {
    int element;
    double eta;
};
using Three = std::array<std::size_t, 3>;

/// Whether no permutation of three weights that leaves the function as it is comes before them.
/// The powers p, q, s belong to the sides 01, 12 and 20 of a triangle of the weights.
bool stands_first(Three const& weights, Recipe::Triple const& t) {
    std::array<int, 3> const powers{t.p, t.q, t.s};
    auto const side = [&](std::size_t a, std::size_t b) {
        return powers[a + b == 1 ? 0 : a + b == 3 ? 1 : 2];
    };
    Three turn{0, 1, 2};
    do {
        bool const same = side(turn[0], turn[1]) == t.p && side(turn[1], turn[2]) == t.q &&
                          side(turn[2], turn[0]) == t.s;
        if (same && Three{weights[turn[0]], weights[turn[1]], weights[turn[2]]} < weights)
            return false;
    } while (std::next_permutation(turn.begin(), turn.end()));
    return true;
}

/// Calls work(i, j, k) for the triples of weights of a four-body function, each function once.
template <class F>
void for_each_triple(std::vector<Weight> const& weights, Recipe::Triple const& t, F const& work) {
    for (std::size_t i = 0; i < weights.size(); ++i)
        for (std::size_t j = 0; j < weights.size(); ++j)
            for (std::size_t k = 0; k < weights.size(); ++k) {
                bool const equal =
                    weights[i].eta == weights[j].eta && weights[j].eta == weights[k].eta;
                if (!equal && t.weights == Recipe::Triple::Weights::equal) continue;
                if (stands_first({i, j, k}, t)) work(weights[i], weights[j], weights[k]);
            }
}

/// \param kinds  of neighbours that the centre tells apart
void add_moment_functions(std::vector<int> const& kinds, Recipe const& recipe, int centre,
                          FunctionSet& set) {
    Cutoff const cutoff{recipe.form, recipe.cutoff_angular, 0.0};
    std::vector<Weight> weights;
    for (int const z : kinds)
        for (double const eta : recipe.moment_eta.empty() ? recipe.angular_eta : recipe.moment_eta)
            weights.push_back({z, eta});
    auto const gaussian = [&](Weight const& w) { return Gaussian{w.eta, 0.0, cutoff}; };
    for (std::size_t i = 0; i < weights.size(); ++i)
        for (std::size_t j = i; j < weights.size(); ++j)
            for (int const l : recipe.power_degrees)
                set.power.push_back({centre, weights[i].element, weights[j].element,
                                     gaussian(weights[i]), gaussian(weights[j]), l});
    for (auto const& t : recipe.triple)
        for_each_triple(weights, t, [&](Weight const& a, Weight const& b, Weight const& c) {
            set.triple.push_back({centre,
                                  {a.element, b.element, c.element},
                                  {gaussian(a), gaussian(b), gaussian(c)},
                                  {t.p, t.q, t.s}});
        });
}

std::vector<int> directed_of(Recipe const& recipe, std::vector<int> const& elements) {
    std::vector<int> directed;
    for (auto const& symbol : recipe.spins) {
        directed.push_back(atomic_number_of(symbol));
        if (std::find(elements.begin(), elements.end(), directed.back()) == elements.end())
            throw InputError(
                fmt::format("spins: {} has no functions: add it to the elements, or remove it "
                            "from 'spins'",
                            symbol));
    }
    return directed;
}

}  // namespace

Descriptors standard_descriptors(std::vector<int> const& elements, Recipe const& recipe) {
    check(recipe);
    Cutoff const radial_cutoff{recipe.form, recipe.cutoff_radial, 0.0};
    Cutoff const angular_cutoff{recipe.form, recipe.cutoff_angular, 0.0};
    FunctionSet set;
    auto const directed = directed_of(recipe, elements);
    for (int const centre : elements) {
        auto kinds = elements;
        if (std::find(directed.begin(), directed.end(), centre) != directed.end())
            for (auto const direction : {Direction::down, Direction::none})
                for (int const z : directed)
                    if (direction == Direction::down || recipe.least_moment > 0.0)
                        kinds.push_back(species_of(z, direction));
        for (int const neighbour : kinds)
            for (auto const& g : radial_gaussians(recipe))
                set.radial.push_back({centre, neighbour, g.eta, g.shift, radial_cutoff});
        auto const add = [&](AngularFunction::Form form, int a, int b,
                             std::vector<double> const& etas) {
            for (double const eta : etas)
                for (int const zeta : recipe.zeta)
                    for (double const lambda : {1.0, -1.0})
                        set.angular.push_back({form, centre, std::min(a, b), std::max(a, b), eta,
                                               lambda, static_cast<double>(zeta), 0.0,
                                               angular_cutoff});
        };
        for (std::size_t a = 0; a < kinds.size(); ++a)
            for (std::size_t b = a; b < kinds.size(); ++b) {
                add(AngularFunction::Form::wide, kinds[a], kinds[b], recipe.angular_eta);
                add(AngularFunction::Form::narrow, kinds[a], kinds[b], recipe.narrow_eta);
            }
        add_moment_functions(kinds, recipe, centre, set);
    }
    return Descriptors{elements, std::move(set), directed.empty() ? 0.0 : recipe.least_moment};
}

}  // namespace kamacite

#include "kamacite/comparison/graph.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/catch.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using namespace kamacite::comparison;

namespace {

Structure bcc(double a) {
    return {Cell{a * Mat3::Identity()}, {26, 26}, {Vec3{0, 0, 0}, Vec3{a / 2, a / 2, a / 2}}};
}

double weight_of(Graph const& graph, int atom) {
    double sum = 0.0;
    for (int e = graph.first[static_cast<std::size_t>(atom)];
         e < graph.first[static_cast<std::size_t>(atom) + 1]; ++e)
        sum += graph.weight[static_cast<std::size_t>(e)];
    return sum;
}

/// Σ w d² over the edges of an atom: jumps where the graph does.
double moment_of(Graph const& graph, int atom) {
    double sum = 0.0;
    for (int e = graph.first[static_cast<std::size_t>(atom)];
         e < graph.first[static_cast<std::size_t>(atom) + 1]; ++e) {
        auto const k = static_cast<std::size_t>(e);
        sum += graph.weight[k] * graph.distance[k] * graph.distance[k];
    }
    return sum;
}

/// Largest change of moment_of() when one atom goes 0.5 Å in `steps` steps.
double largest_change(GraphOptions const& options, int steps) {
    auto s = test::rattled_bcc(2, 5, 0.1);
    double before = moment_of(graph_of(s, options), 0), largest = 0.0;
    for (int k = 0; k < steps; ++k) {
        s.positions[0] += Vec3{0.5 / steps, 0.2 / steps, -0.1 / steps};
        double const now = moment_of(graph_of(s, options), 0);
        largest = std::max(largest, std::abs(now - before));
        before = now;
    }
    return largest;
}

}  // namespace

TEST_CASE("the nearest twelve share the second shell of bcc") {
    auto const graph = graph_of(bcc(2.87), nearest_12());
    REQUIRE(graph.edges() == 2 * 14);
    for (int e = 0; e < 14; ++e) {
        auto const k = static_cast<std::size_t>(e);
        CHECK_THAT(graph.distance[k], WithinAbs(e < 8 ? 2.87 * std::sqrt(0.75) : 2.87, 1e-12));
        CHECK_THAT(graph.weight[k], WithinAbs(e < 8 ? 1.0 : 4.0 / 6.0, 1e-15));
    }
}

TEST_CASE("a graph without ties has the nearest twelve, each once") {
    auto const s = test::rattled_bcc(2, 3);
    auto const graph = graph_of(s, nearest_12());
    CHECK(graph.edges() == 12 * s.size());
    CHECK(std::all_of(graph.weight.begin(), graph.weight.end(), [](double w) { return w == 1.0; }));
}

TEST_CASE("smooth weights sum to sixty less the part of the radius") {
    auto const graph = graph_of(bcc(2.87), smooth_60());
    CHECK(weight_of(graph, 0) <= 60.0);
    CHECK(weight_of(graph, 0) > 59.0);
    // All of the first five shells, 58 neighbours up to 4.97 Å, and a part of the sixth.
    CHECK(std::count(graph.weight.begin(), graph.weight.end(), 1.0) >= 2 * 50);
    // Where there are fewer, all within the cutoff that is left count.
    Structure const dimer{
        Cell{Mat3{30.0 * Mat3::Identity()}}, {26, 26}, {Vec3{1, 1, 1}, Vec3{3, 1, 1}}};
    auto const two = graph_of(dimer, smooth_60());
    REQUIRE(two.edges() == 2);
    CHECK(two.weight[0] == 1.0);
    // An atom alone has none, and that is no error.
    CHECK(graph_of({dimer.cell, {26}, {Vec3{1, 1, 1}}}, smooth_60()).edges() == 0);
}

TEST_CASE("smooth graphs follow a moving atom") {
    // Ten times smaller steps: ten times smaller changes where nothing jumps.
    double const coarse = largest_change(smooth_60(), 20), fine = largest_change(smooth_60(), 100);
    CHECK(fine < 0.3 * coarse);
    // The distances of the nearest twelve are continuous at a swap of ranks: what jumps is who they
    // are, as the prediction of a network shows (graph_network_test.cpp).
}

TEST_CASE("neighbours at one distance share the last places, whatever their element") {
    auto s = bcc(2.87);
    s.species = {26, 28};  // neighbours of the first: 8 Ni, then 6 Fe, of which 4 are edges
    auto const fe = [&](GraphOptions const& options) {
        auto const g = graph_of(s, options);
        double sum = 0.0;
        for (int e = 0; e < g.first[1]; ++e)
            if (g.species[static_cast<std::size_t>(g.neighbour[static_cast<std::size_t>(e)])] == 26)
                sum += g.weight[static_cast<std::size_t>(e)];
        return sum;
    };
    CHECK_THAT(fe(nearest_12()), WithinAbs(4.0, 1e-12));
}

TEST_CASE("distances are spread over Gaussians") {
    std::vector<double> u(expansion_width);
    expand(2.5, u);
    CHECK_THAT(u[12], WithinAbs(std::exp(-0.25), 1e-14));
    CHECK_THAT(u[13], WithinAbs(std::exp(-0.25), 1e-14));
    CHECK_THAT(u[10], WithinAbs(std::exp(-6.25), 1e-14));
}

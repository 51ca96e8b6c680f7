#include <cmath>

#include "io/temporary.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "kamacite/properties/heat_conductivity.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::properties;

namespace {

HeatRunOptions short_run(Vec3 const& field, std::uint64_t seed = 1) {
    HeatRunOptions o;
    o.equilibration = 30;
    o.steps = 40;
    o.every = 4;
    o.field = field;
    o.seed = seed;
    return o;
}

/// Largest distance between the fluxes of two runs [eV Å/fs].
double distance(HeatRun const& a, HeatRun const& b) {
    REQUIRE(a.flux.size() == b.flux.size());
    double worst = 0.0;
    for (std::size_t k = 0; k < a.flux.size(); ++k)
        worst = std::max(worst, (a.flux[k] - b.flux[k]).norm());
    return worst;
}

/// A run whose flux forgets: ⟨J_a J_a⟩ = variance · memory^n, about a mean.
HeatRun made_up(int seed, int values, double memory, Vec3 const& mean, double scatter) {
    HeatRun run;
    run.interval = 10.0;
    run.volume = 12000.0;
    run.temperature = {600.0, 0.0};
    RandomStream random{static_cast<std::uint64_t>(seed), "flux", 0};
    Vec3 x = random.normal3();
    for (int k = 0; k < values; ++k) {
        run.flux.push_back(mean + scatter * x);
        x = memory * x + std::sqrt(1.0 - memory * memory) * random.normal3();
    }
    return run;
}

}  // namespace

TEST_CASE("a heat flux is the same on any number of ranks", "[properties]") {
    LennardJones const potential{{}};
    auto const start = test::rattled_bcc(3, 2, 0.05);
    auto const alone = test::world().split(test::world().rank(), 0);
    for (Vec3 const& field : {Vec3{0, 0, 0}, Vec3{0.002, -0.001, 0.0}}) {
        auto const together = heat_run(test::world(), potential, start, short_run(field));
        auto const one = heat_run(alone, potential, start, short_run(field));
        CHECK(together.flux.size() == 10);
        CHECK(together.interval == 4.0);
        CHECK(one.flux.front().norm() > 1e-4);
        CHECK(distance(together, one) < 1e-9);
        CHECK_THAT(together.temperature.value, WithinRel(one.temperature.value, 1e-9));
        CHECK(std::abs(one.drift) < 1e-3);
    }
}

TEST_CASE("runs come in their order from groups of ranks", "[properties]") {
    LennardJones const potential{{}};
    auto const start = test::rattled_bcc(2, 2, 0.05);
    auto const alone = test::world().split(test::world().rank(), 0);
    std::vector<HeatRunOptions> options;
    for (std::uint64_t seed = 1; seed <= 4; ++seed)
        options.push_back(short_run(seed == 3 ? Vec3{0.001, 0, 0} : Vec3{0, 0, 0}, seed));
    auto const runs = heat_runs(test::world(), potential, start, options);
    REQUIRE(runs.size() == 4);
    for (std::size_t k = 0; k < 4; ++k) {
        CHECK(distance(runs[k], heat_run(alone, potential, start, options[k])) < 1e-9);
        CHECK(runs[k].field == options[k].field);
    }
    CHECK(distance(runs[0], runs[1]) > 1e-4);
}

TEST_CASE("a run that is stopped goes on to the bit", "[properties]") {
    LennardJones const potential{{}};
    auto const start = test::rattled_bcc(2, 3, 0.05);
    auto const& world = test::world();
    test::TemporaryDirectory const directory{"heat"};
    for (Vec3 const& field : {Vec3{0, 0, 0}, Vec3{0.002, -0.001, 0.0}}) {
        auto options = short_run(field);
        options.equilibration = 900;
        options.steps = 900;
        auto const undisturbed = heat_run(world, potential, start, options);
        HeatStore store;
        store.directory = directory.path();
        store.potential = "argon";
        int asked = 0, stops = 0;
        store.asked = [&] { return ++asked % 2 == 0; };  // at every other of nine chances
        auto run = heat_run(world, potential, start, options, store);
        for (; !run.finished; ++stops) run = heat_run(world, potential, start, options, store);
        CHECK(stops >= 4);
        CHECK(distance(run, undisturbed) == 0.0);
        CHECK(run.temperature.value == undisturbed.temperature.value);
        CHECK(run.drift == undisturbed.drift);

        store.asked = [] { return true; };  // finished: nothing is left to be stopped
        CHECK(distance(heat_run(world, potential, start, options, store), run) == 0.0);
        auto longer = options;
        longer.steps = 1300;
        auto part = heat_run(world, potential, start, longer, store);
        CHECK_FALSE(part.finished);
        CHECK(part.flux.size() > run.flux.size());  // it went on from the end
        store.asked = {};
        part = heat_run(world, potential, start, longer, store);
        // lists were made anew at the end, which is no step where they always are: rounding
        CHECK(distance(part, heat_run(world, potential, start, longer)) < 1e-9);
        CHECK(distance(heat_run(world, potential, start, options, store), run) == 0.0);
        store.potential = "another";  // begins anew
        store.asked = [] { return true; };
        CHECK(heat_run(world, potential, start, options, store).flux.empty());
    }
}

TEST_CASE("groups of ranks that are stopped go on", "[properties]") {
    LennardJones const potential{{}};
    auto const start = test::rattled_bcc(2, 2, 0.05);
    auto const& world = test::world();
    test::TemporaryDirectory const directory{"heat"};
    std::vector<HeatRunOptions> options;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        options.push_back(short_run(Vec3{0.001, 0, 0}, seed));
        options.back().steps = 600;
    }
    auto const undisturbed = heat_runs(world, potential, start, options);
    HeatStore store;
    store.directory = directory.path();
    int asked = 0;
    store.asked = [&] { return ++asked == 1; };
    auto runs = heat_runs(world, potential, start, options, store);
    CHECK_FALSE(runs.front().finished);
    runs = heat_runs(world, potential, start, options, store);
    for (std::size_t k = 0; k < runs.size(); ++k) {
        CHECK(runs[k].finished);
        CHECK(distance(runs[k], undisturbed[k]) == 0.0);
    }
}

TEST_CASE("what cannot conduct, or flies apart, is refused", "[properties]") {
    LennardJones const potential{{}};
    auto start = test::rattled_bcc(2, 2, 0.05);
    auto wild = short_run(Vec3{5.0, 0, 0});
    wild.equilibration = 4000;
    wild.timestep = 10.0;
    CHECK_THROWS_AS(heat_run(test::world(), potential, start, wild), NumericalError);
    start.cell = Cell::around(start.positions);
    CHECK_THROWS_AS(heat_run(test::world(), potential, start, short_run({0, 0, 0})), DataError);
}

TEST_CASE("a conductivity that is known comes out of fluctuations", "[properties]") {
    double const memory = 0.8, scatter = 0.05;
    // S(0) = dt s² (1 + a)/(1 − a), κ = S(0)/(2 V k_B T²)
    double const truth =
        10.0 * scatter * scatter * 9.0 / (2.0 * 12000.0 * units::k_boltzmann * 600.0 * 600.0);
    int within = 0;
    for (int trial = 0; trial < 40; ++trial) {
        std::vector<HeatRun> runs;
        for (int r = 0; r < 2; ++r)
            runs.push_back(made_up(100 * trial + r, 4000, memory, Vec3::Zero(), scatter));
        auto const found = green_kubo(runs, 500.0);
        CHECK_THAT(found.conductivity.value, WithinRel(truth, 0.5));
        CHECK(found.conductivity.error < 0.25 * truth);
        within += std::abs(found.conductivity.value - truth) < 2.0 * found.conductivity.error;
        // the integral by trapezia: dt s² (1/(1 − a) − 1/2), the same
        CHECK_THAT(found.running.value.back(), WithinRel(truth, 0.5));
    }
    CHECK(within >= 33);
    auto doubtful = made_up(1, 4000, memory, Vec3::Zero(), scatter);
    doubtful.temperature.error = 60.0;  // a tenth, which counts twice
    auto const found = green_kubo(std::span{&doubtful, 1}, 100.0);
    CHECK(found.conductivity.error > 0.2 * found.conductivity.value);
}

TEST_CASE("a conductivity that is known comes out of the answer to a field", "[properties]") {
    double const kappa = 2e-7, field = 1e-4;
    std::vector<HeatRun> runs;
    for (int r = 0; r < 6; ++r) {
        Vec3 const f = field * Vec3::Unit((r / 2) % 3) * (r % 2 == 0 ? 1.0 : -1.0);
        Vec3 const mean = kappa * 12000.0 * 600.0 * f + Vec3{1e-4, 1e-4, 1e-4};
        runs.push_back(made_up(r, 20000, 0.9, mean, 2e-3));
        runs.back().field = f;
    }
    // What does not turn with the field cancels between the signs; in one run it does not.
    auto const found = driven_conductivity(runs);
    CHECK(found.converged);
    CHECK(std::abs(found.conductivity.value - kappa) < 3.0 * found.conductivity.error);
    CHECK(found.conductivity.error < 0.5 * kappa);
    CHECK(found.of_runs.size() == 6);
    CHECK_THAT(found.running.value.back(), WithinRel(found.conductivity.value, 1e-9));
    auto other = found;
    other.conductivity.value += 10.0 * found.conductivity.error;
    CHECK(is_linear(found, found));
    CHECK_FALSE(is_linear(found, other));
}

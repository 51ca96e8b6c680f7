#include "kamacite/magnetism/simulation.hpp"

#include <cmath>

#include "crystals.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/magnetism/curie.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::magnetism;
using generate::Lattice;

TEST_CASE("results do not depend on the ranks, nor on what else is simulated", "[magnetism]") {
    std::vector<Exchange> systems;
    for (int const n : {3, 4})
        systems.push_back(exchange_by_shells(test::crystal(Lattice::bcc, n), test::iron_shells()));
    RunOptions options;
    options.sweeps = 128;
    options.thermalisation = 16;
    options.replicas = 3;
    std::vector<Point> const points{{0, 500.0}, {1, 500.0}, {0, 900.0}, {1, 1100.0}};
    auto const all = simulate(test::world(), systems, points, options);
    REQUIRE(all.size() == points.size());
    for (std::size_t p = 0; p < points.size(); ++p) {
        auto const& exchange = systems[static_cast<std::size_t>(points[p].system)];
        std::vector<Replica> runs;
        for (int r = 0; r < options.replicas; ++r)
            runs.push_back(run(exchange, points[p].temperature, options,
                               stream_of(options, exchange.size(), points[p].temperature, r)));
        auto const serial = observables_of(runs, points[p].temperature, exchange.size());
        CHECK(all[p].magnetisation.value == serial.magnetisation.value);
        CHECK(all[p].energy.error == serial.energy.error);
        CHECK(all[p].binder.value == serial.binder.value);
        CHECK(all[p].inefficiency == serial.inefficiency);
    }
    options.seed = 2;
    CHECK(simulate(test::world(), systems, points, options)[0].energy.value != all[0].energy.value);
}

TEST_CASE("the heat capacity is the slope of the energy", "[magnetism]") {
    std::vector<Exchange> const systems{
        exchange_by_shells(test::crystal(Lattice::bcc, 4), test::iron_shells())};
    RunOptions options;
    options.sweeps = 4096;
    for (double const step : {20.0, 40.0}) {
        std::vector<Point> const points{{0, 600.0 - step}, {0, 600.0}, {0, 600.0 + step}};
        auto const o = simulate(test::world(), systems, points, options);
        double const slope = (o[2].energy.value - o[0].energy.value) / (2.0 * step);
        double const error =
            std::hypot(std::hypot(o[2].energy.error, o[0].energy.error) / (2.0 * step),
                       o[1].heat_capacity.error);
        CAPTURE(step, slope, o[1].heat_capacity.value, error);
        CHECK(std::abs(slope - o[1].heat_capacity.value) < 4.0 * error);
        CHECK(error < 0.06 * slope);
    }
}

TEST_CASE("simple cubic spins order where the literature says", "[magnetism]") {
    // J/k_B T_c = 0.693035(37), pairs counted once: Chen, Ferrenberg, Landau, Phys. Rev. B 48, 3249
    // (1993). The crossing of cubes this small lies within half a percent.
    std::vector<Shells> const shells{{0, 0, {0.5 * 300.0 * units::k_boltzmann}}};
    CurieOptions options;
    options.run.sweeps = 2048;
    options.run.thermalisation = 300;
    options.temperatures = 5;
    options.width = 0.04;
    auto const curie =
        find_curie(test::world(), exchange_by_shells(test::crystal(Lattice::sc, 5), shells),
                   exchange_by_shells(test::crystal(Lattice::sc, 10), shells), options);
    auto const tc = curie.crossing.temperature;
    CAPTURE(tc.value / 300.0, tc.error / 300.0, curie.crossing.binder.value);
    CHECK_THAT(curie.mean_field, WithinRel(600.0, 1e-6));
    CHECK(std::abs(tc.value - 300.0 / 0.693035) < 3.0 * tc.error + 0.005 * 433.0);
    CHECK(tc.error < 0.01 * tc.value);
    CHECK_THAT(curie.crossing.binder.value, WithinAbs(critical_binder, 0.015));
}

TEST_CASE("spins that want to be antiparallel have no Curie temperature", "[magnetism]") {
    std::vector<Shells> const shells{{0, 0, {-0.01}}};
    CurieOptions const options;
    CHECK_THROWS_AS(
        find_curie(test::world(), exchange_by_shells(test::crystal(Lattice::sc, 4), shells),
                   exchange_by_shells(test::crystal(Lattice::sc, 6), shells), options),
        NumericalError);
}

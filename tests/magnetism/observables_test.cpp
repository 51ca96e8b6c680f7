#include "kamacite/magnetism/observables.hpp"

#include <cmath>

#include "crystals.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/magnetism/curie.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::magnetism;

TEST_CASE("errors of the observables are what independent runs scatter by", "[magnetism]") {
    // 40 short runs of one system: their spread against the error that each gives itself.
    std::vector<Shells> const shells{{0, 0, {0.01}}};
    auto const exchange = exchange_by_shells(test::crystal(generate::Lattice::sc, 4), shells);
    double const temperature = 360.0;  // k_B T/2J = 1.55: close above the transition
    RunOptions options;
    options.sweeps = 2048;
    options.thermalisation = 200;
    constexpr int n = 40;
    std::vector<Observables> found;
    for (int r = 0; r < n; ++r) {
        std::vector<Replica> const one{run(exchange, temperature, options,
                                           stream_of(options, exchange.size(), temperature, r))};
        found.push_back(observables_of(one, temperature, exchange.size()));
        CHECK(found.back().converged);
    }
    for (auto const& [name, member] :
         {std::pair{"m", &Observables::magnetisation}, std::pair{"e", &Observables::energy},
          std::pair{"chi", &Observables::susceptibility},
          std::pair{"c", &Observables::heat_capacity}, std::pair{"U", &Observables::binder}}) {
        double mean = 0.0, square = 0.0, error2 = 0.0;
        for (auto const& o : found) {
            mean += (o.*member).value / n;
            error2 += std::pow((o.*member).error, 2) / n;
        }
        for (auto const& o : found) square += std::pow((o.*member).value - mean, 2) / (n - 1);
        CAPTURE(name, std::sqrt(square), std::sqrt(error2));
        // The spread of 40 is known to 11 %.
        CHECK(std::sqrt(square / error2) > 0.65);
        CHECK(std::sqrt(square / error2) < 1.45);
    }
}

TEST_CASE("runs that are too short for their memory say so", "[magnetism]") {
    std::vector<Shells> const shells{{0, 0, {0.01}}};
    auto const exchange = exchange_by_shells(test::crystal(generate::Lattice::sc, 8), shells);
    RunOptions options;
    options.sweeps = 64;
    options.over_relaxations = 0;
    double const critical = 1.443 * 0.02 / units::k_boltzmann;
    std::vector<Replica> const one{run(exchange, critical, options, {1, "short", 0})};
    CHECK_FALSE(observables_of(one, critical, exchange.size()).converged);
}

TEST_CASE("the crossing of two straight lines is found with its error", "[magnetism]") {
    std::vector<Observables> small, large;
    for (double const t : {900.0, 910.0, 920.0, 930.0}) {
        Observables o;
        o.temperature = t;
        o.binder = {0.62 - 1e-3 * (t - 917.0), 1e-3};
        small.push_back(o);
        o.binder = {0.62 - 3e-3 * (t - 917.0), 1e-3};
        large.push_back(o);
    }
    auto const crossing = binder_crossing(small, large);
    CHECK_THAT(crossing.temperature.value, WithinAbs(917.0, 1e-6));
    CHECK_THAT(crossing.binder.value, WithinAbs(0.62, 1e-9));
    // The line of the difference at 917: variance 2e-6 (1/4 + 2²/500), slope 2e-3.
    CHECK_THAT(crossing.temperature.error,
               WithinRel(std::sqrt(2e-6 * (0.25 + 4.0 / 500.0)) / 2e-3, 1e-6));
    for (auto& o : large) o.binder.value -= 0.2;
    CHECK_THROWS_AS(binder_crossing(small, large), NumericalError);
}

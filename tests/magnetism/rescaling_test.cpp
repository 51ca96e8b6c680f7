#include "kamacite/magnetism/rescaling.hpp"

#include <array>

#include "crystals.hpp"
#include "kamacite/magnetism/simulation.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::magnetism;

TEST_CASE("Kuz'min's curve of iron", "[magnetism]") {
    // M/M₀ of the formula with s = 0.35, p = 4, T_c = 1043 K, to four decimals.
    constexpr std::array<std::array<double, 2>, 11> table{{{100, .9965},
                                                           {200, .9898},
                                                           {300, .9801},
                                                           {400, .9665},
                                                           {500, .9471},
                                                           {600, .9190},
                                                           {700, .8775},
                                                           {800, .8143},
                                                           {900, .7108},
                                                           {1000, .4962},
                                                           {1040, .2077}}};
    for (auto const& [t, m] : table) CHECK_THAT(kuzmin(t, kuzmin_iron()), WithinAbs(m, 0.5e-4));
    // Crangle and Goodman, Proc. R. Soc. A 321, 477 (1971): 217.6/221.7 at 293 K.
    CHECK_THAT(kuzmin(293.0, kuzmin_iron()), WithinAbs(217.6 / 221.7, 0.002));
    CHECK(kuzmin(0.0, kuzmin_iron()) == 1.0);
    CHECK(kuzmin(1100.0, kuzmin_iron()) == 0.0);
}

TEST_CASE("rescaled spins of iron are as ordered as iron is", "[magnetism]") {
    CHECK_THAT(classical_temperature(521.5, 1043.0, 925.0, 2.0), WithinRel(925.0 / 4.0, 1e-14));
    CHECK(classical_temperature(1043.0, 1043.0, 925.0, 2.876) == 925.0);
    auto const exchange =
        exchange_by_shells(test::crystal(generate::Lattice::bcc, 6), test::iron_shells());
    RunOptions options;
    options.sweeps = 512;
    options.thermalisation = 200;
    for (double const t : {300.0, 500.0}) {
        double const classical = classical_temperature(t, 1043.0, 925.0, alpha_iron);
        std::vector<Replica> const one{run(exchange, classical, options, {1, "rescaled", 0})};
        auto const m = observables_of(one, classical, exchange.size()).magnetisation;
        CHECK_THAT(m.value, WithinAbs(kuzmin(t, kuzmin_iron()), 0.015 + 4.0 * m.error));
    }
    // Classical spins at 300 K themselves: 0.877 by an independent program in cubes of 10 and 16
    // cells, against 0.980 measured.
    auto const larger =
        exchange_by_shells(test::crystal(generate::Lattice::bcc, 10), test::iron_shells());
    std::vector<Replica> const one{run(larger, 300.0, options, {1, "classical", 0})};
    auto const m = observables_of(one, 300.0, larger.size()).magnetisation;
    CHECK_THAT(m.value, WithinAbs(0.877, 0.005));
}

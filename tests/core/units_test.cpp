#include "kamacite/core/units.hpp"
#include <cmath>

#include "support/catch.hpp"

using namespace kamacite;

TEST_CASE("unit factors agree with independent relations", "[core]") {
    // 1 eV/Å³ = 160.2176634 GPa (exact from the 2019 SI)
    CHECK_THAT(1.0 / units::GPa, WithinRel(160.2176634, 1e-12));
    // Rydberg energy = e²/(2·4πε0·a0), with e²/4πε0 = 14.3996454784… eV Å (CODATA 2018)
    CHECK_THAT(units::rydberg, WithinRel(14.399645478426 / (2.0 * units::bohr), 1e-9));
    CHECK_THAT(300.0 * units::k_boltzmann, WithinRel(0.025851999786, 1e-9));
}

TEST_CASE("mass, energy, length and time fit together", "[core]") {
    // Thermal speed of iron at 300 K, sqrt(k_B T / m), worked out in SI: 211.34 m/s
    double const speed_si = std::sqrt(1.380649e-23 * 300.0 / (55.845 * 1.66053906660e-27));
    double const speed = std::sqrt(units::k_boltzmann * 300.0 / (55.845 * units::dalton));
    double const metre_per_second = 1e10 * units::angstrom / (1e15 * units::fs);
    CHECK_THAT(speed / metre_per_second, WithinRel(speed_si, 1e-12));
}

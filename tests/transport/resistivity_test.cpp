#include "kamacite/transport/resistivity.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/magnetism/rescaling.hpp"
#include "kamacite/transport/phonon_resistivity.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::transport;

namespace {

constexpr double debye = 470.0;

Baseline iron(int n = 5) {
    Baseline baseline;
    baseline.shape = [n](double t) { return bloch_gruneisen(t, debye, n); };
    return baseline;
}

/// g ∝ ν² up to ν_D = k_B Θ/h.
PhononDensity debye_density(int points) {
    PhononDensity phonons;
    double const end = units::k_boltzmann * debye / (6.62607015e-19 * units::joule);
    for (int k = 0; k <= points; ++k) {
        double const nu = end * k / points;
        phonons.frequency.push_back(nu);
        phonons.density.push_back(nu * nu);
    }
    return phonons;
}

}  // namespace

TEST_CASE("Bloch and Grüneisen: limits and a tabulated integral", "[transport]") {
    // J₅(∞) = 5! ζ(5) = 124.431, J₃(∞) = 3! ζ(3) = 7.2123: T⁵ and T³ at low temperatures.
    CHECK_THAT(bloch_gruneisen(5.0, debye, 5) * std::pow(debye / 5.0, 5),
               WithinRel(120.0 * 1.0369277551433699, 1e-9));
    CHECK_THAT(bloch_gruneisen(5.0, debye, 3) * std::pow(debye / 5.0, 3),
               WithinRel(6.0 * 1.2020569031595942, 1e-9));
    CHECK_THAT(bloch_gruneisen(4.0, debye) / bloch_gruneisen(2.0, debye), WithinRel(32.0, 1e-9));
    // f = T/((n − 1) Θ) − Θ/(12 (n + 1) T) + …, as 1/[(eˣ − 1)(1 − e^{−x})] = 1/x² − 1/12 + x²/240.
    for (int const n : {3, 5})
        for (double const t : {2000.0, 8000.0}) {
            double const y = debye / t;
            CHECK_THAT(bloch_gruneisen(t, debye, n),
                       WithinRel(1.0 / ((n - 1) * y) - y / (12.0 * (n + 1)) +
                                     std::pow(y, 3) / (240.0 * (n + 3)),
                                 3e-6));
        }
    CHECK(bloch_gruneisen(0.0, debye) == 0.0);
}

TEST_CASE("the baseline of iron is the table it was computed for elsewhere", "[transport]") {
    // ρ_ph(300 K) = 6.8 μΩ cm with Θ = 470 K, ρ_∞ = 80 μΩ cm, Kuz'min's M(T). The table has one
    // decimal: half of its last digit is 3 % of the first entry and less than 0.5 % from 273 K on,
    // where the half percent is the stricter bound.
    struct Row {
        double temperature, total;
    };
    for (auto const& row :
         {Row{100, 1.5}, Row{150, 3.4}, Row{200, 5.5}, Row{273, 8.7}, Row{300, 9.9}, Row{400, 14.9},
          Row{500, 20.6}, Row{600, 27.5}, Row{700, 36.1}, Row{800, 47.3}, Row{900, 62.5},
          Row{1000, 85.9}, Row{1043, 106.7}}) {
        auto const r = resistivity(iron(), row.temperature,
                                   magnetism::kuzmin(row.temperature, magnetism::kuzmin_iron()));
        CAPTURE(row.temperature, r.total() / micro_ohm_cm);
        CHECK(std::abs(r.total() / micro_ohm_cm - row.total) <= std::max(0.05, 0.005 * row.total));
        if (row.temperature >= 273.0)
            CHECK_THAT(r.total() / micro_ohm_cm, WithinRel(row.total, 0.005 + 0.05 / row.total));
    }
}

TEST_CASE("a density of states of Debye is Bloch and Grüneisen", "[transport]") {
    auto const phonons = debye_density(20000);
    for (int const n : {3, 5})
        for (double const t : {30.0, 100.0, 300.0, 1000.0})
            CHECK_THAT(
                resistivity_of_density(t, phonons, n) / resistivity_of_density(470.0, phonons, n),
                WithinRel(bloch_gruneisen(t, debye, n) / bloch_gruneisen(470.0, debye, n), 1e-6));
    // One frequency, Einstein's: T (x/sinh x)²; zero frequencies and T = 0 give nothing.
    PhononDensity const narrow{{-0.001, 0.0, 0.0049, 0.005, 0.0051}, {5.0, 1.0, 0.0, 1.0, 0.0}};
    double const h = 6.62607015e-19 * units::joule;
    auto const einstein = [&](double t) {
        double const x = h * 0.005 / (2.0 * units::k_boltzmann * t);
        return t * std::pow(x / std::sinh(x), 2);
    };
    CHECK_THAT(resistivity_of_density(200.0, narrow) / resistivity_of_density(400.0, narrow),
               WithinRel(einstein(200.0) / einstein(400.0), 1e-9));
    CHECK(resistivity_of_density(0.0, narrow) == 0.0);
    CHECK_THROWS_AS(resistivity_of_density(100.0, {{0.0}, {1.0}}), DataError);
    CHECK_THROWS_AS(resistivity_of_density(100.0, {{0.2, 0.1}, {1.0, 1.0}}), DataError);
    CHECK_THROWS_AS(resistivity_of_density(100.0, {{0.1, 0.2}, {1.0, -1.0}}), DataError);
}

TEST_CASE("a lattice that is wider is softer: resistivity at high temperatures goes as 1/Θ²",
          "[transport]") {
    double const strain = 1.01, gruneisen = 1.7, k = stiffening(strain, gruneisen);
    CHECK_THAT(k, WithinRel(std::pow(1.01, -5.1), 1e-14));
    auto const phonon = [&](double t, Lattice const& lattice) {
        return resistivity(iron(), t, 1.0, lattice).phonon;
    };
    CHECK_THAT(phonon(50000.0, {k, 1.0}) / phonon(50000.0, {}), WithinRel(1.0 / (k * k), 1e-4));
    // C/(M Θ) f(T/Θ), Ziman §9.5: the whole curve, not only its end.
    CHECK_THAT(
        phonon(120.0, {k, 1.0}) / phonon(120.0, {}),
        WithinRel(bloch_gruneisen(120.0, k * debye) / bloch_gruneisen(120.0, debye) / k, 1e-12));
    auto const spins = resistivity(iron(), 2000.0, 0.0, {1.0, 1.1});
    CHECK_THAT(spins.disorder, WithinRel(80.0 * 1.21 * micro_ohm_cm, 1e-12));
}

TEST_CASE("two currents: limits", "[transport]") {
    CHECK_THAT(two_currents(2.0, 6.0, 0.0), WithinRel(1.5, 1e-14));  // in parallel
    CHECK_THAT(two_currents(2.0, 6.0, 1e12), WithinRel(2.0, 1e-9));  // one current: (2+6)/4
    CHECK_THAT(two_currents(5.0, 5.0, 3.0), WithinRel(2.5, 1e-14));  // nothing to mix
    // Without asymmetry or without magnetisation Matthiessen's rule holds; in between the
    // resistivity is above it.
    auto baseline = iron();
    baseline.residual = 0.5 * micro_ohm_cm;
    baseline.asymmetry = 4.0;
    baseline.mixing = 30.0 * micro_ohm_cm;
    CHECK_THAT(resistivity(baseline, 1100.0, 0.0).deviation / micro_ohm_cm, WithinAbs(0.0, 1e-9));
    CHECK_THAT(resistivity(baseline, 300.0, 1.0).deviation / micro_ohm_cm, WithinAbs(0.0, 1e-9));
    CHECK(resistivity(baseline, 600.0, 0.9).deviation > 0.3 * micro_ohm_cm);
    baseline.asymmetry = 1.0;
    CHECK(resistivity(baseline, 600.0, 0.9).deviation == 0.0);
}

TEST_CASE("Wiedemann and Franz in units that are known", "[transport]") {
    CHECK_THAT(lorenz_number() / (ohm_metre * watt_per_metre_kelvin), WithinRel(2.443e-8, 2e-4));
    // 300 K, 9.98 μΩ cm: 73.4 W/m/K
    CHECK_THAT(wiedemann_franz(300.0, 9.98 * micro_ohm_cm) / watt_per_metre_kelvin,
               WithinAbs(73.4, 0.05));
}

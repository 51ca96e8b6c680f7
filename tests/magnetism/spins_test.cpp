#include "kamacite/magnetism/spins.hpp"

#include <algorithm>
#include <cmath>

#include "crystals.hpp"
#include "kamacite/magnetism/simulation.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::magnetism;
using generate::Lattice;

namespace {

double langevin(double x) {
    return 1.0 / std::tanh(x) - 1.0 / x;
}

/// Largest distance of the samples' distribution from another, times √n: above 1.95 once in a
/// thousand.
template <class Distribution>
double distance_from(std::vector<double> samples, Distribution const& distribution) {
    std::sort(samples.begin(), samples.end());
    auto const n = static_cast<double>(samples.size());
    double largest = 0.0;
    for (std::size_t k = 0; k < samples.size(); ++k) {
        double const f = distribution(samples[k]);
        largest = std::max({largest, std::abs(f - static_cast<double>(k) / n),
                            std::abs(f - static_cast<double>(k + 1) / n)});
    }
    return largest * std::sqrt(n);
}

constexpr double temperature = 300.0, thermal = units::k_boltzmann * temperature;

}  // namespace

TEST_CASE("the heat bath draws a spin from its canonical distribution", "[magnetism]") {
    // Density ∝ exp(x cos θ) about the field, whatever its direction: what detailed balance asks of
    // a spin that is drawn without regard to what it was.
    Exchange alone;
    alone.close_atom();
    for (double const x : {1e-12, 1e-4, 0.049, 0.051, 1.0, 30.0, 3000.0})
        for (Vec3 const& direction : {Vec3(0, 0, 1), Vec3(0, 0, -1), Vec3(1, -2, 0.5)}) {
            Vec3 const n = direction.normalized();
            Spins spins{alone, temperature, {7, "one spin", 0}, x * thermal * n};
            Vec3 const across = n.unitOrthogonal(), other = n.cross(across);
            std::vector<double> along, azimuth;
            for (int k = 0; k < 20000; ++k) {
                spins.heat_bath();
                Vec3 const e = spins.spin(0);
                if (k % 1000 == 0) REQUIRE_THAT(e.norm(), WithinAbs(1.0, 1e-14));
                along.push_back(e.dot(n));
                azimuth.push_back(std::atan2(e.dot(other), e.dot(across)));
            }
            CAPTURE(x);
            double const pi = std::acos(-1.0);
            CHECK(distance_from(along, [&](double c) {
                      return x < 1e-6 ? 0.5 * (1.0 + c)
                                      : (std::exp(x * (c - 1.0)) - std::exp(-2.0 * x)) /
                                            -std::expm1(-2.0 * x);
                  }) < 1.95);
            CHECK(distance_from(azimuth, [&](double f) { return 0.5 + 0.5 * f / pi; }) < 1.95);
        }
}

TEST_CASE("over-relaxation keeps the energy and undoes itself", "[magnetism]") {
    auto const exchange = exchange_by_shells(test::crystal(Lattice::bcc, 4), test::iron_shells());
    Spins spins{exchange, 900.0, {3, "over-relaxation", 0}, Vec3(0.001, 0.002, -0.001)};
    spins.randomise();
    for (int k = 0; k < 20; ++k) spins.heat_bath();
    double const before = spins.energy();
    CHECK_THAT(spins.carried_energy(), WithinAbs(before, 1e-10));
    Vec3 const mean = spins.mean();
    for (int k = 0; k < 10; ++k) spins.over_relax();
    CHECK_THAT(spins.energy(), WithinAbs(before, 1e-10));
    CHECK((spins.mean() - mean).norm() > 1e-3);
    CHECK_THAT(spins.spin(5).norm(), WithinAbs(1.0, 1e-13));

    Exchange alone;
    alone.close_atom();
    Spins one{alone, temperature, {3, "over-relaxation", 1}, Vec3(0.1, 0.2, 0.3)};
    one.heat_bath();
    Vec3 const e = one.spin(0);
    one.over_relax();
    CHECK((one.spin(0) - e).norm() > 1e-3);
    one.over_relax();
    CHECK((one.spin(0) - e).norm() < 1e-14);
}

TEST_CASE("a heat bath alone and with over-relaxation have one equilibrium", "[magnetism]") {
    auto const exchange = exchange_by_shells(test::crystal(Lattice::bcc, 4), test::iron_shells());
    RunOptions options;
    options.sweeps = 4096;
    options.thermalisation = 200;
    std::vector<Observables> found;
    for (int const over : {0, 2}) {
        options.over_relaxations = over;
        std::vector<Replica> const runs{run(exchange, 700.0, options, {1, "equilibrium", 0})};
        found.push_back(observables_of(runs, 700.0, exchange.size()));
    }
    auto const agree = [](Estimate const& a, Estimate const& b) {
        CHECK(std::abs(a.value - b.value) < 4.0 * std::hypot(a.error, b.error));
    };
    agree(found[0].energy, found[1].energy);
    agree(found[0].magnetisation, found[1].magnetisation);
    CHECK(found[1].inefficiency < found[0].inefficiency);
}

TEST_CASE("one spin in a field follows Langevin, and a pair its own formulas", "[magnetism]") {
    RunOptions options;
    options.sweeps = 65536;
    options.thermalisation = 100;
    options.over_relaxations = 0;
    for (double const x : {0.3, 2.0}) {
        CAPTURE(x);
        Exchange alone;
        alone.close_atom();
        options.field = {0.0, 0.0, x * thermal};
        std::vector<Replica> const one{run(alone, temperature, options, {1, "langevin", 0})};
        auto const spin = observables_of(one, temperature, 1);
        // e = −b cos θ: ⟨e⟩ = −b L(x), C = k_B (1 − x²/sinh² x)
        CHECK(spin.converged);
        CHECK(std::abs(spin.energy.value + x * thermal * langevin(x)) < 4.0 * spin.energy.error);
        CHECK(spin.energy.error < 0.01 * x * thermal);
        double const c = units::k_boltzmann * (1.0 - std::pow(x / std::sinh(x), 2));
        CHECK(std::abs(spin.heat_capacity.value - c) < 4.0 * spin.heat_capacity.error);
        CHECK_THAT(spin.magnetisation.value, WithinAbs(1.0, 1e-12));

        // H = −2 J e₁·e₂ with 2 J = x k_B T: ⟨e₁·e₂⟩ = L(x), ⟨m²⟩ = (1 + L)/2
        options.field = Vec3::Zero();
        auto const pair = test::chain(2, 0.5 * x * thermal);
        std::vector<Replica> const two{run(pair, temperature, options, {1, "pair", 0})};
        auto const of_pair = observables_of(two, temperature, 2);
        CHECK(std::abs(of_pair.energy.value + 0.5 * x * thermal * langevin(x)) <
              4.0 * of_pair.energy.error);
        CHECK(std::abs(of_pair.heat_capacity.value - 0.5 * c) < 4.0 * of_pair.heat_capacity.error);
        double const free = 2.0 * 0.5 * (1.0 + langevin(x)) / (3.0 * thermal);
        CHECK(std::abs(of_pair.paramagnetic_susceptibility.value - free) <
              4.0 * of_pair.paramagnetic_susceptibility.error);
        CHECK(of_pair.paramagnetic_susceptibility.error < 0.01 * free);

        // A row of five: ⟨e_i·e_j⟩ = L(x)^|i−j| (Fisher, Am. J. Phys. 32, 343 (1964))
        auto const row = test::chain(5, 0.5 * x * thermal);
        std::vector<Replica> const five{run(row, temperature, options, {1, "row", 0})};
        auto const of_row = observables_of(five, temperature, 5);
        double sum = 0.0;
        for (int i = 0; i < 5; ++i)
            for (int j = 0; j < 5; ++j) sum += std::pow(langevin(x), std::abs(i - j));
        double const chi = sum / 5.0 / (3.0 * thermal);
        CHECK(std::abs(of_row.paramagnetic_susceptibility.value - chi) <
              4.0 * of_row.paramagnetic_susceptibility.error);
    }
}

TEST_CASE("the susceptibility follows the expansion for high temperatures", "[magnetism]") {
    // Simple cubic, one bond an energy −k e·e with k = 2 J/k_B T: paths that avoid themselves give
    // N⟨m²⟩ = 1 + 6 u + 30 u² + 150 u³ + O(u⁴), u = L(k); closed paths enter with u⁴ and on.
    double const k = 0.15, u = langevin(k);
    double const expected = 1.0 + 6.0 * u + 30.0 * u * u + 150.0 * u * u * u;
    double const next = 726.0 * std::pow(u, 4);
    std::vector<Shells> const shells{{0, 0, {0.5 * k * thermal}}};
    auto const exchange = exchange_by_shells(test::crystal(Lattice::sc, 8), shells);
    RunOptions options;
    options.sweeps = 8192;
    options.thermalisation = 100;
    std::vector<Replica> const runs{run(exchange, temperature, options, {1, "expansion", 0})};
    auto const found = observables_of(runs, temperature, exchange.size());
    double const value = found.paramagnetic_susceptibility.value * 3.0 * thermal;
    double const error = found.paramagnetic_susceptibility.error * 3.0 * thermal;
    CAPTURE(value, error, expected, next);
    CHECK(value > expected + 0.5 * next - 4.0 * error);
    CHECK(value < expected + 2.0 * next + 4.0 * error);
    CHECK(error < 0.03);
}

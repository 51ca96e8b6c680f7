#include "kamacite/transport/green_kubo.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/transport/resistivity.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::transport;

TEST_CASE("autocorrelations are what sums say, and integrals their trapezia", "[transport]") {
    RandomStream random{1, "series", 0};
    std::vector<std::vector<double>> series(3, std::vector<double>(37));
    for (auto& x : series)
        for (double& value : x) value = random.normal() + 0.3;
    double const dt = 2.5;
    auto const found = running_integral(series, dt, 11 * dt);
    REQUIRE(found.time.size() == 12);
    double integral = 0.0, before = 0.0;
    for (std::size_t m = 0; m < 12; ++m) {
        double c = 0.0;
        for (auto const& x : series)
            for (std::size_t n = 0; n + m < x.size(); ++n)
                c += x[n] * x[n + m] / static_cast<double>(3 * (x.size() - m));
        if (m > 0) integral += 0.5 * dt * (before + c);
        before = c;
        CHECK_THAT(found.time[m], WithinAbs(dt * static_cast<double>(m), 1e-12));
        CHECK_THAT(found.correlation[m], WithinAbs(c, 1e-12));
        CHECK_THAT(found.integral[m], WithinAbs(integral, 1e-11));
    }
    // Beyond the end there is nothing: the longest lag of 37 values is 36.
    CHECK(running_integral(series, dt, 1e6).time.size() == 37);
    CHECK(std::isnan(running_integral(std::span{series}.first(1), dt, 10.0).error[1]));
    series[1].pop_back();
    CHECK_THROWS_AS(running_integral(series, dt, 10.0), DataError);
}

TEST_CASE("the scatter of integrals is their error", "[transport]") {
    // ⟨x_n x_{n+m}⟩ = a^m: ∫ = dt (1/(1 − a) − 1/2) by trapezia.
    double const a = 0.8, truth = 1.0 / (1.0 - a) - 0.5;
    int within = 0;
    for (int seed = 0; seed < 200; ++seed) {
        std::vector<std::vector<double>> series;
        for (int s = 0; s < 8; ++s) {
            RandomStream random{static_cast<std::uint64_t>(seed), "series",
                                static_cast<std::uint64_t>(s)};
            std::vector<double> x{random.normal()};
            while (x.size() < 1500)
                x.push_back(a * x.back() + std::sqrt(1.0 - a * a) * random.normal());
            series.push_back(std::move(x));
        }
        auto const found = running_integral(series, 1.0, 40.0);
        within += std::abs(found.integral[40] - truth) < found.error[40] ? 1 : 0;
    }
    CHECK(within > 110);  // 68 % of 200, fewer as 8 series know their scatter to a quarter
    CHECK(within < 160);
}

TEST_CASE("Green and Kubo in units that are known", "[transport]") {
    // κ = 1/(V k_B T²) ∫⟨JJ⟩, with J in eV Å/ps, V in Å³, k_B in eV/K, t in ps: times 1602.177
    // W/m/K
    double const volume = 1234.0, t = 321.0, integral = 0.77;  // (eV Å/ps)² ps
    double const kappa = 1602.176634 * integral / (volume * 8.617333262e-5 * t * t);
    double const spectrum = 2.0 * integral * 1e-6 * 1e3;  // (eV Å/fs)² fs
    CHECK_THAT(spectrum * green_kubo_factor(volume, t) / watt_per_metre_kelvin,
               WithinRel(kappa, 1e-9));
}

#include "kamacite/transport/drude.hpp"

#include <cmath>
#include <vector>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::transport;

namespace {

struct Spectrum {
    std::vector<double> frequency, conductivity;
};

/// Drude's form, with nothing below a gap, another band above 3, and noise.
Spectrum made_up(double sigma, double tau, double gap, double noise, std::uint64_t seed) {
    RandomStream random{seed, "spectrum", 0};
    Spectrum s;
    for (int k = 0; k <= 500; ++k) {
        double const w = 0.01 * k;
        double const carriers = w < gap ? 0.0 : sigma / (1.0 + w * w * tau * tau);
        s.frequency.push_back(w);
        s.conductivity.push_back((carriers + (w > 3.0 ? sigma : 0.0)) *
                                 (1.0 + noise * random.normal()));
    }
    return s;
}

}  // namespace

TEST_CASE("a Drude spectrum has the limit that it was made of", "[transport]") {
    for (double const tau : {0.05, 0.5, 1.0, 3.0}) {
        auto const s = made_up(2.5e4, tau, 0.2, 0.0, 1);
        auto const found = drude_limit(s.frequency, s.conductivity, 0.4, 2.0);
        CHECK_THAT(found.conductivity, WithinRel(2.5e4, 1e-6));
        CHECK_THAT(found.lifetime, WithinRel(tau, 1e-4));
        CHECK(found.error < 1e-5 * 2.5e4);
    }
    auto const flat = made_up(1e4, 0.0, 0.0, 0.0, 1);
    CHECK_THAT(drude_limit(flat.frequency, flat.conductivity, 0.0, 2.0).conductivity,
               WithinRel(1e4, 1e-9));
}

TEST_CASE("errors of the limit cover noise, and a window that is not Drude's", "[transport]") {
    int within = 0;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        auto const s = made_up(2.5e4, 1.0, 0.2, 0.1, seed);
        auto const found = drude_limit(s.frequency, s.conductivity, 0.4, 2.0);
        within += std::abs(found.conductivity - 2.5e4) < 2.0 * found.error;
        CHECK(found.error < 0.2 * found.conductivity);
    }
    CHECK(within >= 45);
    // The window begins a little inside the gap of a finite cell: the error says so.
    auto const s = made_up(2.5e4, 1.0, 0.3, 0.0, 1);
    auto const wrong = drude_limit(s.frequency, s.conductivity, 0.24, 2.0);
    CHECK(std::abs(wrong.conductivity - 2.5e4) > 1e-3 * 2.5e4);
    CHECK(wrong.error > 0.5 * std::abs(wrong.conductivity - 2.5e4));
}

TEST_CASE("spectra that have no limit are refused", "[transport]") {
    auto const narrow = made_up(2.5e4, 30.0, 0.0, 0.0, 1);
    CHECK_THROWS_AS(drude_limit(narrow.frequency, narrow.conductivity, 0.4, 2.0), DataError);
    auto const s = made_up(2.5e4, 1.0, 1.0, 0.0, 1);
    CHECK_THROWS_AS(drude_limit(s.frequency, s.conductivity, 0.1, 0.12), DataError);  // few points
    CHECK_THROWS_AS(drude_limit(s.frequency, s.conductivity, 0.1, 0.9), DataError);   // in the gap
}

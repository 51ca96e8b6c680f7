#include "kamacite/core/random.hpp"

#include <algorithm>
#include <cmath>

#include "support/catch.hpp"

using namespace kamacite;

TEST_CASE("a stream depends on seed, purpose and index, and on nothing else", "[core]") {
    auto const first = [](std::uint64_t seed, char const* purpose, std::uint64_t index) {
        return RandomStream{seed, purpose, index}.bits();
    };
    CHECK(first(1, "rattle", 7) == first(1, "rattle", 7));
    CHECK(first(1, "rattle", 7) != first(2, "rattle", 7));
    CHECK(first(1, "rattle", 7) != first(1, "strain", 7));
    CHECK(first(1, "rattle", 7) != first(1, "rattle", 8));
}

TEST_CASE("uniform and normal numbers have the moments of their distribution", "[core]") {
    RandomStream random{5, "moments", 0};
    int const n = 200000;
    double u1 = 0.0, u2 = 0.0, g1 = 0.0, g2 = 0.0, g4 = 0.0;
    for (int i = 0; i < n; ++i) {
        double const u = random.uniform();
        double const g = random.normal();
        REQUIRE((u >= 0.0 && u < 1.0));
        u1 += u / n;
        u2 += u * u / n;
        g1 += g / n;
        g2 += g * g / n;
        g4 += g * g * g * g / n;
    }
    // Standard errors: 1/√(12n), √(4/45n), 1/√n, √(2/n), √(96/n); five of each are allowed.
    CHECK_THAT(u1, WithinAbs(0.5, 5.0 * std::sqrt(1.0 / 12.0 / n)));
    CHECK_THAT(u2, WithinAbs(1.0 / 3.0, 5.0 * std::sqrt(4.0 / 45.0 / n)));
    CHECK_THAT(g1, WithinAbs(0.0, 5.0 * std::sqrt(1.0 / n)));
    CHECK_THAT(g2, WithinAbs(1.0, 5.0 * std::sqrt(2.0 / n)));
    CHECK_THAT(g4, WithinAbs(3.0, 5.0 * std::sqrt(96.0 / n)));
}

TEST_CASE("a permutation holds every number once", "[core]") {
    RandomStream random{1, "shuffle", 0};
    auto order = permutation(100, random);
    CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
    std::sort(order.begin(), order.end());
    for (int i = 0; i < 100; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("the hash of a name is FNV-1a and will not change", "[core]") {
    CHECK(hash_of("") == 0xcbf29ce484222325ULL);   // published offset basis
    CHECK(hash_of("a") == 0xaf63dc4c8601ec8cULL);  // published test vectors, Noll, FNV
    CHECK(hash_of("foobar") == 0x85944171f73967e8ULL);
}

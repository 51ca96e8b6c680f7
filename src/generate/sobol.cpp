#include "kamacite/generate/sobol.hpp"

namespace kamacite::generate {
namespace {

constexpr int n_bits = 32;
using Directions = std::array<std::uint32_t, n_bits>;

/// Primitive polynomial (its inner coefficients as bits) and the first direction numbers.
struct Seed {
    int degree;
    std::uint32_t coefficients;
    std::array<std::uint32_t, 4> first;
};
// Joe and Kuo (2008), dimensions 2 … 6; dimension 1 is van der Corput's sequence.
constexpr std::array<Seed, 5> seeds{
    {{1, 0, {1}}, {2, 1, {1, 3}}, {3, 1, {1, 3, 1}}, {3, 2, {1, 1, 1}}, {4, 1, {1, 1, 3, 3}}}};

constexpr Directions van_der_corput() {
    Directions v{};
    for (int b = 0; b < n_bits; ++b)
        v[static_cast<std::size_t>(b)] = std::uint32_t{1} << (n_bits - 1 - b);
    return v;
}

constexpr Directions directions_from(Seed const& seed) {
    Directions v{};
    for (int b = 0; b < n_bits; ++b) {
        auto const at = static_cast<std::size_t>(b);
        if (b < seed.degree) {
            v[at] = seed.first[at] << (n_bits - 1 - b);
            continue;
        }
        auto const back = [&](int k) { return v[static_cast<std::size_t>(b - k)]; };
        std::uint32_t value = back(seed.degree) ^ (back(seed.degree) >> seed.degree);
        for (int k = 1; k < seed.degree; ++k)
            if ((seed.coefficients >> (seed.degree - 1 - k)) & 1U) value ^= back(k);
        v[at] = value;
    }
    return v;
}

constexpr std::array<Directions, 6> all_directions() {
    std::array<Directions, 6> all{};
    all[0] = van_der_corput();
    for (std::size_t j = 0; j < seeds.size(); ++j) all[j + 1] = directions_from(seeds[j]);
    return all;
}

constexpr auto directions = all_directions();

}  // namespace

std::array<double, 6> sobol_point(std::uint32_t index) {
    std::uint32_t const gray = index ^ (index >> 1);
    std::array<double, 6> point{};
    for (std::size_t j = 0; j < point.size(); ++j) {
        std::uint32_t bits = 0;
        for (int b = 0; b < n_bits; ++b)
            if ((gray >> b) & 1U) bits ^= directions[j][static_cast<std::size_t>(b)];
        point[j] = static_cast<double>(bits) * 0x1p-32;
    }
    return point;
}

}  // namespace kamacite::generate

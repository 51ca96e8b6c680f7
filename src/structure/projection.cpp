#include "kamacite/structure/projection.hpp"

#include <cmath>
#include <complex>
#include <numbers>
#include <string>

#include "kamacite/core/random.hpp"

namespace kamacite {

Projection projected_positions(Structure const& s, Vec3 const& scale) {
    constexpr double turn = 2.0 * std::numbers::pi;
    std::array<std::complex<double>, 8> phases;  // three random bits choose one
    for (std::size_t i = 0; i < phases.size(); ++i)
        phases[i] = std::polar(1.0, turn * (static_cast<double>(i) + 0.5) / 8.0);
    Projection result{};
    if (s.positions.empty()) return result;
    RandomStream random{0, "projection", 0};  // the same directions for all structures
    Vec3 const origin = s.cell.to_fractional(s.positions.front());
    double const factor = std::sqrt(2.0 / s.size());
    for (auto const& r : s.positions) {
        Vec3 const f = s.cell.to_fractional(r) - origin;
        for (int c = 0; c < 3; ++c) {
            bool const periodic = s.cell.periodic()[static_cast<std::size_t>(c)];
            auto const wave =
                factor * scale[c] *
                (periodic ? std::polar(1.0 / turn, turn * f[c]) : std::complex{f[c], 0.0});
            auto bits = random.bits();
            for (auto& p : result) {
                auto const& phase = phases[bits % 8];
                p += wave.real() * phase.real() - wave.imag() * phase.imag();
                bits /= 8;
            }
        }
    }
    return result;
}

double distance(Projection const& a, Projection const& b) {
    double sum = 0.0;
    for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
    return std::sqrt(sum / static_cast<double>(a.size()));
}

std::uint64_t kind_of(Structure const& s) {
    std::string text;
    for (bool const p : s.cell.periodic()) text += p ? 'T' : 'F';
    for (int const z : s.species) text += static_cast<char>(z);
    return hash_of(text);
}

}  // namespace kamacite

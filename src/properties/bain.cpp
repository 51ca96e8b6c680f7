#include "kamacite/properties/bain.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "kamacite/core/error.hpp"
#include "kamacite/properties/equation_of_state.hpp"

namespace kamacite::properties {
namespace {

double energy_of(Potential const& potential, int element, double ratio, double volume) {
    return volume_point(potential, perfect_lattice(Lattice::bct, element, volume, ratio)).energy;
}

/// Place of the lowest value of f in [a, b], by golden sections.
template <class F>
double lowest(F const& f, double a, double b, double tolerance) {
    double const golden = (std::sqrt(5.0) - 1.0) / 2.0;
    double c = b - golden * (b - a), d = a + golden * (b - a);
    double fc = f(c), fd = f(d);
    while (b - a > tolerance) {
        if (fc < fd) {
            b = std::exchange(d, c);
            fd = fc;
            c = b - golden * (b - a);
            fc = f(c);
        } else {
            a = std::exchange(c, d);
            fc = fd;
            d = a + golden * (b - a);
            fd = f(d);
        }
    }
    return (a + b) / 2.0;
}

}  // namespace

std::vector<BainPoint> bain_path(Potential const& potential, int element,
                                 std::span<double const> ratios, double volume) {
    std::vector<BainPoint> path;
    for (double const ratio : ratios)
        path.push_back({ratio, volume, energy_of(potential, element, ratio, volume)});
    return path;
}

std::vector<BainPoint> relaxed_bain_path(Potential const& potential, int element,
                                         std::span<double const> ratios, double volume) {
    constexpr int grid = 21;  // finds the right valley; golden sections then its bottom
    std::vector<BainPoint> path;
    for (double const ratio : ratios) {
        auto const energy_at = [&](double v) { return energy_of(potential, element, ratio, v); };
        auto const volume_at = [&](int k) { return volume * (0.8 + 0.4 * k / (grid - 1.0)); };
        int best = 0;
        std::array<double, grid> energies{};
        for (int k = 0; k < grid; ++k) {
            energies[static_cast<std::size_t>(k)] = energy_at(volume_at(k));
            if (energies[static_cast<std::size_t>(k)] < energies[static_cast<std::size_t>(best)])
                best = k;
        }
        if (best == 0 || best == grid - 1)
            throw NumericalError(
                fmt::format("Bain path: at c/a = {} the lowest energy is at the end of the volumes "
                            "looked at ({:.4g} Å³/atom): is the model valid there?",
                            ratio, volume_at(best)));
        double const at =
            lowest(energy_at, volume_at(best - 1), volume_at(best + 1), 1e-5 * volume);
        path.push_back({ratio, at, energy_at(at)});
    }
    return path;
}

}  // namespace kamacite::properties

#include "kamacite/potential/zbl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "pair_sum.hpp"

namespace kamacite {
namespace {

constexpr double coulomb = 14.3996454784255;  // e²/4πε₀ [eV Å], CODATA 2018
constexpr std::array<std::array<double, 2>, 4> screening{
    {{0.18175, 3.19980}, {0.50986, 0.94229}, {0.28022, 0.40290}, {0.02817, 0.20162}}};

}  // namespace

Zbl::Zbl(Switch const& others, Pairs pairs)
    : others_{others}, pairs_{std::move(pairs)}, reach_{others.outer} {
    auto const check = [](Switch const& s) {
        if (!(s.inner >= 0.0 && s.inner < s.outer))
            throw InputError(
                fmt::format("the short-range repulsion is switched off from {} to {} Å (must "
                            "ascend from 0): correct the input",
                            s.inner, s.outer));
    };
    check(others_);
    for (auto const& [elements, s] : pairs_) {
        check(s);
        reach_ = std::max(reach_, s.outer);
    }
}

Zbl::Switch const& Zbl::switch_of(int z1, int z2) const {
    if (pairs_.empty()) return others_;
    int const a = element_of(z1), b = element_of(z2);
    auto const found = pairs_.find(std::minmax(a, b));
    return found == pairs_.end() ? others_ : found->second;
}

Zbl::Pair Zbl::pair(int z1, int z2, double r) const {
    auto const& [inner, outer] = switch_of(z1, z2);
    if (r >= outer) return {0.0, 0.0};
    double const q1 = element_of(z1), q2 = element_of(z2);
    double const length = 0.46850 / (std::pow(q1, 0.23) + std::pow(q2, 0.23));
    double chi = 0.0, dchi = 0.0;
    for (auto const& [weight, rate] : screening) {
        double const term = weight * std::exp(-rate * r / length);
        chi += term;
        dchi -= rate / length * term;
    }
    double const charge = coulomb * (q1 * q2);
    double const energy = charge / r * chi;
    double const slope = charge / r * (dchi - chi / r);
    if (r <= inner) return {energy, slope};
    double const width = outer - inner;
    double const t = (r - inner) / width;
    double const t3 = t * t * t;
    double const s = 1.0 - t3 * t * (35.0 + t * (-84.0 + t * (70.0 - 20.0 * t)));
    double const ds = -140.0 * t3 * std::pow(1.0 - t, 3) / width;
    return {energy * s, slope * s + energy * ds};
}

Prediction Zbl::predict(Structure const& structure, Neighbours const& neighbours) const {
    return predict(structure.species, neighbours);
}

Prediction Zbl::predict(std::span<int const> species, Neighbours const& neighbours) const {
    return sum_of_pairs(
        neighbours, species.size(), reach_,
        [&](std::size_t i, std::size_t j, double r) { return pair(species[i], species[j], r); });
}

}  // namespace kamacite

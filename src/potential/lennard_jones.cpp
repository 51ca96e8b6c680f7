#include "kamacite/potential/lennard_jones.hpp"

#include <fmt/format.h>

#include <cmath>

#include "kamacite/core/error.hpp"
#include "pair_sum.hpp"

namespace kamacite {

LennardJones::LennardJones(Parameters const& p) : p_{p} {
    if (!(p.epsilon > 0.0) || !(p.sigma > 0.0))
        throw InputError(
            fmt::format("Lennard-Jones parameters are ε = {} eV, σ = {} Å (must be "
                        "positive): correct the input",
                        p.epsilon, p.sigma));
    if (!(p.switch_from > 0.0 && p.switch_from < p.cutoff))
        throw InputError(
            fmt::format("the Lennard-Jones switch goes from {} to {} Å (must be positive and "
                        "ascending): correct the input",
                        p.switch_from, p.cutoff));
}

LennardJones::Pair LennardJones::pair(double r) const {
    if (r >= p_.cutoff) return {0.0, 0.0};
    double const a = std::pow(p_.sigma / r, 6);
    double const energy = 4.0 * p_.epsilon * (a * a - a);
    double const slope = -24.0 * p_.epsilon * (2.0 * a * a - a) / r;
    if (r <= p_.switch_from) return {energy, slope};
    double const width = p_.cutoff - p_.switch_from;
    double const y = (p_.cutoff - r) / width;
    double const s = y * y * y * (10.0 + y * (6.0 * y - 15.0));
    double const ds = -30.0 * y * y * (1.0 - y) * (1.0 - y) / width;
    return {energy * s, slope * s + energy * ds};
}

Prediction LennardJones::predict(Structure const& structure, Neighbours const& neighbours) const {
    return sum_of_pairs(neighbours, structure.positions.size(), p_.cutoff,
                        [&](std::size_t, std::size_t, double r) { return pair(r); });
}

}  // namespace kamacite

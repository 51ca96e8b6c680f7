#include "kamacite/magnetism/observables.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"

namespace kamacite::magnetism {
namespace {

Block operator+(Block const& a, Block const& b) {
    return {a.m + b.m, a.m2 + b.m2, a.m4 + b.m4, a.e + b.e, a.e2 + b.e2};
}
Block operator*(double f, Block const& b) {
    return {f * b.m, f * b.m2, f * b.m4, f * b.e, f * b.e2};
}

Estimate jackknife(std::vector<Block> const& blocks, Block const& total,
                   std::function<double(Block const&)> const& function) {
    auto const n = static_cast<double>(blocks.size());
    double const value = function(1.0 / n * total);
    double sum = 0.0, squares = 0.0;
    for (auto const& block : blocks) {
        double const without = function(1.0 / (n - 1.0) * (total + -1.0 * block)) - value;
        sum += without;
        squares += without * without;
    }
    return {value, std::sqrt(std::max(0.0, (n - 1.0) / n * (squares - sum * sum / n)))};
}

}  // namespace

Observables observables_of(std::span<Replica const> replicas, double temperature, int spins) {
    KAMACITE_EXPECTS(!replicas.empty() && replicas.front().blocks.size() >= 4);
    Observables result;
    result.temperature = temperature;
    result.spins = spins;
    for (auto const& replica : replicas)
        result.inefficiency = std::max(result.inefficiency, replica.inefficiency);

    double sweeps = replicas.front().sweeps;
    auto each = replicas.front().blocks.size();
    std::vector<Block> blocks;
    for (auto const& replica : replicas) {
        KAMACITE_EXPECTS(replica.blocks.size() == each);
        blocks.insert(blocks.end(), replica.blocks.begin(), replica.blocks.end());
    }
    constexpr double long_enough = 5.0;
    while (sweeps < long_enough * result.inefficiency && each >= 8 && each % 2 == 0) {
        for (std::size_t k = 0; k < blocks.size() / 2; ++k)
            blocks[k] = 0.5 * (blocks[2 * k] + blocks[2 * k + 1]);
        blocks.resize(blocks.size() / 2);
        each /= 2;
        sweeps *= 2.0;
    }
    result.converged = sweeps >= long_enough * result.inefficiency;

    Block total;
    for (auto const& block : blocks) total = total + block;
    double const n = spins, thermal = units::k_boltzmann * temperature;
    auto const of = [&](std::function<double(Block const&)> const& f) {
        return jackknife(blocks, total, f);
    };
    result.magnetisation = of([](Block const& b) { return b.m; });
    result.energy = of([](Block const& b) { return b.e; });
    result.susceptibility = of([=](Block const& b) { return n * (b.m2 - b.m * b.m) / thermal; });
    result.paramagnetic_susceptibility =
        of([=](Block const& b) { return n * b.m2 / (3.0 * thermal); });
    result.heat_capacity =
        of([=](Block const& b) { return n * (b.e2 - b.e * b.e) / (thermal * temperature); });
    result.binder = of([](Block const& b) { return 1.0 - b.m4 / (3.0 * b.m2 * b.m2); });
    return result;
}

}  // namespace kamacite::magnetism

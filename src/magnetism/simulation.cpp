#include "kamacite/magnetism/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/dynamics/averages.hpp"

namespace kamacite::magnetism {
namespace {

constexpr int n_blocks = 32;

/// Numbers of a replica as they travel.
constexpr std::size_t per_block = 5, per_replica = 2 + per_block * n_blocks;

std::vector<double> packed(Replica const& replica) {
    std::vector<double> numbers{replica.sweeps, replica.inefficiency};
    for (auto const& b : replica.blocks)
        numbers.insert(numbers.end(), {b.m, b.m2, b.m4, b.e, b.e2});
    return numbers;
}

Replica unpacked(std::span<double const> numbers) {
    Replica replica;
    replica.sweeps = numbers[0];
    replica.inefficiency = numbers[1];
    for (std::size_t k = 2; k < per_replica; k += per_block)
        replica.blocks.push_back(
            {numbers[k], numbers[k + 1], numbers[k + 2], numbers[k + 3], numbers[k + 4]});
    return replica;
}

}  // namespace

Replica run(Exchange const& exchange, double temperature, RunOptions const& options,
            RandomStream random) {
    KAMACITE_EXPECTS(options.sweeps >= 2 * n_blocks);
    Spins spins{exchange, temperature, random, options.field};
    double const n = spins.size();
    auto const sweep = [&] {
        spins.heat_bath();
        for (int k = 0; k < options.over_relaxations; ++k) spins.over_relax();
    };
    for (int k = 0; k < options.thermalisation; ++k) sweep();

    Replica replica;
    int const length = options.sweeps / n_blocks;
    replica.sweeps = length;
    std::vector<double> magnetisation, energy;
    for (int b = 0; b < n_blocks; ++b) {
        auto& block = replica.blocks.emplace_back();
        for (int k = 0; k < length; ++k) {
            sweep();
            double const m2 = spins.mean().squaredNorm();
            double const e = spins.carried_energy() / n;
            magnetisation.push_back(std::sqrt(m2));
            energy.push_back(e);
            block.m += std::sqrt(m2) / length;
            block.m2 += m2 / length;
            block.m4 += m2 * m2 / length;
            block.e += e / length;
            block.e2 += e * e / length;
        }
    }
    replica.inefficiency = std::max(dynamics::average_of(magnetisation).inefficiency,
                                    dynamics::average_of(energy).inefficiency);
    return replica;
}

RandomStream stream_of(RunOptions const& options, int spins, double temperature, int replica) {
    return {options.seed, fmt::format("Heisenberg spins: {}, {:a} K", spins, temperature),
            static_cast<std::uint64_t>(replica)};
}

std::vector<Observables> simulate(mpi::Communicator const& comm, std::span<Exchange const> systems,
                                  std::span<Point const> points, RunOptions const& options) {
    KAMACITE_EXPECTS(options.replicas > 0);
    auto const replicas = static_cast<std::size_t>(options.replicas);
    std::vector<std::size_t> order(points.size() * replicas);
    std::iota(order.begin(), order.end(), std::size_t{0});
    auto const system_of = [&](std::size_t task) -> Exchange const& {
        return systems[static_cast<std::size_t>(points[task / replicas].system)];
    };
    // The longest first, dealt out in turn.
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return system_of(a).size() > system_of(b).size();
    });
    std::vector<double> numbers(order.size() * per_replica, 0.0);
    mpi::all_or_none(comm, [&] {
        for (std::size_t k = 0; k < order.size(); ++k) {
            if (k % static_cast<std::size_t>(comm.size()) != static_cast<std::size_t>(comm.rank()))
                continue;
            auto const task = order[k];
            auto const& exchange = system_of(task);
            double const temperature = points[task / replicas].temperature;
            auto const replica = run(exchange, temperature, options,
                                     stream_of(options, exchange.size(), temperature,
                                               static_cast<int>(task % replicas)));
            std::ranges::copy(packed(replica),
                              numbers.begin() + static_cast<std::ptrdiff_t>(task * per_replica));
        }
    });
    comm.all_reduce(mpi::Op::sum, std::span{numbers});  // one rank has each, the others zeros

    std::vector<Observables> results;
    for (std::size_t p = 0; p < points.size(); ++p) {
        std::vector<Replica> runs;
        for (std::size_t r = 0; r < replicas; ++r)
            runs.push_back(unpacked(
                std::span{numbers}.subspan((p * replicas + r) * per_replica, per_replica)));
        results.push_back(
            observables_of(runs, points[p].temperature,
                           systems[static_cast<std::size_t>(points[p].system)].size()));
    }
    return results;
}

}  // namespace kamacite::magnetism

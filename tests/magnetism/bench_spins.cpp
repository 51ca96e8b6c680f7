// Spin updates per second on one core.
#include <benchmark/benchmark.h>

#include "kamacite/magnetism/spins.hpp"
#include "magnetism/crystals.hpp"

using namespace kamacite;

namespace {

/// Arguments: cells along an edge, shells.
template <bool heat_bath>
void iron(benchmark::State& state) {
    auto shells = test::iron_shells();
    shells.front().couplings.resize(static_cast<std::size_t>(state.range(1)));
    auto const exchange = magnetism::exchange_by_shells(
        test::crystal(generate::Lattice::bcc, static_cast<int>(state.range(0))), shells);
    magnetism::Spins spins{exchange, 900.0, {1, "bench", 0}};
    for (int k = 0; k < 5; ++k) spins.heat_bath();
    for (auto _ : state) heat_bath ? spins.heat_bath() : spins.over_relax();
    state.counters["updates/s"] = benchmark::Counter(static_cast<double>(spins.size()),
                                                     benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace

BENCHMARK(iron<true>)
    ->Name("heat_bath")
    ->Args({10, 1})
    ->Args({10, 4})
    ->Args({16, 4})
    ->Args({32, 4});
BENCHMARK(iron<false>)
    ->Name("over_relax")
    ->Args({10, 1})
    ->Args({10, 4})
    ->Args({16, 4})
    ->Args({32, 4});

BENCHMARK_MAIN();

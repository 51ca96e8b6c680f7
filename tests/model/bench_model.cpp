// Time per atom of the networks, of a list that follows its atoms, and of whole predictions.
#include <benchmark/benchmark.h>

#include "block_network.hpp"
#include "kamacite/descriptors/recipe.hpp"
#include "kamacite/model/model.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;

namespace {

/// Reports CPU time per atom.
void per_atom(benchmark::State& state, int atoms) {
    state.counters["atom"] = benchmark::Counter(
        static_cast<double>(atoms),
        benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// Forward and back, 34 inputs, two hidden layers, as predictions do it; argument: nodes.
template <class Real>
void networks_of_predictions(benchmark::State& state) {
    int const nodes = static_cast<int>(state.range(0));
    Network const network{{34, nodes, nodes, 1}, Activation::tanh};
    std::vector<double> w(static_cast<std::size_t>(network.parameter_count()));
    RandomStream random{1, "bench", 0};
    network.initialise(w, random);
    detail::BlockNetwork<Real> block{network, w};
    for (int i = 0; i < 34 * detail::atoms_of_block; ++i)
        block.input()[i] = static_cast<Real>(random.normal());
    double const seed = 1.0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(block.forward());
        benchmark::DoNotOptimize(block.pull_back({&seed, 1}));
    }
    per_atom(state, detail::atoms_of_block);
}

/// The same as training does it; arguments: atoms of a block, nodes.
void networks(benchmark::State& state) {
    int const atoms = static_cast<int>(state.range(0));
    int const nodes = static_cast<int>(state.range(1));
    Network const network{{34, nodes, nodes, 1}, Activation::tanh};
    std::vector<double> w(static_cast<std::size_t>(network.parameter_count()));
    RandomStream random{1, "bench", 0};
    network.initialise(w, random);
    Matrix x(atoms, 34);
    for (Eigen::Index i = 0; i < x.size(); ++i) x.data()[i] = random.normal();
    Matrix const seed = Matrix::Ones(atoms, 1);
    for (auto _ : state) {
        auto tape = network.forward(w, x);
        benchmark::DoNotOptimize(network.pull_back(w, tape, seed));
    }
    per_atom(state, atoms);
}

void list_follows(benchmark::State& state) {
    auto const s = test::rattled_bcc(static_cast<int>(state.range(0)), 1);
    auto list = find_neighbours(s, 6.5);
    std::vector<Vec3> there(s.positions.size(), Vec3(1e-4, 0.0, 0.0));
    for (std::size_t i = 0; i < there.size(); i += 2) there[i] *= -1.0;
    std::vector<Vec3> back = there;
    for (auto& d : back) d = -d;
    bool out = true;
    for (auto _ : state) {
        list.move(out ? there : back);
        out = !out;
        benchmark::ClobberMemory();
    }
    per_atom(state, s.size());
}

/// The standard set of iron, 2 × 32 nodes.
void prediction(benchmark::State& state, Precision precision) {
    auto descriptors = standard_descriptors({26});
    auto scaling = Scaling::none(1, descriptors.width());
    Model model{std::move(descriptors), std::move(scaling), {Head{}}, 1};
    model.set_precision(precision);
    auto const s = test::rattled_bcc(static_cast<int>(state.range(0)), 1);
    auto const list = find_neighbours(s, model.cutoff());
    for (auto _ : state) benchmark::DoNotOptimize(model.predict(s, list));
    per_atom(state, s.size());
}

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    benchmark::RegisterBenchmark("networks/training", networks)->ArgsProduct({{16, 256}, {10, 64}});
    benchmark::RegisterBenchmark("networks/double", networks_of_predictions<double>)
        ->Arg(10)
        ->Arg(64);
    benchmark::RegisterBenchmark("networks/mixed", networks_of_predictions<float>)
        ->Arg(10)
        ->Arg(64);
    benchmark::RegisterBenchmark("list_follows", list_follows)->Arg(3)->Arg(20);
    for (auto const p : {Precision::full, Precision::mixed})
        benchmark::RegisterBenchmark(("predict/" + name_of(p)).c_str(), prediction, p)
            ->Arg(3)
            ->Arg(10);
    benchmark::RunSpecifiedBenchmarks();
}

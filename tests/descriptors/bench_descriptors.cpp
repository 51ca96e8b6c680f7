// Time per atom of the neighbour search and of the three operations on descriptors. One core.
#include <benchmark/benchmark.h>

#include "kamacite/descriptors/pass.hpp"
#include "kamacite/descriptors/recipe.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;

namespace {

/// 10 radial and 24 wide functions, all to 6.5 Å: the size of published sets for iron.
Descriptors classic_set() {
    Recipe recipe;
    recipe.form = CutoffForm::poly2;
    recipe.radial_centred = 10;
    recipe.radial_shifted = 0;
    recipe.cutoff_angular = 6.5;
    recipe.angular_eta = {0.012, 0.03, 0.06, 0.1, 0.15, 0.25};
    recipe.zeta = {1, 6};
    return standard_descriptors({26}, recipe);
}

Descriptors narrow_set() {
    Recipe recipe;
    recipe.narrow_eta = {0.03, 0.1};
    recipe.angular_eta = {};
    recipe.zeta = {1, 2, 4};
    return standard_descriptors({26}, recipe);
}

/// Four weights to 6.5 Å: 10 radial and 16 wide functions, and what the moments give besides.
Recipe four_weights() {
    Recipe recipe;
    recipe.form = CutoffForm::poly2;
    recipe.radial_centred = 10;
    recipe.radial_shifted = 0;
    recipe.cutoff_angular = 6.5;
    recipe.angular_eta = {0.012, 0.03, 0.08, 0.2};
    recipe.zeta = {1, 6};
    return recipe;
}

/// With 10 pairs of weights × l = 0 … 6.
Recipe with_power() {
    auto recipe = four_weights();
    recipe.power_degrees = {0, 1, 2, 3, 4, 5, 6};
    return recipe;
}

/// With 20 + 40 four-body functions.
Recipe with_triples() {
    auto recipe = with_power();
    using Weights = Recipe::Triple::Weights;
    recipe.triple = {{1, 1, 1, Weights::all}, {2, 1, 1, Weights::all}};
    return recipe;
}

/// 8 radial and 24 narrow functions, as models of iron for n2p2 have them.
Descriptors narrow_classic() {
    Cutoff const cutoff{CutoffForm::tanh3, 6.5, 0.0};
    FunctionSet set;
    for (auto const& [eta, shift] : {std::pair{0.01, 0.0},
                                     {0.05, 0.0},
                                     {0.15, 0.0},
                                     {0.4, 0.0},
                                     {4.0, 2.2},
                                     {4.0, 2.8},
                                     {4.0, 3.6},
                                     {4.0, 4.6}})
        set.radial.push_back({26, 26, eta, shift, cutoff});
    for (double const eta : {0.004, 0.03, 0.08})
        for (double const zeta : {1.0, 2.0, 4.0, 16.0})
            for (double const lambda : {1.0, -1.0})
                set.angular.push_back(
                    {AngularFunction::Form::narrow, 26, 26, 26, eta, lambda, zeta, 0.0, cutoff});
    return {{26}, std::move(set)};
}

/// 8 + 24 functions with compact support.
Descriptors compact() {
    FunctionSet set;
    for (auto const& [low, high] : {std::pair{0.0, 2.8},
                                    {0.0, 3.4},
                                    {0.0, 4.5},
                                    {0.0, 6.5},
                                    {1.8, 3.2},
                                    {2.2, 3.8},
                                    {2.8, 5.0},
                                    {3.6, 6.5}})
        set.compact_radial.push_back({26, 26, {low, high, CutoffForm::poly2, true}});
    for (double const high : {6.5, 5.2, 4.0})
        for (auto const& [from, to] : {std::pair{-60.0, 60.0},
                                       {-120.0, 120.0},
                                       {0.0, 90.0},
                                       {30.0, 120.0},
                                       {45.0, 135.0},
                                       {60.0, 150.0},
                                       {90.0, 180.0},
                                       {120.0, 240.0}})
            set.compact_angular.push_back({CompactAngularFunction::Form::narrow,
                                           26,
                                           26,
                                           26,
                                           {0.0, high, CutoffForm::poly2, false},
                                           {from, to, CutoffForm::poly2, false}});
    return {{26}, std::move(set)};
}

struct Case {
    Descriptors descriptors;
    Structure structure = test::rattled_bcc(3, 1);
    Neighbours neighbours = find_neighbours(structure, descriptors.cutoff());

    /// All elements of the set, mixed.
    explicit Case(Descriptors d) : descriptors{std::move(d)} {
        auto const& elements = descriptors.elements();
        for (std::size_t i = 0; i < structure.species.size(); ++i)
            structure.species[i] = elements[i * 7 % elements.size()];
    }
};

/// Reports CPU time per atom.
void per_atom(benchmark::State& state, int atoms) {
    state.counters["atom"] = benchmark::Counter(
        static_cast<double>(atoms),
        benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void evaluate(benchmark::State& state, Descriptors const& d) {
    Case const c{d};
    for (auto _ : state) benchmark::DoNotOptimize(d.evaluate(c.neighbours, c.structure.species));
    per_atom(state, c.structure.size());
}

void pull_back(benchmark::State& state, Descriptors const& d) {
    Case const c{d};
    Matrix const weights = Matrix::Ones(c.structure.size(), d.width());
    for (auto _ : state)
        benchmark::DoNotOptimize(d.pull_back(c.neighbours, c.structure.species, weights));
    per_atom(state, c.structure.size());
}

void tangent(benchmark::State& state, Descriptors const& d) {
    Case const c{d};
    auto const n = c.structure.positions.size();
    std::vector<Vec3> const motion(n, Vec3(0.1, 0.2, 0.3));
    std::vector<Mat3> const strains(n, Mat3::Constant(0.01));
    for (auto _ : state)
        benchmark::DoNotOptimize(d.tangent(c.neighbours, c.structure.species, motion, strains));
    per_atom(state, c.structure.size());
}

/// Values and pull-back of runs of atoms, as prediction does them.
void pass(benchmark::State& state, Descriptors const& d, Precision precision) {
    Case const c{d};
    Matrix g(DescriptorPass::run, d.width());
    Matrix const weights = Matrix::Ones(DescriptorPass::run, d.width());
    DescriptorPass pass{d, c.neighbours, c.structure.species, precision};
    for (auto _ : state)
        for (int begin = 0; begin < c.structure.size(); begin += DescriptorPass::run) {
            int const end = std::min(begin + DescriptorPass::run, c.structure.size());
            pass.evaluate(begin, end, g);
            pass.pull_back(weights.topRows(end - begin));
        }
    per_atom(state, c.structure.size());
}

void neighbours(benchmark::State& state) {
    auto const s = test::rattled_bcc(static_cast<int>(state.range(0)), 1);
    for (auto _ : state) benchmark::DoNotOptimize(find_neighbours(s, 6.5));
    per_atom(state, s.size());
}

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    benchmark::RegisterBenchmark("neighbours", neighbours)->Arg(1)->Arg(2)->Arg(3)->Arg(6)->Arg(20);
    std::pair<char const*, Descriptors> const sets[] = {
        {"classic", classic_set()},
        {"standard", standard_descriptors({26})},
        {"narrow", narrow_set()},
        {"narrow_classic", narrow_classic()},
        {"compact", compact()},
        {"alloy", standard_descriptors({24, 26, 27, 28})},
        {"four_weights", standard_descriptors({26}, four_weights())},
        {"with_power", standard_descriptors({26}, with_power())},
        {"with_triples", standard_descriptors({26}, with_triples())}};
    for (auto const& [name, d] : sets) {
        auto const title = [&](char const* what) { return std::string{what} + "/" + name; };
        benchmark::RegisterBenchmark(title("evaluate").c_str(), evaluate, d);
        benchmark::RegisterBenchmark(title("pull_back").c_str(), pull_back, d);
        benchmark::RegisterBenchmark(title("tangent").c_str(), tangent, d);
        benchmark::RegisterBenchmark(title("pass_double").c_str(), pass, d, Precision::full);
        benchmark::RegisterBenchmark(title("pass_mixed").c_str(), pass, d, Precision::mixed);
    }
    benchmark::RunSpecifiedBenchmarks();
}

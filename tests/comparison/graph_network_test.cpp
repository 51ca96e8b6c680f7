#include "kamacite/comparison/graph_network.hpp"

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::comparison;

namespace {

GraphShape small(int conditions = 0) {
    return {{26, 28}, 3, 2, 4, conditions};
}

Structure alloy(int n, unsigned seed) {
    auto s = test::rattled_bcc(n, seed);
    for (std::size_t k = 0; k < s.species.size(); k += 3) s.species[k] = 28;
    return s;
}

/// A network with parameters at random, its running averages those of a batch.
struct Trained {
    GraphNetwork network;
    std::vector<double> w, statistics;

    explicit Trained(GraphShape const& shape)
        : network{shape}, statistics{network.initial_statistics()} {
        w.resize(static_cast<std::size_t>(network.parameter_count()));
        RandomStream random{3, "graph test", 0};
        network.initialise(w, random);
        for (double& x : w) x += 0.1 * random.normal();
    }
    [[nodiscard]] double predict(Structure const& s, GraphOptions const& options) const {
        auto const graph = graph_of(s, options);
        Sample const sample{&graph, {}, 0.0};
        return network.predict(w, statistics, {&sample, 1}).front();
    }
};

struct Batch {
    std::vector<Graph> graphs;
    std::vector<std::vector<double>> conditions;
    std::vector<Sample> samples;

    Batch(int n, GraphOptions const& options, int conditions_each = 0) {
        RandomStream random{5, "batch", 0};
        for (int k = 0; k < n; ++k) {
            graphs.push_back(
                graph_of(alloy(k % 4 == 3 ? 2 : 1, static_cast<unsigned>(k)), options));
            conditions.emplace_back();
            for (int j = 0; j < conditions_each; ++j) conditions.back().push_back(random.normal());
        }
        for (std::size_t k = 0; k < graphs.size(); ++k)
            samples.push_back({&graphs[k], conditions[k], random.normal()});
    }
};

mpi::Communicator alone() {
    return test::world().split(test::world().rank(), 0);
}

}  // namespace

TEST_CASE("gradients of a graph network are derivatives of its loss in training") {
    if (test::world().size() > 1) return;  // the next test is of many ranks
    auto const comm = alone();
    for (auto const kind : {GraphOptions::Kind::nearest, GraphOptions::Kind::smooth}) {
        Trained t{small(2)};
        Batch const batch{5, {kind, 5.0, 12}, 2};
        auto const step = t.network.gradient(comm, t.w, t.statistics, batch.samples);
        int checked = 0;
        for (std::size_t k = 0; k < t.w.size(); ++k) {
            double const x = t.w[k];
            auto const loss = [&](double v) {
                t.w[k] = v;
                double const l = t.network.gradient(comm, t.w, t.statistics, batch.samples).loss;
                t.w[k] = x;
                return l;
            };
            CAPTURE(k);
            test::check_derivative(loss, x, step.gradient[k], 2e-3);
            checked += std::abs(step.gradient[k]) > 1e-6 ? 1 : 0;
        }
        // Shifts before a normalisation do nothing, and most Gaussians meet no neighbour.
        CHECK(checked > t.network.parameter_count() / 3);
    }
}

TEST_CASE("batch normalisation, loss and gradient do not depend on the number of ranks") {
    auto const n = GENERATE(1, 3, 11);
    Trained const t{small(1)};
    Batch const batch{n, smooth_60(), 1};
    auto const one = t.network.gradient(alone(), t.w, t.statistics, batch.samples);
    auto const all = t.network.gradient(test::world(), t.w, t.statistics, batch.samples);
    CHECK(one.loss == all.loss);
    CHECK(one.gradient == all.gradient);
    CHECK(one.statistics == all.statistics);
}

TEST_CASE("predictions use running averages of the batches") {
    Trained t{small()};
    Batch const batch{8, smooth_60()};
    auto const comm = alone();
    // Of one batch again and again they become those of the batch, but for n/(n−1).
    for (int k = 0; k < 100; ++k)
        t.statistics = t.network.gradient(comm, t.w, t.statistics, batch.samples).statistics;
    auto const predicted = t.network.predict(t.w, t.statistics, batch.samples);
    auto samples = batch.samples;
    double spread = 0.0;
    for (std::size_t k = 0; k < samples.size(); ++k) {
        samples[k].target = predicted[k];
        spread += std::pow(predicted[k] - predicted[0], 2) / static_cast<double>(samples.size());
    }
    CHECK(spread > 1e-8);
    CHECK(t.network.gradient(comm, t.w, t.statistics, samples).loss < 0.01 * spread);
    // A structure is predicted as it would be alone.
    for (std::size_t k = 0; k < samples.size(); ++k)
        CHECK_THAT(t.network.predict(t.w, t.statistics, {&samples[k], 1}).front(),
                   WithinAbs(predicted[k], 1e-13));
}

namespace {

double softplus(double x) {
    return std::log1p(std::exp(x));
}

/// The published formulas, number by number: y of one structure from running averages.
double by_formula(Trained const& t, Graph const& graph, std::vector<double> const& conditions) {
    auto const& net = t.network;
    auto const c = static_cast<std::size_t>(net.shape().width);
    auto const at = [&](int begin, std::size_t k) {
        return t.w[static_cast<std::size_t>(begin) + k];
    };
    auto const atoms = static_cast<std::size_t>(graph.size());
    std::vector<std::vector<double>> v;
    for (int const row : net.rows_of(graph)) {
        auto const begin = t.w.begin() + row * static_cast<int>(c);
        v.emplace_back(begin, begin + static_cast<int>(c));
    }
    double const* running = t.statistics.data();
    for (int l = 0; l < net.shape().convolutions; ++l, running += 6 * c) {
        auto const p = net.places_of(l);
        auto next = v;
        for (std::size_t i = 0; i < atoms; ++i) {
            std::vector<double> sum(c, 0.0);
            for (int e = graph.first[i]; e < graph.first[i + 1]; ++e) {
                auto const edge = static_cast<std::size_t>(e);
                auto const j = static_cast<std::size_t>(graph.neighbour[edge]);
                std::vector<double> x(2 * c);
                for (std::size_t k = 0; k < 2 * c; ++k) {
                    x[k] = at(p.bias, k);
                    for (std::size_t f = 0; f < c; ++f)
                        x[k] += v[i][f] * at(p.own, f * 2 * c + k) +
                                v[j][f] * at(p.other, f * 2 * c + k);
                    for (std::size_t g = 0; g < expansion_width; ++g) {
                        double const d = graph.distance[edge] - 0.2 * static_cast<double>(g);
                        x[k] += std::exp(-d * d / 0.04) * at(p.edge, g * 2 * c + k);
                    }
                    x[k] = at(p.inner_scale, k) * (x[k] - running[k]) /
                               std::sqrt(running[2 * c + k] + 1e-5) +
                           at(p.inner_shift, k);
                }
                for (std::size_t k = 0; k < c; ++k)
                    sum[k] += graph.weight[edge] / (1.0 + std::exp(-x[k])) * softplus(x[c + k]);
            }
            for (std::size_t k = 0; k < c; ++k)
                next[i][k] = softplus(v[i][k] +
                                      at(p.outer_scale, k) * (sum[k] - running[4 * c + k]) /
                                          std::sqrt(running[5 * c + k] + 1e-5) +
                                      at(p.outer_shift, k));
        }
        v = next;
    }
    Matrix pooled{1, static_cast<Eigen::Index>(c + conditions.size())};
    for (std::size_t k = 0; k < c; ++k) {
        double mean = 0.0;
        for (auto const& of_atom : v) mean += of_atom[k] / static_cast<double>(atoms);
        pooled(0, static_cast<Eigen::Index>(k)) = softplus(mean);
    }
    for (std::size_t k = 0; k < conditions.size(); ++k)
        pooled(0, static_cast<Eigen::Index>(c + k)) = conditions[k];
    auto const head = std::span{t.w}.subspan(static_cast<std::size_t>(net.head_begin()));
    return net.head().forward(head, pooled).output(0, 0);
}

}  // namespace

TEST_CASE("a graph network is what Xie and Grossman write") {
    Trained t{small(2)};
    Batch const batch{6, {GraphOptions::Kind::nearest, 8.0, 12}, 2};
    t.statistics = t.network.gradient(alone(), t.w, t.statistics, batch.samples).statistics;
    auto const predicted = t.network.predict(t.w, t.statistics, batch.samples);
    for (std::size_t k = 0; k < predicted.size(); ++k)
        CHECK_THAT(predicted[k],
                   WithinAbs(by_formula(t, batch.graphs[k], batch.conditions[k]), 1e-12));
}

TEST_CASE("edges of no weight are as good as none, also for the normalisation") {
    Trained const t{small()};
    Batch batch{3, {GraphOptions::Kind::nearest, 8.0, 12}};
    auto more = batch.graphs;
    for (auto& g : more) {
        g.neighbour.push_back(0);
        g.distance.push_back(3.0);
        g.weight.push_back(0.0);
        ++g.first.back();
    }
    auto samples = batch.samples;
    for (std::size_t k = 0; k < samples.size(); ++k) samples[k].graph = &more[k];
    auto const comm = alone();
    auto const a = t.network.gradient(comm, t.w, t.statistics, batch.samples);
    auto const b = t.network.gradient(comm, t.w, t.statistics, samples);
    CHECK_THAT(b.loss, WithinRel(a.loss, 1e-12));
    for (std::size_t k = 0; k < a.gradient.size(); ++k)
        CHECK_THAT(b.gradient[k], WithinAbs(a.gradient[k], 1e-12));
}

TEST_CASE("a graph network knows nothing of axes, origin, order of atoms and choice of cell") {
    auto const options = GENERATE(nearest_12(), smooth_60());
    Trained const t{small()};
    auto const s = alloy(2, 7);
    double const y = t.predict(s, options);
    CHECK(std::abs(y - t.predict(alloy(2, 8), options)) > 1e-4);  // it knows something

    Mat3 const turn = Eigen::AngleAxisd(0.7, Vec3{1, 2, -1}.normalized()).toRotationMatrix();
    auto turned = s;
    turned.cell = Cell{Mat3{s.cell.rows() * turn.transpose()}};
    for (auto& r : turned.positions) r = turn * r + Vec3{0.3, -5.0, 1.0};
    CHECK_THAT(t.predict(turned, options), WithinAbs(y, 1e-10));

    auto shuffled = s;
    RandomStream random{1, "shuffle", 0};
    auto const order = permutation(s.size(), random);
    for (std::size_t k = 0; k < order.size(); ++k) {
        shuffled.positions[k] = s.positions[static_cast<std::size_t>(order[k])];
        shuffled.species[k] = s.species[static_cast<std::size_t>(order[k])];
    }
    CHECK_THAT(t.predict(shuffled, options), WithinAbs(y, 1e-10));
    CHECK_THAT(t.predict(supercell(s, {2, 1, 2}), options), WithinAbs(y, 1e-10));

    // Ties: in a perfect ordered alloy 12 neighbours cut a shell, whoever is named first.
    double const a = 2.87;
    Structure perfect{Cell{Mat3{2.0 * a * Mat3::Identity()}}, {}, {}};
    for (int k = 0; k < 8; ++k) {
        Vec3 const corner = a * Vec3(k / 4, k / 2 % 2, k % 2);
        perfect.positions.push_back(corner);
        perfect.positions.push_back(corner + Vec3::Constant(a / 2));
        perfect.species.push_back(k == 0 ? 28 : 26);
        perfect.species.push_back(26);
    }
    auto backwards = perfect;
    std::reverse(backwards.positions.begin(), backwards.positions.end());
    std::reverse(backwards.species.begin(), backwards.species.end());
    CHECK_THAT(t.predict(backwards, options), WithinAbs(t.predict(perfect, options), 1e-10));
}

TEST_CASE("predictions on smooth graphs are continuous, on hard ones they jump") {
    Trained const t{small()};
    // A cluster whose first atom has eleven near neighbours, and Ni and Fe that compete for the
    // twelfth place: they are d nearer and farther than 3 Å.
    auto const change = [&](GraphOptions const& options, double d) {
        auto const at = [&](double x) {
            std::vector<Vec3> r{Vec3::Zero(), {x - 3.0, 0, 0}, {0, -3.0 - x, 0}};
            for (int k = 0; k < 8; ++k)
                r.push_back(1.4 * Vec3(k / 4 * 2 - 1, k / 2 % 2 * 2 - 1, k % 2 * 2 - 1));
            for (int k = 0; k < 3; ++k) r.push_back(2.8 * Vec3::Unit(k));
            Structure s{Cell::around(r), std::vector<int>(r.size(), 26), r};
            s.species[1] = 28;
            return t.predict(s, options);
        };
        return std::abs(at(d) - at(-d));
    };
    for (auto const& smooth : {smooth_60(), GraphOptions{GraphOptions::Kind::smooth, 8.0, 8}})
        CHECK_THAT(change(smooth, 1e-3) / change(smooth, 1e-4), WithinAbs(10.0, 1.0));
    CHECK(change(nearest_12(), 1e-4) > 0.9 * change(nearest_12(), 1e-3));
    CHECK(change(nearest_12(), 1e-4) > 10.0 * change(smooth_60(), 1e-4));

    auto const largest = [&](int n) {  // step of the prediction when an atom moves 0.4 Å in n steps
        auto s = alloy(1, 11);
        double before = t.predict(s, smooth_60()), most = 0.0;
        for (int k = 0; k < n; ++k) {
            s.positions[1] += Vec3{0.4 / n, 0.1 / n, 0.0};
            double const now = t.predict(s, smooth_60());
            most = std::max(most, std::abs(now - before));
            before = now;
        }
        return most;
    };
    CHECK(largest(500) < 0.3 * largest(100));
}

TEST_CASE("an element that a graph network does not know is refused") {
    Trained const t{{{26}, 3, 1, 4, 0}};
    auto s = test::rattled_bcc(1, 1);
    s.species[1] = 42;
    CHECK_THROWS_AS(t.predict(s, smooth_60()), DataError);
}

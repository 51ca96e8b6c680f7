#include "kamacite/comparison/graph_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "graph_part.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/mpi/partition.hpp"
#include "kamacite/mpi/tree.hpp"

namespace kamacite::comparison {
namespace {

constexpr double memory = 0.9;  // of the running averages
constexpr int atoms_at_once = 512;

Network head_of(GraphShape const& shape) {
    return {{shape.width + shape.conditions, shape.hidden, 1}, Activation::softplus};
}

/// The parts of a batch that this rank has, and what it needs to pass through them with the others.
class Passes {
public:
    Passes(mpi::Communicator const& comm, GraphNetwork const& network, std::span<double const> w,
           std::span<Sample const> batch)
        : comm_{comm},
          network_{network},
          w_{w},
          batch_{batch},
          leaves_{static_cast<int>(std::min<std::size_t>(parts_of_a_batch, batch.size()))} {
        auto const mine = mpi::block_of(comm.rank(), comm.size(), leaves_);
        mpi::all_or_none(comm, [&] {
            for (auto leaf = mine.begin; leaf < mine.end; ++leaf) {
                auto const rows = mpi::block_of(static_cast<int>(leaf), leaves_, std::ssize(batch));
                parts_.emplace_back(network, batch.subspan(static_cast<std::size_t>(rows.begin),
                                                           static_cast<std::size_t>(rows.size())));
            }
        });
        gradient_ = Matrix::Zero(std::ssize(parts_), padded(network.parameter_count()));
    }

    GraphNetwork::Step run(std::span<double const> statistics) {
        GraphNetwork::Step step;
        step.statistics.assign(statistics.begin(), statistics.end());
        forward(step.statistics);
        step.loss = read_out();
        backward();
        step.gradient = mpi::sum_in_tree(comm_, std::move(gradient_), leaves_);
        step.gradient.resize(static_cast<std::size_t>(network_.parameter_count()));
        return step;
    }

private:
    /// Length of rows that begin at the same alignment, whichever is first on a rank: how Eigen
    /// orders a sum depends on that.
    static int padded(int numbers) { return (numbers + 7) / 8 * 8; }

    /// The sum over all parts of the rows that work(part, row) fills.
    template <class Work>
    std::vector<double> sum(int width, Work const& work) {
        Matrix rows = Matrix::Zero(std::ssize(parts_), padded(width));
        for (std::size_t k = 0; k < parts_.size(); ++k)
            work(parts_[k], k,
                 std::span{rows.row(static_cast<Eigen::Index>(k)).data(),
                           static_cast<std::size_t>(width)});
        auto total = mpi::sum_in_tree(comm_, std::move(rows), leaves_);
        total.resize(static_cast<std::size_t>(width));
        return total;
    }
    std::span<double> gradient_of(std::size_t part) {
        return {gradient_.row(static_cast<Eigen::Index>(part)).data(),
                static_cast<std::size_t>(network_.parameter_count())};
    }

    /// Moves running averages towards a batch. \returns what follows those in `running`
    static double* average(double* running, Normalisation const& batch,
                           std::span<double const> sums) {
        auto const n = batch.mean.size();
        double const more = batch.count > 1.0 ? batch.count / (batch.count - 1.0) : 1.0;
        for (Eigen::Index k = 0; k < n; ++k) {
            double const square =
                batch.count > 0.0 ? sums[static_cast<std::size_t>(1 + n + k)] / batch.count : 1.0;
            double const variance = std::max(0.0, square - batch.mean[k] * batch.mean[k]);
            running[k] = memory * running[k] + (1.0 - memory) * batch.mean[k];
            running[n + k] = memory * running[n + k] + (1.0 - memory) * more * variance;
        }
        return running + 2 * n;
    }

    void forward(std::vector<double>& statistics) {
        int const c = network_.shape().width;
        double* running = statistics.data();
        for (auto& part : parts_) part.embed(w_);
        for (int l = 0; l < network_.shape().convolutions; ++l) {
            auto const edges = sum(1 + 4 * c, [&](GraphPart& part, std::size_t /*k*/, auto row) {
                part.mix(w_, l, row);
            });
            auto const& inner = inner_.emplace_back(normalisation_of(edges));
            auto const atoms = sum(1 + 2 * c, [&](GraphPart& part, std::size_t /*k*/, auto row) {
                part.gather(w_, l, inner, row);
            });
            auto const& outer = outer_.emplace_back(normalisation_of(atoms));
            for (auto& part : parts_) part.close(w_, l, outer);
            running = average(running, inner, edges);
            running = average(running, outer, atoms);
        }
    }

    /// The loss; keeps its derivative by each y.
    double read_out() {
        auto const mine = mpi::block_of(comm_.rank(), comm_.size(), leaves_);
        auto const total = sum(1, [&](GraphPart& part, std::size_t k, auto row) {
            auto const rows = mpi::block_of(static_cast<int>(mine.begin) + static_cast<int>(k),
                                            leaves_, std::ssize(batch_));
            auto y = part.read_out(w_);
            for (std::size_t s = 0; s < y.size(); ++s) {
                double const error = y[s] - batch_[static_cast<std::size_t>(rows.begin) + s].target;
                row[0] += error * error;
                y[s] = 2.0 * error / static_cast<double>(batch_.size());
            }
            seeds_.push_back(std::move(y));
        });
        return total[0] / static_cast<double>(batch_.size());
    }

    /// The gradient of scale and shift of one normalisation, of the whole batch.
    std::vector<double> of_batch(int scale, int shift, int width) {
        return sum(2 * width, [&](GraphPart& /*part*/, std::size_t k, auto row) {
            auto const own = gradient_of(k);
            std::copy_n(own.begin() + scale, width, row.begin());
            std::copy_n(own.begin() + shift, width, row.begin() + width);
        });
    }

    void backward() {
        int const c = network_.shape().width;
        for (std::size_t k = 0; k < parts_.size(); ++k)
            parts_[k].begin_back(w_, seeds_[k], gradient_of(k));
        for (int l = network_.shape().convolutions - 1; l >= 0; --l) {
            auto const n = static_cast<std::size_t>(l);
            auto const at = network_.places_of(l);
            for (std::size_t k = 0; k < parts_.size(); ++k)
                parts_[k].back_of_close(l, gradient_of(k));
            auto const outer = of_batch(at.outer_scale, at.outer_shift, c);
            for (std::size_t k = 0; k < parts_.size(); ++k)
                parts_[k].back_of_gather(w_, l, outer_[n], outer, gradient_of(k));
            auto const inner = of_batch(at.inner_scale, at.inner_shift, 2 * c);
            for (std::size_t k = 0; k < parts_.size(); ++k)
                parts_[k].back_of_mix(w_, l, inner_[n], inner, gradient_of(k));
        }
        for (std::size_t k = 0; k < parts_.size(); ++k) parts_[k].back_of_embedding(gradient_of(k));
    }

    mpi::Communicator const& comm_;
    GraphNetwork const& network_;
    std::span<double const> w_;
    std::span<Sample const> batch_;
    int leaves_;
    std::vector<GraphPart> parts_;
    Matrix gradient_;                           // one row per part
    std::vector<Normalisation> inner_, outer_;  // of each convolution
    std::vector<std::vector<double>> seeds_;    // ∂loss/∂y of each part
};

}  // namespace

GraphNetwork::GraphNetwork(GraphShape shape) : shape_{std::move(shape)}, head_{head_of(shape_)} {
    KAMACITE_EXPECTS(!shape_.elements.empty() && shape_.width > 0 && shape_.convolutions > 0 &&
                     shape_.hidden > 0 && shape_.conditions >= 0);
    count_ = head_begin() + head_.parameter_count();
}

int GraphNetwork::statistics_count() const noexcept {
    return shape_.convolutions * 6 * shape_.width;
}

GraphNetwork::Places GraphNetwork::places_of(int convolution) const {
    int const c = shape_.width, z = 2 * c + expansion_width;
    int at = static_cast<int>(shape_.elements.size()) * c + convolution * (z * 2 * c + 8 * c);
    auto const next = [&](int numbers) {
        int const begin = at;
        at += numbers;
        return begin;
    };
    Places places{};
    places.own = next(2 * c * c);
    places.other = next(2 * c * c);
    places.edge = next(expansion_width * 2 * c);
    places.bias = next(2 * c);
    places.inner_scale = next(2 * c);
    places.inner_shift = next(2 * c);
    places.outer_scale = next(c);
    places.outer_shift = next(c);
    return places;
}

int GraphNetwork::head_begin() const noexcept {
    return places_of(shape_.convolutions).own;
}

std::vector<int> GraphNetwork::rows_of(Graph const& graph) const {
    std::vector<int> rows;
    for (int const z : graph.species) {
        auto const found = std::find(shape_.elements.begin(), shape_.elements.end(), z);
        if (found == shape_.elements.end())
            throw DataError(
                fmt::format("a structure has {}, which the graph network was not made for: train "
                            "on structures that have it",
                            symbol_of(z)));
        rows.push_back(static_cast<int>(found - shape_.elements.begin()));
    }
    return rows;
}

void GraphNetwork::initialise(std::span<double> w, RandomStream& random) const {
    KAMACITE_EXPECTS(std::ssize(w) == count_);
    int const c = shape_.width;
    std::fill(w.begin(), w.end(), 0.0);
    auto const fill = [&](int begin, int numbers, double variance) {
        for (int k = 0; k < numbers; ++k)
            w[static_cast<std::size_t>(begin + k)] = std::sqrt(variance) * random.normal();
    };
    fill(0, static_cast<int>(shape_.elements.size()) * c, 1.0);
    for (int l = 0; l < shape_.convolutions; ++l) {
        auto const at = places_of(l);
        fill(at.own, at.bias - at.own, 1.0 / (2 * c + expansion_width));
        std::fill_n(w.begin() + at.inner_scale, 2 * c, 1.0);
        std::fill_n(w.begin() + at.outer_scale, c, 1.0);
    }
    head_.initialise(w.subspan(static_cast<std::size_t>(head_begin())), random);
}

std::vector<double> GraphNetwork::initial_statistics() const {
    std::vector<double> all;
    for (int l = 0; l < shape_.convolutions; ++l)
        for (int const width : {2 * shape_.width, shape_.width}) {
            all.insert(all.end(), static_cast<std::size_t>(width), 0.0);
            all.insert(all.end(), static_cast<std::size_t>(width), 1.0);
        }
    return all;
}

GraphNetwork::Step GraphNetwork::gradient(mpi::Communicator const& comm, std::span<double const> w,
                                          std::span<double const> statistics,
                                          std::span<Sample const> batch) const {
    KAMACITE_EXPECTS(!batch.empty() && std::ssize(w) == count_ &&
                     std::ssize(statistics) == statistics_count());
    return Passes{comm, *this, w, batch}.run(statistics);
}

std::vector<double> GraphNetwork::predict(std::span<double const> w,
                                          std::span<double const> statistics,
                                          std::span<Sample const> samples) const {
    std::vector<double> all;
    for (std::size_t begin = 0; begin < samples.size();) {
        auto end = begin;
        for (int atoms = 0; end < samples.size() && atoms < atoms_at_once; ++end)
            atoms += samples[end].graph->size();
        GraphPart part{*this, samples.subspan(begin, end - begin)};
        part.embed(w);
        double const* running = statistics.data();
        for (int l = 0; l < shape_.convolutions; ++l) {
            auto const inner = normalisation_at_rest(running, 2 * shape_.width);
            auto const outer = normalisation_at_rest(running + 4 * shape_.width, shape_.width);
            running += 6 * shape_.width;
            part.mix(w, l, {});
            part.gather(w, l, inner, {});
            part.close(w, l, outer);
        }
        auto const y = part.read_out(w);
        all.insert(all.end(), y.begin(), y.end());
        begin = end;
    }
    return all;
}

}  // namespace kamacite::comparison

#include "graph_part.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite::comparison {
namespace {

constexpr double epsilon = 1e-5;  // as published

using Weights = Eigen::Map<Matrix const>;
using Array = Eigen::Array<double, 1, Eigen::Dynamic>;

Weights matrix_at(std::span<double const> w, int begin, int rows, int columns) {
    return {w.data() + begin, rows, columns};
}
Eigen::Map<Array const> array_at(std::span<double const> w, int begin, int size) {
    return {w.data() + begin, size};
}
Eigen::Map<Array> array_in(std::span<double> w, int begin, int size) {
    return {w.data() + begin, size};
}
Eigen::Map<Matrix> matrix_in(std::span<double> w, int begin, int rows, int columns) {
    return {w.data() + begin, rows, columns};
}

/// softplus without overflow.
template <class A>
auto softplus(A const& x) {
    return x.max(0.0) + ((-x.abs()).exp() + 1.0).log();
}
template <class A>
auto sigmoid(A const& x) {
    return 1.0 / ((-x).exp() + 1.0);
}

/// Adds weight, weight x and weight x² to sums.
template <class A>
void add(double weight, A const& x, std::span<double> sums) {
    auto const n = static_cast<int>(x.size());
    sums[0] += weight;
    array_in(sums, 1, n) += weight * x;
    array_in(sums, 1 + n, n) += weight * x.square();
}

}  // namespace

Normalisation normalisation_of(std::span<double const> sums) {
    auto const n = static_cast<int>(sums.size() - 1) / 2;
    Normalisation of{Row::Zero(n), Row::Ones(n), sums[0]};
    if (!(of.count > 0.0)) return of;
    Array const mean = array_at(sums, 1, n) / of.count;
    Array const variance = (array_at(sums, 1 + n, n) / of.count - mean.square()).max(0.0);
    of.mean = mean.matrix();
    of.inverse = (variance + epsilon).rsqrt().matrix();
    return of;
}

Normalisation normalisation_at_rest(double const* running, int width) {
    Normalisation of{Row::Zero(width), Row::Ones(width), 1.0};
    for (int k = 0; k < width; ++k) {
        of.mean[k] = running[k];
        of.inverse[k] = 1.0 / std::sqrt(running[width + k] + epsilon);
    }
    return of;
}

GraphPart::GraphPart(GraphNetwork const& network, std::span<Sample const> samples)
    : network_{network}, samples_{samples}, first_atom_{0} {
    auto const& shape = network.shape();
    for (auto const& sample : samples) {
        auto const& graph = *sample.graph;
        int const first = first_atom_.back();
        for (int i = 0; i < graph.size(); ++i)
            for (int e = graph.first[static_cast<std::size_t>(i)];
                 e < graph.first[static_cast<std::size_t>(i) + 1]; ++e) {
                auto const k = static_cast<std::size_t>(e);
                centre_.push_back(first + i);
                neighbour_.push_back(first + graph.neighbour[k]);
                weight_.push_back(graph.weight[k]);
            }
        auto const rows = network.rows_of(graph);
        row_.insert(row_.end(), rows.begin(), rows.end());
        first_atom_.push_back(first + graph.size());
    }
    u_.resize(std::ssize(centre_), expansion_width);
    Eigen::Index row = 0;
    for (auto const& sample : samples)
        for (double const d : sample.graph->distance)
            expand(d, {&u_(row++, 0), static_cast<std::size_t>(expansion_width)});
    v_.resize(static_cast<std::size_t>(shape.convolutions) + 1);
    tape_.resize(static_cast<std::size_t>(shape.convolutions));
}

void GraphPart::embed(std::span<double const> w) {
    int const c = network_.shape().width;
    auto& v = v_.front();
    v.resize(std::ssize(row_), c);
    for (Eigen::Index i = 0; i < v.rows(); ++i)
        v.row(i) = array_at(w, row_[static_cast<std::size_t>(i)] * c, c).matrix();
}

void GraphPart::mix(std::span<double const> w, int convolution, std::span<double> sums) {
    int const c = network_.shape().width;
    auto const at = network_.places_of(convolution);
    auto const& v = v_[static_cast<std::size_t>(convolution)];
    auto& z = tape_[static_cast<std::size_t>(convolution)].edges;
    Matrix const own =
        (v * matrix_at(w, at.own, c, 2 * c)).rowwise() + array_at(w, at.bias, 2 * c).matrix();
    Matrix const other = v * matrix_at(w, at.other, c, 2 * c);
    z.noalias() = u_ * matrix_at(w, at.edge, expansion_width, 2 * c);
    for (Eigen::Index e = 0; e < z.rows(); ++e) {
        auto const k = static_cast<std::size_t>(e);
        z.row(e) += own.row(centre_[k]) + other.row(neighbour_[k]);
        if (!sums.empty()) add(weight_[k], z.row(e).array(), sums);
    }
}

void GraphPart::gather(std::span<double const> w, int convolution, Normalisation const& inner,
                       std::span<double> sums) {
    int const c = network_.shape().width;
    auto const at = network_.places_of(convolution);
    auto& tape = tape_[static_cast<std::size_t>(convolution)];
    auto const scale = array_at(w, at.inner_scale, 2 * c),
               shift = array_at(w, at.inner_shift, 2 * c);
    tape.atoms = Matrix::Zero(std::ssize(row_), c);
    Array y{2 * c};
    for (Eigen::Index e = 0; e < tape.edges.rows(); ++e) {
        auto const k = static_cast<std::size_t>(e);
        auto x = tape.edges.row(e).array();
        x = (x - inner.mean.array()) * inner.inverse.array();
        y = scale * x + shift;
        tape.atoms.row(centre_[k]).array() += weight_[k] * sigmoid(y.head(c)) * softplus(y.tail(c));
    }
    if (sums.empty()) return;
    for (Eigen::Index i = 0; i < tape.atoms.rows(); ++i) add(1.0, tape.atoms.row(i).array(), sums);
}

void GraphPart::close(std::span<double const> w, int convolution, Normalisation const& outer) {
    int const c = network_.shape().width;
    auto const at = network_.places_of(convolution);
    auto& t = tape_[static_cast<std::size_t>(convolution)].atoms;
    auto const& before = v_[static_cast<std::size_t>(convolution)];
    auto& after = v_[static_cast<std::size_t>(convolution) + 1];
    auto const scale = array_at(w, at.outer_scale, c), shift = array_at(w, at.outer_shift, c);
    after.resize(before.rows(), c);
    for (Eigen::Index i = 0; i < t.rows(); ++i) {
        auto x = t.row(i).array();
        x = (x - outer.mean.array()) * outer.inverse.array();
        Array const q = before.row(i).array() + scale * x + shift;
        after.row(i) = softplus(q).matrix();
    }
}

std::vector<double> GraphPart::read_out(std::span<double const> w) {
    auto const& shape = network_.shape();
    auto const& head = network_.head();
    pooled_.resize(structures(), shape.width);
    head_.input.resize(structures(), head.inputs());
    for (int s = 0; s < structures(); ++s) {
        auto const k = static_cast<std::size_t>(s);
        int const begin = first_atom_[k], atoms = first_atom_[k + 1] - begin;
        pooled_.row(s) = v_.back().middleRows(begin, atoms).colwise().mean();
        head_.input.row(s).head(shape.width) = softplus(pooled_.row(s).array()).matrix();
        for (int j = 0; j < shape.conditions; ++j)
            head_.input(s, shape.width + j) = samples_[k].conditions[static_cast<std::size_t>(j)];
    }
    head.forward(w.subspan(static_cast<std::size_t>(network_.head_begin())), head_);
    return {head_.output.data(), head_.output.data() + head_.output.size()};
}

void GraphPart::begin_back(std::span<double const> w, std::span<double const> seed,
                           std::span<double> gradient) {
    int const c = network_.shape().width;
    auto const& head = network_.head();
    auto const begin = static_cast<std::size_t>(network_.head_begin());
    Matrix const along = Eigen::Map<Matrix const>(seed.data(), structures(), 1);
    head.gradient(w.subspan(begin), head_, along, gradient.subspan(begin));
    Matrix const back = head.pull_back(w.subspan(begin), head_, along);
    back_atoms_.resize(std::ssize(row_), c);
    for (int s = 0; s < structures(); ++s) {
        auto const k = static_cast<std::size_t>(s);
        int const first = first_atom_[k], atoms = first_atom_[k + 1] - first;
        Array const of_mean = back.row(s).head(c).array() * sigmoid(pooled_.row(s).array()) / atoms;
        back_atoms_.middleRows(first, atoms).rowwise() = of_mean.matrix();
    }
}

void GraphPart::back_of_close(int convolution, std::span<double> gradient) {
    int const c = network_.shape().width;
    auto const at = network_.places_of(convolution);
    auto const& t = tape_[static_cast<std::size_t>(convolution)].atoms;
    auto const& after = v_[static_cast<std::size_t>(convolution) + 1];
    auto scale = array_in(gradient, at.outer_scale, c),
         shift = array_in(gradient, at.outer_shift, c);
    for (Eigen::Index i = 0; i < t.rows(); ++i) {
        auto back = back_atoms_.row(i).array();
        back *= 1.0 - (-after.row(i).array()).exp();  // σ(q) of softplus(q)
        scale += back * t.row(i).array();
        shift += back;
    }
}

void GraphPart::back_of_gather(std::span<double const> w, int convolution,
                               Normalisation const& outer, std::span<double const> batch_gradient,
                               std::span<double> gradient) {
    int const c = network_.shape().width;
    auto const at = network_.places_of(convolution);
    auto const& tape = tape_[static_cast<std::size_t>(convolution)];
    auto const outer_scale = array_at(w, at.outer_scale, c);
    Array const mean_scale = array_at(batch_gradient, 0, c) / outer.count;
    Array const mean_shift = array_at(batch_gradient, c, c) / outer.count;
    Matrix of_sum{tape.atoms.rows(), c};  // ∂loss/∂(sum over neighbours)
    for (Eigen::Index i = 0; i < of_sum.rows(); ++i)
        of_sum.row(i) =
            (outer_scale * outer.inverse.array() *
             (back_atoms_.row(i).array() - mean_shift - tape.atoms.row(i).array() * mean_scale))
                .matrix();
    auto const scale = array_at(w, at.inner_scale, 2 * c),
               shift = array_at(w, at.inner_shift, 2 * c);
    auto to_scale = array_in(gradient, at.inner_scale, 2 * c);
    auto to_shift = array_in(gradient, at.inner_shift, 2 * c);
    back_edges_.resize(tape.edges.rows(), 2 * c);
    Array y{2 * c}, gate{c}, message{c};
    for (Eigen::Index e = 0; e < back_edges_.rows(); ++e) {
        auto const k = static_cast<std::size_t>(e);
        auto const x = tape.edges.row(e).array();
        y = scale * x + shift;
        gate = sigmoid(y.head(c));
        message = weight_[k] * of_sum.row(centre_[k]).array();
        auto back = back_edges_.row(e).array();
        back.head(c) = message * softplus(y.tail(c)) * gate * (1.0 - gate);
        back.tail(c) = message * gate * sigmoid(y.tail(c));
        to_scale += back * x;
        to_shift += back;
    }
}

void GraphPart::back_of_mix(std::span<double const> w, int convolution, Normalisation const& inner,
                            std::span<double const> batch_gradient, std::span<double> gradient) {
    int const c = network_.shape().width;
    auto const at = network_.places_of(convolution);
    auto const& x = tape_[static_cast<std::size_t>(convolution)].edges;
    auto const& v = v_[static_cast<std::size_t>(convolution)];
    double const count = inner.count > 0.0 ? inner.count : 1.0;
    Array const factor = array_at(w, at.inner_scale, 2 * c) * inner.inverse.array();
    Array const mean_scale = array_at(batch_gradient, 0, 2 * c) / count;
    Array const mean_shift = array_at(batch_gradient, 2 * c, 2 * c) / count;
    Matrix own = Matrix::Zero(v.rows(), 2 * c), other = own;
    for (Eigen::Index e = 0; e < x.rows(); ++e) {
        auto const k = static_cast<std::size_t>(e);
        auto back = back_edges_.row(e).array();
        back = factor * (back - weight_[k] * (mean_shift + x.row(e).array() * mean_scale));
        own.row(centre_[k]) += back.matrix();
        other.row(neighbour_[k]) += back.matrix();
    }
    matrix_in(gradient, at.edge, expansion_width, 2 * c).noalias() += u_.transpose() * back_edges_;
    matrix_in(gradient, at.own, c, 2 * c).noalias() += v.transpose() * own;
    matrix_in(gradient, at.other, c, 2 * c).noalias() += v.transpose() * other;
    array_in(gradient, at.bias, 2 * c) += own.colwise().sum().array();
    back_atoms_.noalias() += own * matrix_at(w, at.own, c, 2 * c).transpose();
    back_atoms_.noalias() += other * matrix_at(w, at.other, c, 2 * c).transpose();
}

void GraphPart::back_of_embedding(std::span<double> gradient) const {
    int const c = network_.shape().width;
    for (Eigen::Index i = 0; i < back_atoms_.rows(); ++i)
        array_in(gradient, row_[static_cast<std::size_t>(i)] * c, c) += back_atoms_.row(i).array();
}

}  // namespace kamacite::comparison

#include "kamacite/model/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite {
namespace {

using Row = Eigen::Matrix<double, 1, Eigen::Dynamic>;

auto weights(Network const& net, std::span<double const> w, int layer) {
    auto const l = static_cast<std::size_t>(layer);
    return Eigen::Map<Matrix const>{w.data() + net.weight_begin(layer), net.sizes()[l],
                                    net.sizes()[l + 1]};
}

auto biases(Network const& net, std::span<double const> w, int layer) {
    return Eigen::Map<Row const>{w.data() + net.bias_begin(layer),
                                 net.sizes()[static_cast<std::size_t>(layer) + 1]};
}

/// Adds aᵀ z̄ to the weights' gradient.
void add_product(Network const& net, int layer, Matrix const& a, Matrix const& z_bar,
                 std::span<double> gradient) {
    Eigen::Map<Matrix> into{gradient.data() + net.weight_begin(layer), a.cols(), z_bar.cols()};
    into.noalias() += a.transpose() * z_bar;
}

/// Adds Σ_rows z̄ to the biases' gradient; row by row, so that the order is fixed.
void add_rows(Network const& net, int layer, Matrix const& z_bar, std::span<double> gradient) {
    double* const into = gradient.data() + net.bias_begin(layer);
    for (Eigen::Index r = 0; r < z_bar.rows(); ++r)
        for (Eigen::Index c = 0; c < z_bar.cols(); ++c) into[c] += z_bar(r, c);
}

Matrix const& input_of(Network::Tape const& tape, int layer) {
    return layer == 0 ? tape.input : tape.value[static_cast<std::size_t>(layer) - 1];
}

}  // namespace

Network::Network(std::vector<int> sizes, Activation hidden)
    : Network{sizes, std::vector<Activation>(sizes.size() < 2 ? 0 : sizes.size() - 2, hidden)} {}

Network::Network(std::vector<int> sizes, std::vector<Activation> hidden)
    : sizes_{std::move(sizes)}, hidden_{std::move(hidden)} {
    if (sizes_.size() < 2)
        throw InputError("a network needs a number of inputs and one of outputs");
    if (hidden_.size() + 2 != sizes_.size())
        throw InputError(
            fmt::format("a network has {} hidden layers and {} activations (needs one for each): "
                        "mend the activations",
                        sizes_.size() - 2, hidden_.size()));
    for (int const size : sizes_)
        if (size <= 0)
            throw InputError(fmt::format(
                "a network layer has width {} (must be positive): mend 'hidden'", size));
}

int Network::parameter_count() const noexcept {
    return weight_begin(layers());
}

int Network::weight_begin(int layer) const {
    int begin = 0;
    for (std::size_t l = 0; l < static_cast<std::size_t>(layer); ++l)
        begin += (sizes_[l] + 1) * sizes_[l + 1];
    return begin;
}

int Network::bias_begin(int layer) const {
    auto const l = static_cast<std::size_t>(layer);
    return weight_begin(layer) + sizes_[l] * sizes_[l + 1];
}

void Network::initialise(std::span<double> w, RandomStream& random) const {
    KAMACITE_EXPECTS(static_cast<int>(w.size()) == parameter_count());
    std::fill(w.begin(), w.end(), 0.0);
    bool const has_relu = std::count(hidden_.begin(), hidden_.end(), Activation::relu) > 0;
    double const gain = has_relu ? 2.0 : 1.0;
    for (int l = 0; l < layers(); ++l) {
        double const sigma = std::sqrt(gain / sizes_[static_cast<std::size_t>(l)]);
        for (int k = weight_begin(l); k < bias_begin(l); ++k)
            w[static_cast<std::size_t>(k)] = sigma * random.normal();
    }
}

Network::Tape Network::forward(std::span<double const> w, Matrix x, Order order) const {
    Tape tape;
    tape.input = std::move(x);
    forward(w, tape, order);
    return tape;
}

void Network::forward(std::span<double const> w, Tape& tape, Order order) const {
    KAMACITE_EXPECTS(static_cast<int>(w.size()) == parameter_count() &&
                     tape.input.cols() == inputs());
    auto const hidden = static_cast<std::size_t>(layers() - 1);
    for (auto* layers : {&tape.sum, &tape.value, &tape.slope, &tape.curvature})
        layers->resize(hidden);
    for (int l = 0; l < layers(); ++l) {
        auto const k = static_cast<std::size_t>(l);
        Matrix& z = k == hidden ? tape.output : tape.sum[k];
        z.resize(tape.input.rows(), sizes_[k + 1]);
        z.noalias() = input_of(tape, l) * weights(*this, w, l);
        z.rowwise() += biases(*this, w, l);
        if (k == hidden) break;
        if (order == Order::curvatures)
            apply(hidden_[k], z, tape.value[k], tape.slope[k], tape.curvature[k]);
        else
            apply(hidden_[k], z, tape.value[k], tape.slope[k]);
    }
}

Matrix const& Network::pull_back(std::span<double const> w, Tape& tape, Matrix const& seed) const {
    Matrix const* z_bar = &seed;
    for (int l = layers() - 1; l >= 0; --l) {
        Matrix& a_bar = tape.back_before;
        a_bar.resize(z_bar->rows(), sizes_[static_cast<std::size_t>(l)]);
        a_bar.noalias() = *z_bar * weights(*this, w, l).transpose();
        if (l > 0) a_bar.array() *= tape.slope[static_cast<std::size_t>(l) - 1].array();
        std::swap(tape.back, tape.back_before);
        z_bar = &tape.back;
    }
    return tape.back;
}

void Network::gradient(std::span<double const> w, Tape const& tape, Matrix const& seed,
                       std::span<double> gradient) const {
    KAMACITE_EXPECTS(gradient.size() == w.size());
    Matrix z_bar = seed;
    for (int l = layers() - 1; l >= 0; --l) {
        add_product(*this, l, input_of(tape, l), z_bar, gradient);
        add_rows(*this, l, z_bar, gradient);
        if (l == 0) break;
        Matrix a_bar(z_bar.rows(), sizes_[static_cast<std::size_t>(l)]);
        a_bar.noalias() = z_bar * weights(*this, w, l).transpose();
        z_bar = (a_bar.array() * tape.slope[static_cast<std::size_t>(l) - 1].array()).matrix();
    }
}

void Network::gradient_along(std::span<double const> w, Tape const& tape, Matrix const& along,
                             Matrix const& seed, Matrix const& along_seed,
                             std::span<double> gradient) const {
    KAMACITE_EXPECTS(gradient.size() == w.size() && along.rows() == tape.input.rows());
    auto const hidden = static_cast<std::size_t>(layers() - 1);
    std::vector<Matrix> z_dot(hidden), a_dot(hidden);  // tangents of the hidden layers
    for (std::size_t l = 0; l < hidden; ++l) {
        z_dot[l].resize(along.rows(), sizes_[l + 1]);
        z_dot[l].noalias() =
            (l == 0 ? along : a_dot[l - 1]) * weights(*this, w, static_cast<int>(l));
        a_dot[l] = (tape.slope[l].array() * z_dot[l].array()).matrix();
    }

    Matrix z_bar = seed;            // ∂/∂z
    Matrix z_dot_bar = along_seed;  // ∂/∂ż
    for (int l = layers() - 1; l >= 0; --l) {
        add_product(*this, l, input_of(tape, l), z_bar, gradient);
        add_product(*this, l, l == 0 ? along : a_dot[static_cast<std::size_t>(l) - 1], z_dot_bar,
                    gradient);
        add_rows(*this, l, z_bar, gradient);
        if (l == 0) break;
        auto const k = static_cast<std::size_t>(l) - 1;
        Matrix a_bar(z_bar.rows(), sizes_[k + 1]);
        Matrix a_dot_bar(z_bar.rows(), sizes_[k + 1]);
        a_bar.noalias() = z_bar * weights(*this, w, l).transpose();
        a_dot_bar.noalias() = z_dot_bar * weights(*this, w, l).transpose();
        z_bar = (a_bar.array() * tape.slope[k].array() +
                 a_dot_bar.array() * tape.curvature[k].array() * z_dot[k].array())
                    .matrix();
        z_dot_bar = (a_dot_bar.array() * tape.slope[k].array()).matrix();
    }
}

Network::Tangent Network::along_parameters(std::span<double const> w, Tape const& tape,
                                           std::span<double const> v, Matrix const& seed) const {
    KAMACITE_EXPECTS(v.size() == w.size());
    auto const hidden = static_cast<std::size_t>(layers() - 1);
    Tangent out;
    std::vector<Matrix> z_dot(hidden);
    Matrix a_dot;  // of the layer before; empty for x, which does not move
    for (int l = 0; l < layers(); ++l) {
        auto const k = static_cast<std::size_t>(l);
        Matrix& z = k == hidden ? out.output : z_dot[k];
        z = input_of(tape, l) * weights(*this, v, l);
        if (l > 0) z.noalias() += a_dot * weights(*this, w, l);
        z.rowwise() += biases(*this, v, l);
        if (k < hidden) a_dot = (tape.slope[k].array() * z.array()).matrix();
    }
    if (seed.size() == 0) return out;
    Matrix z_bar = seed;
    Matrix z_bar_dot = Matrix::Zero(seed.rows(), seed.cols());
    for (int l = layers() - 1; l >= 0; --l) {
        Matrix const a_bar = z_bar * weights(*this, w, l).transpose();
        Matrix a_bar_dot = z_bar_dot * weights(*this, w, l).transpose();
        a_bar_dot.noalias() += z_bar * weights(*this, v, l).transpose();
        if (l == 0) {
            out.pulled = std::move(a_bar_dot);
            break;
        }
        auto const k = static_cast<std::size_t>(l) - 1;
        z_bar_dot = (a_bar_dot.array() * tape.slope[k].array() +
                     a_bar.array() * tape.curvature[k].array() * z_dot[k].array())
                        .matrix();
        z_bar = (a_bar.array() * tape.slope[k].array()).matrix();
    }
    return out;
}

}  // namespace kamacite

#include "kamacite/model/activation.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite {
namespace {

constexpr std::array names = {"linear",           "tanh",        "silu",     "softplus",
                              "sigmoid",          "relu",        "gaussian", "cosine",
                              "reversed_sigmoid", "exponential", "square"};

/// 1/(1 + e⁻ˣ), vectorised.
Matrix logistic(Matrix const& x) {
    return (1.0 + (-x.array()).exp()).inverse().matrix();
}

enum class Want { slope, curvature };

void apply(Activation activation, Matrix const& x, Matrix& value, Matrix& slope, Matrix& curvature,
           Want want) {
    bool const second = want == Want::curvature;
    switch (activation) {
        case Activation::linear:
            value = x;
            slope = Matrix::Ones(x.rows(), x.cols());
            if (second) curvature = Matrix::Zero(x.rows(), x.cols());
            return;
        case Activation::relu:
            value = x.cwiseMax(0.0);
            slope = (x.array() > 0.0).cast<double>().matrix();
            if (second) curvature = Matrix::Zero(x.rows(), x.cols());
            return;
        case Activation::tanh:  // through exp, which is vectorised
            value = (1.0 - 2.0 / ((2.0 * x.array()).exp() + 1.0)).matrix();
            slope = (1.0 - value.array().square()).matrix();
            if (second) curvature = (-2.0 * value.array() * slope.array()).matrix();
            return;
        case Activation::silu: {
            auto const s = logistic(x);
            value = (x.array() * s.array()).matrix();
            slope = (s.array() + value.array() * (1.0 - s.array())).matrix();
            if (second)
                curvature =
                    (s.array() * (1.0 - s.array()) * (2.0 + x.array() * (1.0 - 2.0 * s.array())))
                        .matrix();
            return;
        }
        case Activation::softplus:
            slope = logistic(x);
            value = (x.array().max(0.0) + (1.0 + (-x.array().abs()).exp()).log()).matrix();
            if (second) curvature = (slope.array() * (1.0 - slope.array())).matrix();
            return;
        case Activation::sigmoid:
            value = logistic(x);
            slope = (value.array() * (1.0 - value.array())).matrix();
            if (second) curvature = (slope.array() * (1.0 - 2.0 * value.array())).matrix();
            return;
        case Activation::gaussian:
            value = (-0.5 * x.array().square()).exp().matrix();
            slope = (-x.array() * value.array()).matrix();
            if (second) curvature = ((x.array().square() - 1.0) * value.array()).matrix();
            return;
        case Activation::cosine:
            value = x.array().cos().matrix();
            slope = (-x.array().sin()).matrix();
            if (second) curvature = -value;
            return;
        case Activation::reversed_sigmoid:
            value = logistic(-x);
            slope = (value.array() * (value.array() - 1.0)).matrix();
            if (second) curvature = (slope.array() * (2.0 * value.array() - 1.0)).matrix();
            return;
        case Activation::exponential:
            value = (-x.array()).exp().matrix();
            slope = -value;
            if (second) curvature = value;
            return;
        case Activation::square:
            value = x.array().square().matrix();
            slope = 2.0 * x;
            if (second) curvature = Matrix::Constant(x.rows(), x.cols(), 2.0);
            return;
    }
    KAMACITE_EXPECTS(false);
}

}  // namespace

std::string name_of(Activation activation) {
    return names.at(static_cast<std::size_t>(activation));
}

Activation activation_of(std::string const& name) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (name == names[i]) return static_cast<Activation>(i);
    std::string known;
    for (auto const* const one : names)
        known += fmt::format("{}{}", known.empty() ? "" : ", ", one);
    throw InputError(fmt::format("activation '{}' is not known: choose one of {}", name, known));
}

void apply(Activation activation, Matrix const& x, Matrix& value, Matrix& slope,
           Matrix& curvature) {
    apply(activation, x, value, slope, curvature, Want::curvature);
}

void apply(Activation activation, Matrix const& x, Matrix& value, Matrix& slope) {
    Matrix unused;
    apply(activation, x, value, slope, unused, Want::slope);
}

}  // namespace kamacite

#include "kamacite/training/adam.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kamacite/core/error.hpp"

namespace kamacite::training {
namespace {

constexpr double norm_memory = 0.99;

/// Factor by which the gradient of each head is shortened; updates the running norms.
std::vector<double> clip_factors(Model const& model, std::span<double const> gradient, double clip,
                                 AdamState& state) {
    std::vector<double> squares(model.heads().size(), 0.0);
    for (auto const& part : model.parts())
        for (int k = part.begin; k < part.begin + part.network.parameter_count(); ++k)
            squares[static_cast<std::size_t>(part.head)] +=
                gradient[static_cast<std::size_t>(k)] * gradient[static_cast<std::size_t>(k)];
    std::vector<double> factors(squares.size(), 1.0);
    for (std::size_t h = 0; h < squares.size(); ++h) {
        double norm = std::sqrt(squares[h]);
        double& mean = state.norms[h];
        if (clip > 0.0 && mean > 0.0 && norm > clip * mean) {
            factors[h] = clip * mean / norm;
            norm = clip * mean;
        }
        mean = mean > 0.0 ? norm_memory * mean + (1.0 - norm_memory) * norm : norm;
    }
    return factors;
}

}  // namespace

AdamState AdamState::fresh(std::span<double const> parameters, int heads) {
    AdamState state;
    state.first.assign(parameters.size(), 0.0);
    state.second.assign(parameters.size(), 0.0);
    state.norms.assign(static_cast<std::size_t>(heads), 0.0);
    state.average.assign(parameters.begin(), parameters.end());
    return state;
}

double learning_rate(StageOptions const& stage, long long step, long long total) {
    double const warm = std::floor(stage.warm_up * static_cast<double>(total));
    auto const t = static_cast<double>(step);
    if (t < warm) return stage.learning_rate * (t + 1.0) / warm;
    if (stage.schedule == StageOptions::Schedule::constant) return stage.learning_rate;
    double const rest = std::max(1.0, static_cast<double>(total) - warm);
    double const part = std::min(1.0, (t - warm) / rest);
    return stage.final_rate + (stage.learning_rate - stage.final_rate) * 0.5 *
                                  (1.0 + std::cos(std::numbers::pi * part));
}

void adam_step(Model& model, std::span<double const> gradient, StageOptions const& stage,
               double rate, AdamState& state) {
    auto const w = model.parameters();
    KAMACITE_EXPECTS(gradient.size() == w.size() && state.first.size() == w.size());
    auto const factors = clip_factors(model, gradient, stage.clip, state);
    auto const mask = model.weight_mask();
    auto const t = static_cast<double>(++state.steps);
    double const correct_first = 1.0 - std::pow(stage.beta1, t);
    double const correct_second = 1.0 - std::pow(stage.beta2, t);
    double const keep = std::min(stage.average, (1.0 + t) / (10.0 + t));
    for (auto const& part : model.parts()) {
        double const factor = factors[static_cast<std::size_t>(part.head)];
        auto const begin = static_cast<std::size_t>(part.begin);
        auto const end = begin + static_cast<std::size_t>(part.network.parameter_count());
        for (auto k = begin; k < end; ++k) {
            double const g = factor * gradient[k];
            state.first[k] = stage.beta1 * state.first[k] + (1.0 - stage.beta1) * g;
            state.second[k] = stage.beta2 * state.second[k] + (1.0 - stage.beta2) * g * g;
            double const decay = mask[k] != 0 ? stage.weight_decay * w[k] : 0.0;
            w[k] -= rate * (state.first[k] / correct_first /
                                (std::sqrt(state.second[k] / correct_second) + stage.epsilon) +
                            decay);
            state.average[k] = keep * state.average[k] + (1.0 - keep) * w[k];
        }
    }
}

}  // namespace kamacite::training

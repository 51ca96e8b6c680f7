#include "kamacite/training/adam.hpp"

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite::training {
namespace {

constexpr double norm_memory = 0.99;

}  // namespace

Adam::Adam(StageOptions const& stage, Model const& model)
    : stage_{stage},
      first_(model.parameters().size(), 0.0),
      second_(model.parameters().size(), 0.0),
      norms_(model.heads().size(), 0.0) {}

/// Factor by which the gradient of each head is shortened; updates the running norms.
std::vector<double> Adam::clip_factors(Model const& model, std::span<double const> gradient) {
    std::vector<double> squares(norms_.size(), 0.0);
    for (auto const& part : model.parts())
        for (int k = part.begin; k < part.begin + part.network.parameter_count(); ++k)
            squares[static_cast<std::size_t>(part.head)] +=
                gradient[static_cast<std::size_t>(k)] * gradient[static_cast<std::size_t>(k)];
    std::vector<double> factors(squares.size(), 1.0);
    for (std::size_t h = 0; h < squares.size(); ++h) {
        double norm = std::sqrt(squares[h]);
        double& mean = norms_[h];
        if (stage_.clip > 0.0 && mean > 0.0 && norm > stage_.clip * mean) {
            factors[h] = stage_.clip * mean / norm;
            norm = stage_.clip * mean;
        }
        mean = mean > 0.0 ? norm_memory * mean + (1.0 - norm_memory) * norm : norm;
    }
    return factors;
}

void Adam::move(Model& model, std::span<double const> gradient, double rate) {
    auto const w = model.parameters();
    KAMACITE_EXPECTS(gradient.size() == w.size() && first_.size() == w.size());
    auto const factors = clip_factors(model, gradient);
    auto const mask = model.weight_mask();
    steps_ += 1.0;
    double const correct_first = 1.0 - std::pow(stage_.beta1, steps_);
    double const correct_second = 1.0 - std::pow(stage_.beta2, steps_);
    for (auto const& part : model.parts()) {
        double const factor = factors[static_cast<std::size_t>(part.head)];
        auto const begin = static_cast<std::size_t>(part.begin);
        auto const end = begin + static_cast<std::size_t>(part.network.parameter_count());
        for (auto k = begin; k < end; ++k) {
            double const g = factor * gradient[k];
            first_[k] = stage_.beta1 * first_[k] + (1.0 - stage_.beta1) * g;
            second_[k] = stage_.beta2 * second_[k] + (1.0 - stage_.beta2) * g * g;
            double const decay = mask[k] != 0 ? stage_.weight_decay * w[k] : 0.0;
            w[k] -= rate * (first_[k] / correct_first /
                                (std::sqrt(second_[k] / correct_second) + stage_.epsilon) +
                            decay);
        }
    }
}

Optimiser::Step Adam::step(Objective const& objective, Model& model, std::span<int const> ids,
                           double rate, double flag) {
    auto total = objective.loss.gradient(objective.comm, model, objective.options, ids, flag);
    for (double& g : total.gradient) g /= static_cast<double>(ids.size());
    move(model, total.gradient, rate);
    return {std::move(total.sums), total.flags};
}

std::map<std::string, std::vector<double>> Adam::shared() const {
    return {{"steps", {steps_}}, {"first", first_}, {"second", second_}, {"norms", norms_}};
}

void Adam::restore(State const& state) {
    auto const& kept = state.shared;
    if (kept.size() != 4 || !kept.contains("first") || kept.at("first").size() != first_.size() ||
        kept.at("second").size() != second_.size())
        throw DataError("the checkpoint holds no state of Adam for this model: start with --fresh");
    steps_ = kept.at("steps").at(0);
    first_ = kept.at("first");
    second_ = kept.at("second");
    norms_ = kept.at("norms");
}

}  // namespace kamacite::training

#pragma once
#include <span>
#include <vector>

#include "kamacite/model/model.hpp"
#include "kamacite/training/options.hpp"

namespace kamacite::training {

/// What Adam remembers between steps.
struct AdamState {
    long long steps = 0;
    std::vector<double> first, second;  ///< running means of the gradient and of its square
    std::vector<double> norms;          ///< running mean of the gradient norm of each head
    std::vector<double> average;        ///< EMA of the parameters

    /// Nothing remembered; the average starts at `parameters`.
    [[nodiscard]] static AdamState fresh(std::span<double const> parameters, int heads);
};

/// Learning rate of step t of `total`: a linear rise over the warm-up, then constant or a cosine
/// from learning_rate to final_rate.
[[nodiscard]] double learning_rate(StageOptions const& stage, long long step, long long total);

/// One step of Adam with decoupled weight decay of the weights (AdamW), the gradient of each head
/// limited to `clip` times its running norm, and an average of the parameters
///
///     a ← d a + (1 − d) w,   d = min(average, (1 + t)/(10 + t))
///
/// Heads do not see one another: each is clipped by its own norm.
/// Source: Kingma and Ba, arXiv:1412.6980; Loshchilov and Hutter, arXiv:1711.05101.
void adam_step(Model& model, std::span<double const> gradient, StageOptions const& stage,
               double rate, AdamState& state);

}  // namespace kamacite::training

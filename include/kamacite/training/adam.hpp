#pragma once
#include "kamacite/training/optimiser.hpp"

namespace kamacite::training {

/// Adam with decoupled weight decay of the weights (AdamW), the gradient of each head limited to
/// `clip` times its running norm. Heads do not see one another: each is clipped by its own norm.
/// Source: Kingma and Ba, arXiv:1412.6980; Loshchilov and Hutter, arXiv:1711.05101.
class Adam final : public Optimiser {
public:
    Adam(StageOptions const& stage, Model const& model);

    /// A step along the mean gradient of the records `ids`.
    Step step(Objective const& objective, Model& model, std::span<int const> ids, double rate,
              double flag) override;

    /// The step itself. \param gradient  of the loss, one entry per parameter
    void move(Model& model, std::span<double const> gradient, double rate);

    [[nodiscard]] std::map<std::string, std::vector<double>> shared() const override;
    void restore(State const& state) override;

private:
    [[nodiscard]] std::vector<double> clip_factors(Model const& model,
                                                   std::span<double const> gradient);

    StageOptions stage_;
    double steps_ = 0.0;
    std::vector<double> first_, second_;  // running means of the gradient and of its square
    std::vector<double> norms_;           // running mean of the gradient norm of each head
};

}  // namespace kamacite::training

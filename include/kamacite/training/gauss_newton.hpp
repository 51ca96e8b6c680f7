#pragma once
#include "kamacite/training/least_squares.hpp"
#include "kamacite/training/optimiser.hpp"

namespace kamacite::training {

/// The loss as a sum of squares on all records at once: Gauss–Newton steps of PETSc's TAO (brgn),
/// or ridge regressions of the linearised residuals by KSP (lsqr), which solve a model without
/// hidden layers in one step. Residuals are divided by √(number of records), so that the
/// regulariser λ is in units of the loss. The sums of a step are those of where it ended.
class GaussNewton final : public Optimiser {
public:
    explicit GaussNewton(StageOptions const& stage);

    Step step(Objective const& objective, Model& model, std::span<int const> ids, double rate,
              double flag) override;

    [[nodiscard]] std::map<std::string, std::vector<double>> shared() const override { return {}; }
    void restore(State const& /*state*/) override {}  // parameters are the whole state

private:
    StageOptions stage_;
};

}  // namespace kamacite::training

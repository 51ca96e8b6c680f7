#pragma once
#include "kamacite/training/optimiser.hpp"
#include "kamacite/training/tao.hpp"

namespace kamacite::training {

/// Quasi-Newton steps of PETSc's TAO on all records at once, one iteration per step; the sums of a
/// step are those of where it ended.
class QuasiNewton final : public Optimiser {
public:
    explicit QuasiNewton(StageOptions const& stage);

    Step step(Objective const& objective, Model& model, std::span<int const> ids, double rate,
              double flag) override;

    [[nodiscard]] std::map<std::string, std::vector<double>> shared() const override;
    void restore(State const& state) override;

private:
    StageOptions stage_;
    TaoState tao_;
    std::vector<double> sums_;  // of the losses where tao_ is
};

}  // namespace kamacite::training

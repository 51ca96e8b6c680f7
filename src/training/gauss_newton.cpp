#include "kamacite/training/gauss_newton.hpp"

#include <algorithm>
#include <cmath>

namespace kamacite::training {

GaussNewton::GaussNewton(StageOptions const& stage) : stage_{stage} {}

Optimiser::Step GaussNewton::step(Objective const& objective, Model& model,
                                  std::span<int const> ids, double /*rate*/, double flag) {
    auto const& comm = objective.comm;
    auto& loss = objective.loss;
    auto const& options = objective.options;
    auto const w = model.parameters();
    double const factor = 1.0 / std::sqrt(static_cast<double>(ids.size()));
    auto const at = [&](std::span<double const> x) -> Model const& {
        std::copy(x.begin(), x.end(), w.begin());
        return model;
    };
    auto const scaled = [&](std::vector<double> values) {
        for (double& value : values) value *= factor;
        return values;
    };
    LeastSquares const problem{
        [&](auto x) { return scaled(loss.residuals(comm, at(x), options, ids)); },
        [&](auto x, auto v) { return scaled(loss.product(comm, at(x), options, ids, v)); },
        [&](auto x, auto u) { return scaled(loss.transposed(comm, at(x), options, ids, u)); }};
    std::vector<double> x{w.begin(), w.end()};
    LeastSquaresOptions const how{stage_.regularizer, stage_.inner, stage_.petsc};
    Step step;
    step.end = stage_.kind == StageOptions::Kind::brgn ? gauss_newton_once(comm, x, problem, how)
                                                       : ridge_regression(comm, x, problem, how);
    step.sums = loss.errors(comm, at(x), options);
    step.flags = comm.all_reduce(mpi::Op::sum, flag);
    return step;
}

}  // namespace kamacite::training

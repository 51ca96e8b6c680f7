#include "kamacite/training/quasi_newton.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/error.hpp"
#include "kamacite/training/curve.hpp"

namespace kamacite::training {

QuasiNewton::QuasiNewton(StageOptions const& stage) : stage_{stage} {}

Optimiser::Step QuasiNewton::step(Objective const& objective, Model& model,
                                  std::span<int const> ids, double /*rate*/, double flag) {
    Curve const curve{model};
    double flags = 0.0;
    std::vector<std::pair<std::vector<double>, std::vector<double>>> tried;  // points and sums
    auto const evaluate = [&](std::span<double const> x, std::span<double> g) {
        std::copy(x.begin(), x.end(), model.parameters().begin());
        auto const total =
            objective.loss.gradient(objective.comm, model, objective.options, ids, flag);
        for (std::size_t k = 0; k < g.size(); ++k)
            g[k] = total.gradient[k] / static_cast<double>(ids.size());
        flags = std::max(flags, total.flags);
        tried.emplace_back(std::vector<double>{x.begin(), x.end()}, total.sums);
        return curve.loss(total.sums);
    };
    auto const w = model.parameters();
    std::vector<double> x{w.begin(), w.end()};
    auto end = minimise_once(objective.comm, x, tao_,
                             {name_of(stage_.kind), stage_.restart, stage_.petsc}, evaluate);
    std::copy(x.begin(), x.end(), w.begin());
    for (auto& [point, sums] : tried)
        if (point == x) sums_ = std::move(sums);
    return {sums_, flags, std::move(end)};
}

std::map<std::string, std::vector<double>> QuasiNewton::shared() const {
    std::vector<double> gradients;
    for (auto const& g : tao_.gradients) gradients.insert(gradients.end(), g.begin(), g.end());
    return {{"start", tao_.start},
            {"iterations", {static_cast<double>(tao_.iterations)}},
            {"values", tao_.values},
            {"gradients", gradients},
            {"sums", sums_}};
}

void QuasiNewton::restore(State const& state) {
    auto const& kept = state.shared;
    if (kept.size() != 5 || !kept.contains("values") ||
        kept.at("gradients").size() != kept.at("values").size() * kept.at("start").size())
        throw DataError("the checkpoint holds no state of a minimisation: start with --fresh");
    tao_ = {kept.at("start"), static_cast<int>(kept.at("iterations").at(0)), kept.at("values"), {}};
    auto const& gradients = kept.at("gradients");
    auto const n = static_cast<std::ptrdiff_t>(tao_.start.size());
    for (auto g = gradients.begin(); g != gradients.end(); g += n)
        tao_.gradients.emplace_back(g, g + n);
    sums_ = kept.at("sums");
}

}  // namespace kamacite::training

#include "kamacite/training/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace kamacite::training {

double learning_rate(StageOptions const& stage, long long step, long long total) {
    auto const cosine = [](double from, double to, double part) {
        return to + (from - to) * 0.5 * (1.0 + std::cos(std::numbers::pi * std::min(1.0, part)));
    };
    if (stage.kind == StageOptions::Kind::kalman)
        return cosine(stage.step, stage.final_step,
                      static_cast<double>(step) / std::max(1.0, static_cast<double>(total)));
    double const warm = std::floor(stage.warm_up * static_cast<double>(total));
    auto const t = static_cast<double>(step);
    if (t < warm) return stage.learning_rate * (t + 1.0) / warm;
    if (stage.schedule == StageOptions::Schedule::constant) return stage.learning_rate;
    double const rest = std::max(1.0, static_cast<double>(total) - warm);
    return cosine(stage.learning_rate, stage.final_rate, (t - warm) / rest);
}

double kept_of_average(StageOptions const& stage, long long steps) {
    auto const t = static_cast<double>(steps);
    return std::min(stage.average, (2.0 + t) / (11.0 + t));
}

}  // namespace kamacite::training

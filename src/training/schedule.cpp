#include "kamacite/training/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace kamacite::training {

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

double kept_of_average(StageOptions const& stage, long long steps) {
    auto const t = static_cast<double>(steps);
    return std::min(stage.average, (2.0 + t) / (11.0 + t));
}

}  // namespace kamacite::training

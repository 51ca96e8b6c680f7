#pragma once
#include "kamacite/training/options.hpp"

namespace kamacite::training {

/// Learning rate of step t of `total`: a linear rise over the warm-up, then constant or a cosine
/// from learning_rate to final_rate; of a Kalman filter a cosine from `step` to `final_step`.
[[nodiscard]] double learning_rate(StageOptions const& stage, long long step, long long total);

/// How much of an average of parameters is kept in the step after `steps`:
///
///     a ← d a + (1 − d) w,   d = min(average, (2 + t)/(11 + t)),   t = steps
///
/// so that the first parameters are soon forgotten.
[[nodiscard]] double kept_of_average(StageOptions const& stage, long long steps);

}  // namespace kamacite::training

#include "kamacite/dynamics/fire.hpp"

#include <algorithm>
#include <cmath>

namespace kamacite::dynamics {
namespace {

// The numbers of the article.
constexpr double longest_time = 1.0;
constexpr int patient_steps = 5;
constexpr double faster = 1.1, slower = 0.5, mixing_at_first = 0.1, mixing_decay = 0.99;

}  // namespace

Fire::Step Fire::next(double power, double speed, double force) {
    if (power <= 0.0) {
        mixing_ = mixing_at_first;
        dt_ *= slower;
        downhill_ = 0;
        return {0.0, dt_, dt_};
    }
    double const keep = 1.0 - mixing_, turn = mixing_ * std::sqrt(speed / force);
    if (++downhill_ > patient_steps) {
        dt_ = std::min(dt_ * faster, longest_time);
        mixing_ *= mixing_decay;
    }
    return {keep, turn + dt_, dt_};
}

}  // namespace kamacite::dynamics

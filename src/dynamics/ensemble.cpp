#include "kamacite/dynamics/ensemble.hpp"

#include <algorithm>

namespace kamacite::dynamics {
namespace {

double along(double from, std::optional<double> to, long long step, long long steps) {
    if (!to) return from;
    double const part = std::min(1.0, static_cast<double>(step) / static_cast<double>(steps));
    return from + (*to - from) * part;
}

}  // namespace

double Ensemble::temperature(long long step) const {
    return std::visit(
        [&](auto const& bath) {
            if constexpr (requires { bath.temperature; })
                return along(bath.temperature, final_temperature, step, ramp_steps);
            else
                return 0.0;
        },
        thermostat);
}

double Ensemble::pressure(long long step) const {
    return std::visit(
        [&](auto const& bath) {
            if constexpr (requires { bath.pressure; })
                return along(bath.pressure, final_pressure, step, ramp_steps);
            else
                return 0.0;
        },
        barostat);
}

}  // namespace kamacite::dynamics

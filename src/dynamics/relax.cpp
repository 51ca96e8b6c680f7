#include "kamacite/dynamics/relax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite::dynamics {
namespace {

// The numbers of the article; times in units of √(u Å²/eV) with u the unit mass.
constexpr double first_step = 0.1, longest_time = 1.0;
constexpr int patient_steps = 5;
constexpr double faster = 1.1, slower = 0.5, mixing_at_first = 0.1, mixing_decay = 0.99;

double dot(std::vector<Vec3> const& a, std::vector<Vec3> const& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i].dot(b[i]);
    return sum;
}

double longest(std::vector<Vec3> const& vectors) {
    double largest = 0.0;
    for (auto const& v : vectors) largest = std::max(largest, v.norm());
    return largest;
}

}  // namespace

Relaxation relax_positions(Potential const& potential, Structure structure,
                           RelaxOptions const& options) {
    auto const n = static_cast<std::size_t>(structure.size());
    std::vector<Vec3> velocity(n, Vec3::Zero());
    double dt = first_step, mixing = mixing_at_first;
    int downhill = 0;
    Relaxation result{std::move(structure), 0.0, 0.0, 0, false};
    auto& s = result.structure;
    while (true) {
        auto const p = potential.predict(s, find_neighbours(s, potential.cutoff()));
        ++result.steps;
        result.energy = p.energy();
        result.largest_force = longest(p.forces);
        if (!std::isfinite(result.largest_force) || !std::isfinite(result.energy))
            throw NumericalError(
                fmt::format("step {} of a relaxation has forces that are not finite: are atoms on "
                            "top of each other?",
                            result.steps));
        result.converged = result.largest_force <= options.force_tolerance;
        if (result.converged || result.steps >= options.max_steps) return result;

        double const power = dot(p.forces, velocity);
        if (power > 0.0) {
            double const v = std::sqrt(dot(velocity, velocity) / dot(p.forces, p.forces));
            for (std::size_t i = 0; i < n; ++i)
                velocity[i] = (1.0 - mixing) * velocity[i] + mixing * v * p.forces[i];
            if (++downhill > patient_steps) {
                dt = std::min(dt * faster, longest_time);
                mixing *= mixing_decay;
            }
        } else {
            std::fill(velocity.begin(), velocity.end(), Vec3::Zero());
            mixing = mixing_at_first;
            dt *= slower;
            downhill = 0;
        }
        for (std::size_t i = 0; i < n; ++i) velocity[i] += dt * p.forces[i];
        double const step = dt * longest(velocity);
        double const scale = step > options.longest_step ? options.longest_step / step : 1.0;
        for (std::size_t i = 0; i < n; ++i) s.positions[i] += scale * dt * velocity[i];
    }
}

}  // namespace kamacite::dynamics

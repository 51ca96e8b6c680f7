#include "kamacite/dynamics/relax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/dynamics/fire.hpp"

namespace kamacite::dynamics {
namespace {

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
    Fire fire;
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

        auto const [keep, push, dt] =
            fire.next(dot(p.forces, velocity), dot(velocity, velocity), dot(p.forces, p.forces));
        for (std::size_t i = 0; i < n; ++i) velocity[i] = keep * velocity[i] + push * p.forces[i];
        double const step = dt * longest(velocity);
        double const scale = step > options.longest_step ? options.longest_step / step : 1.0;
        for (std::size_t i = 0; i < n; ++i) s.positions[i] += scale * dt * velocity[i];
    }
}

}  // namespace kamacite::dynamics

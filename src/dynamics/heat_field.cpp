#include "kamacite/dynamics/heat_field.hpp"

#include <fmt/format.h>

#include "kamacite/core/error.hpp"

namespace kamacite::dynamics {

void driving_forces(Prediction const& prediction, std::span<Vec3 const> velocities,
                    std::span<double const> masses, Vec3 const& field, std::span<Vec3> out) {
    auto const n = velocities.size();
    KAMACITE_EXPECTS(prediction.energies.size() == n && masses.size() == n && out.size() == n);
    if (prediction.virials.size() < n)
        throw DataError(fmt::format(
            "the potential gives {} virials of {} atoms (a field that drives heat needs "
            "all nine components of each): use one that gives them",
            prediction.virials.size(), n));
    for (std::size_t i = 0; i < n; ++i)
        out[i] = (0.5 * masses[i] * velocities[i].squaredNorm() + prediction.energies[i]) * field +
                 prediction.virials[i].transpose() * field;
}

void take_total_away(std::span<Vec3> forces, std::span<double const> masses, Vec3 const& total,
                     double total_mass) {
    KAMACITE_EXPECTS(masses.size() == forces.size() && total_mass > 0.0);
    for (std::size_t i = 0; i < forces.size(); ++i) forces[i] -= masses[i] / total_mass * total;
}

}  // namespace kamacite::dynamics

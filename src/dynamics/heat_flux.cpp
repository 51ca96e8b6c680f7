#include "kamacite/dynamics/heat_flux.hpp"

#include <fmt/format.h>

#include "kamacite/core/error.hpp"

namespace kamacite::dynamics {

HeatFlux heat_flux(Prediction const& prediction, std::span<Vec3 const> velocities,
                   std::span<double const> masses) {
    auto const n = velocities.size();
    KAMACITE_EXPECTS(prediction.energies.size() == n && masses.size() == n);
    if (prediction.virials.size() < n)
        throw DataError(
            fmt::format("the potential gives {} virials of {} atoms (a heat flux needs "
                        "all nine components of each): use one that gives them",
                        prediction.virials.size(), n));
    HeatFlux flux;
    for (std::size_t i = 0; i < n; ++i) {
        auto const& v = velocities[i];
        flux.convective += (0.5 * masses[i] * v.squaredNorm() + prediction.energies[i]) * v;
        flux.virial += prediction.virials[i] * v;
    }
    return flux;
}

}  // namespace kamacite::dynamics

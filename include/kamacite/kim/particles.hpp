#pragma once
#include <functional>
#include <span>

#include "kamacite/potential/potential.hpp"

namespace kamacite::kim {

/// Particles as a simulator of the KIM-API gives them: images are particles of their own. Those
/// that contribute have an energy; the others, in any order among them, are near them only.
struct Particles {
    std::span<int const> species;       ///< atomic numbers
    std::span<Vec3 const> positions;    ///< [Å]
    std::span<int const> contributing;  ///< 1, or 0 for those that are ghosts
};

/// The particles near one that contributes; some may be farther off than any cutoff. What it gives
/// need not outlive the next call.
using ListOf = std::function<std::span<int const>(int)>;

/// The mean over the members of a model: energies, forces and virials, one of each per particle.
/// The energy is that of the particles that contribute, others have none; forces and virials are
/// its derivatives for all particles, as Potential::predict() has them for ghosts. Memory is that
/// of a few thousand particles' lists.
/// \param members  one at least
/// \throws DataError naming the particles if two are on one point, or the element that is not
///         known; NumericalError if a prediction is not finite
[[nodiscard]] Prediction predict(std::span<Potential const* const> members,
                                 Particles const& particles, ListOf const& list_of);

}  // namespace kamacite::kim

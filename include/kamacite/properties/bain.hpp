#pragma once
#include <span>
#include <vector>

#include "kamacite/potential/potential.hpp"

namespace kamacite::properties {

/// A point of the Bain path from bcc (c/a = 1) to fcc (c/a = √2) and beyond.
struct BainPoint {
    double ratio;   ///< c/a
    double volume;  ///< [Å³/atom]
    double energy;  ///< [eV/atom]
};

/// Energies of body-centred tetragonal cells of one volume.
/// \param volume  [Å³/atom], positive
[[nodiscard]] std::vector<BainPoint> bain_path(Potential const& potential, int element,
                                               std::span<double const> ratios, double volume);

/// The same, each at the volume of its lowest energy within a fifth of `volume`.
/// \throws NumericalError naming the ratio if that is at an end
[[nodiscard]] std::vector<BainPoint> relaxed_bain_path(Potential const& potential, int element,
                                                       std::span<double const> ratios,
                                                       double volume);

}  // namespace kamacite::properties

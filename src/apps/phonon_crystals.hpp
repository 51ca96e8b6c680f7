#pragma once
#include <vector>

#include "kamacite/config/properties.hpp"
#include "kamacite/phonons/quasi_harmonic.hpp"

namespace kamacite::apps {

/// A crystal at one volume, as one member of a committee sees it.
struct VolumeCrystal {
    double volume;  ///< [Å³/atom]
    double energy;  ///< at rest [eV/atom]
    phonons::Harmonic crystal;
};

/// The harmonic crystals of one member.
struct MemberCrystals {
    phonons::DisplacementPlan plan;  ///< of the crystal at rest
    phonons::ForceSet forces;        ///< of the plan
    VolumeCrystal at_rest;           ///< as the options say, at zero pressure
    /// The same from displacements twice as far, and from a supercell with one conventional cell
    /// less along each edge; how these differ is the error.
    std::vector<phonons::Harmonic> checks;
    VolumeCrystal lower, upper;       ///< at volumes 1 % smaller and larger
    std::vector<VolumeCrystal> grid;  ///< at the volumes of the options; none if not wanted
    Reach reach{};                      ///< of all but the grid
    Reach grid_reach;                 ///< of all
};

/// Force constants of all of them; the displaced supercells of all members are spread over the
/// ranks. Collective.
/// \param volume  near which every member's crystal is at rest [Å³/atom]
/// \throws NumericalError if one is not, within a tenth of it
[[nodiscard]] std::vector<MemberCrystals> compute_crystals(
    mpi::Communicator const& comm, config::PropertiesOptions const& options,
    std::vector<Potential const*> const& members, double volume);

}  // namespace kamacite::apps

#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "kamacite/generate/lattice.hpp"
#include "kamacite/magnetism/observables.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/potential/potential.hpp"

namespace kamacite::magnetism {

/// What a model says of the moments of atoms that are all alike.
struct MomentPoint {
    double lattice_constant = 0.0;  ///< a [Å]
    double moment = 0.0;            ///< mean |m| [μ_B]
    double extrapolation = 0.0;     ///< the largest of any atom, 0 inside
    double grade = 0.0;             ///< likewise; NaN where it is not known
};

/// |m| of a perfect crystal of one element against its lattice constant, primitive cells.
/// \param model      that gives moments
/// \param constants  a [Å], positive
/// \throws DataError if the model gives no moments or does not know the element
[[nodiscard]] std::vector<MomentPoint> moment_curve(Potential const& model,
                                                    generate::Lattice lattice, int element,
                                                    std::span<double const> constants);

/// How atoms are kept at a temperature (Langevin, the cell fixed) while their moments are looked
/// at.
struct ThermalOptions {
    double timestep = 2.0;    ///< [fs], positive
    double friction = 0.01;   ///< [1/fs], positive
    int equilibration = 500;  ///< steps before, ≥ 0
    int steps = 2000;         ///< steps that are looked at
    int every = 10;           ///< steps between two looks; at least four looks
    std::uint64_t seed = 1;
};

/// Moments of vibrating atoms at one temperature.
struct ThermalMoment {
    double temperature = 0.0;       ///< asked for [K]
    Estimate measured;              ///< temperature that the atoms had [K]
    std::vector<Estimate> moments;  ///< ⟨|m|⟩ [μ_B], one of each model that gives moments
    double width = 0.0;             ///< standard deviation of |m| of an atom [μ_B], mean of models
    double extrapolation = 0.0;     ///< the largest of any atom at any look
    double grade = 0.0;             ///< likewise; NaN where it is not known
    bool converged = false;         ///< whether the looks are many against their memory
};

/// Dynamics of one structure on one rank. The spins stay parallel: only the size of the moments
/// follows the surroundings of each atom.
/// \param forces   what moves the atoms
/// \param models   that give moments; at least one
/// \param index    of the run: it has its own noise
/// \throws DataError if a model gives no moments; NumericalError if the atoms fly apart
[[nodiscard]] ThermalMoment thermal_moment(Potential const& forces,
                                           std::span<Potential const* const> models,
                                           Structure const& start, double temperature,
                                           ThermalOptions const& options, int index = 0);

/// The same at several temperatures, spread over the ranks: the same bits on any number of them.
/// Collective.
[[nodiscard]] std::vector<ThermalMoment> thermal_moments(mpi::Communicator const& comm,
                                                         Potential const& forces,
                                                         std::span<Potential const* const> models,
                                                         Structure const& start,
                                                         std::span<double const> temperatures,
                                                         ThermalOptions const& options);

}  // namespace kamacite::magnetism

#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/core/logger.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/potential/potential.hpp"
#include "kamacite/properties/equation_of_state.hpp"

namespace kamacite::properties {

/// Molecular dynamics whose heat flux is looked at.
struct HeatRunOptions {
    double temperature = 300.0;  ///< T [K], positive
    double timestep = 1.0;       ///< [fs], positive
    /// Steps before, half of them with Langevin noise of 1/time_constant, so that every vibration
    /// gets its share, and half with what the rest of the run has.
    long long equilibration = 10000;
    long long steps = 100000;      ///< that are looked at, ≥ 1
    int every = 10;                ///< steps from one value of the flux to the next, ≥ 1
    double time_constant = 200.0;  ///< of the bath [fs], positive
    double initial = 2.0;          ///< temperature that atoms on their sites begin with, over T
    Vec3 field = Vec3::Zero();     ///< F_e [1/Å]; zero: no field, and no bath either (NVE)
    double skin = 0.6;             ///< of the neighbour lists [Å], not negative
    std::uint64_t seed = 1;        ///< another seed, another run
    std::string name = "a run";    ///< what the log calls it; it is the same run by any name
};

/// What a run leaves.
struct HeatRun {
    std::vector<Vec3> flux;      ///< J = Σ v_i e_i + Σ W_i · v_i, every `every` steps [eV Å/fs]
    Vec3 field = Vec3::Zero();   ///< that acted [1/Å]
    double interval = 0.0;       ///< between the values [fs]
    double volume = 0.0;         ///< V [Å³]
    Estimate temperature;        ///< that the atoms had [K]
    double drift = 0.0;          ///< of the conserved energy, end less beginning [eV/atom]
    double extrapolation = 0.0;  ///< the largest of any atom at any look; 0 inside
    /// Whether it reached its end; if not, it was asked to stop and lies in its store.
    bool finished = true;
};

/// Where runs lie while they last and after, so that one that was stopped or killed goes on, and
/// one that is to be longer goes on from its end. A run finds itself by its structure, its options
/// but for `steps`, and `potential`: two generations of a checkpoint in a folder of its own.
struct HeatStore {
    std::filesystem::path directory;
    std::string potential;        ///< what tells the potential from others, e.g. the hash of a file
    double seconds = 600.0;       ///< of the clock from one checkpoint to the next
    std::function<bool()> asked;  ///< whether this rank was asked to stop; none: never
    /// Are told how long [s] it took from one chance to stop to the next, and a checkpoint.
    std::function<void(double)> step_took, checkpoint_took;
    Logger const* log = nullptr;  ///< is told how far the runs are, if there is one
};

/// One run of all ranks together, the structure divided among them. Without a field energy and
/// momentum are conserved while the flux is looked at; with one a Nosé–Hoover chain takes away the
/// heat that the field brings.
/// \param start  in a periodic cell, which stays
/// \param store  where it is kept and looked for. However often it was stopped, it is the same to
/// the
///               bit as one that was not, on the same number of ranks; one that was made longer
///               after its end is so but for rounding.
/// \throws DataError if the cell is not periodic, or the potential gives no virials of atoms;
///         NumericalError if the atoms fly apart; SystemError if the disk refuses. Collective.
[[nodiscard]] HeatRun heat_run(mpi::Communicator const& comm, Potential const& potential,
                               Structure const& start, HeatRunOptions const& options,
                               std::optional<HeatStore> const& store = {});

/// Several runs of one structure, spread over groups of ranks: as many groups as there are runs, or
/// ranks if these are fewer. Those of one run on other numbers of ranks differ by rounding, which
/// dynamics doubles every few hundred femtoseconds: the same ensemble, another path.
/// \returns in the order of `options`, on every rank. If a group was asked to stop, the run it was
///          at and those it did not begin are not finished.
/// \throws as heat_run(). Collective.
[[nodiscard]] std::vector<HeatRun> heat_runs(mpi::Communicator const& comm,
                                             Potential const& potential, Structure const& start,
                                             std::span<HeatRunOptions const> options,
                                             std::optional<HeatStore> const& store = {});

}  // namespace kamacite::properties

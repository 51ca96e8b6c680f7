#pragma once
#include <optional>
#include <string>

#include "any_model.hpp"
#include "kamacite/config/md.hpp"
#include "kamacite/dynamics/checkpoint.hpp"
#include "kamacite/training/trainer.hpp"

/// \file
/// What a run of molecular dynamics begins from.

namespace kamacite::apps {

/// Atoms on their way, or about to be.
struct Beginning {
    dynamics::Checkpoint at;  ///< atoms of this rank; step 0 and no state unless it is resumed
    long long atoms = 0;      ///< of all ranks
    bool resumed = false;
    bool clears = false;  ///< an earlier run in the output is to be removed
    std::uint64_t noise =
        0;  ///< seed of the baths: that of the options, or another than `from` had
    std::vector<std::string> parents;  ///< the run it came from, with the step; none else
};

/// "<path> <hash>" of the structure's file, which is read once for it; none with `from`.
/// Collective.
[[nodiscard]] std::vector<std::string> parents_of(mpi::Communicator const& comm,
                                                  config::MdOptions const& options);

/// Where checkpoints of this run are. Those of a run with another model, structure, time step,
/// ensemble or seed are refused; with more steps (but no ramp), other outputs or limits it goes on.
/// Collective.
/// \param parents  of the structure: parents_of()
[[nodiscard]] io::Generations checkpoints_of(Context& context, config::MdOptions const& options,
                                             AnyModel const& model,
                                             std::vector<std::string> const& parents);

/// From the checkpoint of this run, from another run, or from a structure. Nothing is changed yet.
/// Collective.
/// \throws UsageError if there is a run in the output and nobody said what to do with it, or it has
///         lost its checkpoints; InputError if it has made more steps than are asked for, or was
///         made with other keys or files, which are named
[[nodiscard]] Beginning beginning_of(Context& context, config::MdOptions const& options,
                                     AnyModel const& model, io::Generations const& checkpoints,
                                     training::Start start);

/// Removes what an earlier run left in the output and this one does not go on from: all of it, or
/// frames after the checkpoint. When nothing is left to refuse. Collective.
void clear_output(Context& context, config::MdOptions const& options,
                  io::Generations const& checkpoints, Beginning const& beginning);

/// Leaves the seed of the baths in a checkpoint.
void keep_noise(Beginning const& beginning, dynamics::Checkpoint& checkpoint);

/// The atoms of a domain and their cell, all on every rank, in the order of their numbers: for
/// structures that fit. Collective.
[[nodiscard]] Structure gathered(mpi::Communicator const& comm, domain::Domain const& domain,
                                 long long atoms);

}  // namespace kamacite::apps

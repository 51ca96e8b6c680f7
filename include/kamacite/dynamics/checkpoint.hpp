#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kamacite/dynamics/trajectory.hpp"
#include "kamacite/io/generations.hpp"

namespace kamacite::dynamics {

/// Everything that a trajectory goes on from, to the bit. Random numbers need no state.
struct Checkpoint {
    long long step = 0;
    long long serial = 0;  ///< the larger, the later
    Mat3 cell = Mat3::Identity();
    std::array<bool, 3> periodic{true, true, true};
    domain::Atoms atoms;        ///< this rank's block, in the order of their numbers
    std::vector<double> state;  ///< Trajectory::state()
    /// What goes along, the same on all ranks; and three numbers per atom of this rank's block.
    std::map<std::string, std::vector<double>> numbers, vectors;
};

/// The trajectory as it is. Trajectory::refresh() comes before, so that it goes on alike.
/// Collective.
[[nodiscard]] Checkpoint checkpoint_of(mpi::Communicator const& comm, Trajectory const& trajectory,
                                       long long atoms);

/// Collective. \throws SystemError if the disk refuses
void write_checkpoint(io::Generations const& where, Checkpoint const& checkpoint);

/// The latest complete checkpoint, or nothing if there is none. Collective.
/// \throws as Generations::read_latest()
[[nodiscard]] std::optional<Checkpoint> read_checkpoint(io::Generations const& where,
                                                        Logger const& log);

/// Where checkpoints of dynamics are: a Generations of their format.
[[nodiscard]] io::Generations checkpoints_in(std::filesystem::path const& directory,
                                             mpi::Communicator const& comm,
                                             std::string const& fingerprint);

}  // namespace kamacite::dynamics

#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kamacite/core/logger.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/training/optimiser.hpp"

namespace kamacite::training {

/// Everything that training goes on from, to the bit. Random numbers need no state: they are
/// functions of seed and epoch.
struct Progress {
    int stage = 0;             ///< the one under way
    int epoch = 0;             ///< epochs completed in it
    int total_epochs = 0;      ///< in all stages
    long long batch = 0;       ///< batches done of the epoch under way
    long long steps = 0;       ///< of the stage
    double rate_factor = 1.0;  ///< halved whenever training had to be rolled back
    int rollbacks = 0;
    double usual_loss = 0.0;    ///< largest loss of a batch in the epoch before; 0: none yet
    double largest_loss = 0.0;  ///< the same so far of the epoch under way
    double elapsed = 0.0;       ///< [s] of wall time, all runs together
    std::vector<double> parameters;
    std::vector<double> average;  ///< EMA of the parameters
    Optimiser::State optimiser;
    std::vector<double> epoch_sums;   ///< losses and errors so far of the epoch under way
    std::vector<double> best;         ///< parameters of the best validation so far, head by head
    std::vector<double> best_scores;  ///< its loss, per head
    std::vector<double> best_epochs;  ///< when it was, per head
    std::vector<double> history;      ///< rows of the learning curve
};

/// Two states that belong together: now, and the beginning of the epoch, to which training is
/// rolled back if it diverges.
struct Checkpoint {
    Progress now;
    Progress good;
    long long serial = 0;  ///< the larger, the later
};

/// Writes checkpoint.a.h5 or checkpoint.b.h5 in turn (serial even or odd), sealed, so that one
/// complete checkpoint exists at every instant. Collective.
/// \param fingerprint  of data and options: resuming with others is refused
void write_checkpoint(std::filesystem::path const& directory, mpi::Communicator const& comm,
                      std::string const& fingerprint, Checkpoint const& checkpoint);

/// The latest complete checkpoint, or nothing if there is none. A damaged one is told of and
/// passed over. Collective.
/// \throws InputError if it was made from other data or options; DataError if all there are are
///         damaged
[[nodiscard]] std::optional<Checkpoint> read_checkpoint(std::filesystem::path const& directory,
                                                        mpi::Communicator const& comm,
                                                        std::string const& fingerprint,
                                                        Logger const& log);

/// Whether a directory holds a checkpoint. Collective.
[[nodiscard]] bool has_checkpoint(std::filesystem::path const& directory,
                                  mpi::Communicator const& comm);

/// Removes both. Collective.
void remove_checkpoints(std::filesystem::path const& directory, mpi::Communicator const& comm);

}  // namespace kamacite::training

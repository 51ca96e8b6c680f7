#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "command.hpp"
#include "kamacite/config/train.hpp"
#include "kamacite/dataset/records.hpp"
#include "kamacite/training/trainer.hpp"
#include "stop.hpp"

/// \file
/// What trainings of one model, of a committee and of a search have in common.

namespace kamacite::apps {

/// What is learned from.
struct Lesson {
    std::vector<int> elements;  ///< atomic numbers
    dataset::Records training, validation;
    io::Provenance provenance;
};

/// The hooks by which a training asks whether it should stop.
[[nodiscard]] training::Hooks hooks_of(StopRequest& stop);

/// Makes a directory, and lets a log write there. Collective. \throws SystemError
void open_directory(mpi::Communicator const& comm, std::filesystem::path const& directory,
                    Logger& log);

/// The functions that the options ask for, before any are chosen from them. Collective.
/// \throws as config::descriptors_of(), load(); InputError if the model whose functions are to be
///         taken is one of other elements
[[nodiscard]] Descriptors pool_for(Context& context, config::TrainOptions const& options,
                                   std::vector<int> const& elements);

/// The same, chosen from the training set if the options say so.
/// Collective. \throws as pool_for(), training::select_functions()
[[nodiscard]] Descriptors descriptors_for(Context& context, config::TrainOptions const& options,
                                          Lesson const& lesson);

/// Ranks in groups that work beside each other, each on one item after the other.
struct Groups {
    int count;  ///< as many as there are items, or ranks if these are fewer
    int mine;   ///< number of this rank's group, whose items are mine, mine + count …
    mpi::Communicator ranks;  ///< of this group
    Logger::Voice voice;  ///< of logs of its work: the first group speaks, others write files only

    /// Collective.
    Groups(mpi::Communicator const& comm, int items);
};

}  // namespace kamacite::apps

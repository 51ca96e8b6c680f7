#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "command.hpp"
#include "kamacite/config/relax.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "run_arguments.hpp"

/// \file
/// What an interrupted relaxation leaves behind, and how the next one takes it up.

namespace kamacite::apps {

/// Whether an earlier run has ended, which --resume takes for the end of this one. Collective.
/// \param result  what it wrote last
/// \param so_far  what is there only until then
/// \throws UsageError if it has, and the command line does not say what to do with it
[[nodiscard]] bool has_ended(mpi::Communicator const& comm, std::filesystem::path const& result,
                             std::filesystem::path const& so_far, RunGiven const& given);

/// Says that there is nothing left to do, with --json what `result` says. Collective.
void tell_ended(Context& context, std::filesystem::path const& result);

/// Whether to go on from what an earlier part has left in a file. Collective.
/// \throws UsageError if it is there and the command line does not say what to do with it
[[nodiscard]] bool goes_on(mpi::Communicator const& comm, std::filesystem::path const& file,
                           RunGiven const& given);

/// Checks that what is left in a file came of the same structures, model and settings as now;
/// tolerances, numbers of steps and the way to the minimum may be others. Collective.
/// \param parents  of the run as it is now: io::parent() of each file, in order
/// \throws InputError naming what differs
void expect_same_relaxation(mpi::Communicator const& comm, std::filesystem::path const& file,
                            config::RelaxOptions const& options,
                            std::vector<std::string> const& parents);

/// Text of a file on all ranks; empty if it is not there. Collective.
[[nodiscard]] std::string text_of(mpi::Communicator const& comm, std::filesystem::path const& file);

/// Removes a file if it is there. Collective.
void remove(mpi::Communicator const& comm, std::filesystem::path const& file);

}  // namespace kamacite::apps

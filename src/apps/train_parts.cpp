#include "train_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/error.hpp"
#include "kamacite/training/selection.hpp"

namespace kamacite::apps {

training::Hooks hooks_of(StopRequest& stop) {
    training::Hooks hooks;
    hooks.stop_requested = [&stop] { return stop.asked(); };
    hooks.step_took = [&stop](double seconds) { stop.step_took(seconds); };
    hooks.checkpoint_took = [&stop](double seconds) { stop.checkpoint_took(seconds); };
    return hooks;
}

void open_directory(mpi::Communicator const& comm, std::filesystem::path const& directory,
                    Logger& log) {
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        std::error_code error;
        std::filesystem::create_directories(directory, error);
        if (error)
            throw SystemError(fmt::format("{}: cannot be made ({}): choose another 'output'",
                                          directory.string(), error.message()));
        log.add_file(directory / "log.txt");
    });
}

Descriptors descriptors_for(mpi::Communicator const& comm, config::TrainOptions const& options,
                            Lesson const& lesson, Logger const& log) {
    auto pool = config::descriptors_of(options, lesson.elements);
    if (!options.select) return pool;
    auto training = options.training;
    training.selection = options.selection;
    return training::select_functions(comm, pool, lesson.training, training, log);
}

Groups::Groups(mpi::Communicator const& comm, int items)
    : count{std::min(items, comm.size())},
      mine{static_cast<int>(static_cast<long long>(comm.rank()) * count / comm.size())},
      ranks{comm.split(mine, comm.rank())},
      voice{!ranks.is_root() ? Logger::Voice::silent
            : mine == 0      ? Logger::Voice::speaks
                             : Logger::Voice::writes} {}

}  // namespace kamacite::apps

#include "train_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/training/selection.hpp"
#include "models.hpp"

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

Descriptors pool_for(Context& context, config::TrainOptions const& options,
                     std::vector<int> const& elements) {
    if (options.functions_of.empty()) return config::descriptors_of(options, elements);
    ModelOptions from;
    from.path = options.functions_of.string();
    auto descriptors = load(context, from).committee.members().front().descriptors();
    if (descriptors.elements() == elements) return descriptors;
    auto const names = [](std::vector<int> const& numbers) {
        std::string text;
        for (int const z : numbers)
            text += fmt::format("{}{}", text.empty() ? "" : ", ", symbol_of(z));
        return text;
    };
    throw InputError(fmt::format(
        "functions_of: {} is a model of {} (needed is one of {}): name another, or say 'elements'",
        from.path, names(descriptors.elements()), names(elements)));
}

Descriptors descriptors_for(Context& context, config::TrainOptions const& options,
                            Lesson const& lesson) {
    auto pool = pool_for(context, options, lesson.elements);
    if (!options.select) return pool;
    auto training = options.training;
    training.selection = options.selection;
    return training::select_functions(context.comm, pool, lesson.training, training, context.log);
}

Groups::Groups(mpi::Communicator const& comm, int items)
    : count{std::min(items, comm.size())},
      mine{static_cast<int>(static_cast<long long>(comm.rank()) * count / comm.size())},
      ranks{comm.split(mine, comm.rank())},
      voice{!ranks.is_root() ? Logger::Voice::silent
            : mine == 0      ? Logger::Voice::speaks
                             : Logger::Voice::writes} {}

}  // namespace kamacite::apps

#pragma once
#include <functional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "kamacite/core/logger.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::apps {

/// What every command is handed: the ranks it runs on and where it reports.
struct Context {
    mpi::Communicator const& comm;
    Logger& log;                 ///< standard error, rank 0 by default
    bool json = false;           ///< --json: one JSON object on standard output, nothing else there
    std::string command_line{};  ///< as typed, for provenance
};

/// One command of the program. `setup` says what it takes and returns the function that runs it
/// after parsing; that function returns the exit code or throws kamacite::Error. Every rank runs it
/// with the same options. Results go to standard output, on rank 0 only. Collective.
struct Command {
    std::string name;
    std::string summary;
    std::function<std::function<int(Context&)>(Arguments const&)> setup;
    enum class Json {
        no,
        yes
    } json = Json::no;  ///< yes: the shell adds --json, which fills Context::json
    enum class Shown { yes, no } shown = Shown::yes;  ///< no: left out of the help page
};

/// All commands in the order of the help page (commands.cpp).
[[nodiscard]] std::vector<Command> all_commands();

}  // namespace kamacite::apps

#pragma once
#include <string>
#include <vector>

#include "command.hpp"

namespace CLI {
class App;
}

namespace kamacite::apps {

/// The program without MPI's start and end: parses the command line, runs the command, reports its
/// error once.
///
/// An error that all ranks throw is told by the lowest of them, and every rank returns its code. An
/// error that the other ranks do not know of (they are in a collective call and would wait for
/// ever) is told with its rank, and the program is aborted with its code.
///
/// \param args  the command line without the program's name
/// \returns exit code, the same on every rank
/// Collective.
[[nodiscard]] int run(mpi::Communicator const& world, std::vector<std::string> const& args);

/// What the options that all commands share say, and the command that was named.
struct Shell {
    bool all_ranks_speak = false;
    bool detail = false;
    bool json = false;
    std::function<int(Context&)> chosen;
};

/// Fills `app` with all commands and the options that all of them share, read into `shell`.
void fill(CLI::App& app, Shell& shell);

}  // namespace kamacite::apps

#pragma once
// Private to the module: other programs, with a deadline.
#include <string>
#include <vector>

namespace kamacite::jobs {

/// What came of a command.
struct CommandResult {
    bool started = false;    ///< there is such a program
    bool timed_out = false;  ///< it was killed at the deadline
    int code = -1;           ///< 128 + signal if it was killed
    std::string out, err;

    [[nodiscard]] bool good() const { return started && !timed_out && code == 0; }
    /// What it said, in one line.
    [[nodiscard]] std::string message() const;
};

/// Runs a program and waits for it, but not longer than `seconds`: then it and what it started are
/// killed. Its standard input is empty.
[[nodiscard]] CommandResult run_command(std::vector<std::string> const& words, double seconds,
                                        std::vector<std::string> const& environment);

/// This process's environment without what MPI and Slurm have put there for this very process:
/// jobs that inherit it take themselves for a part of it. "NAME=value" each.
[[nodiscard]] std::vector<std::string> environment_of_jobs();

/// Starts a program that lives on when this process ends: in a session of its own, without
/// terminal, its output appended to `log`. Gives back its process id; −1: it could not be started.
[[nodiscard]] int start_detached(std::vector<std::string> const& words,
                                 std::string const& directory, std::string const& log,
                                 std::vector<std::string> const& environment);

/// Now, in seconds since 1970.
[[nodiscard]] double now();

/// UTC, ISO 8601.
[[nodiscard]] std::string time_text(double seconds);

/// Name of this machine.
[[nodiscard]] std::string host_name();

}  // namespace kamacite::jobs

#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "arguments.hpp"
#include "kamacite/training/trainer.hpp"

/// \file
/// What the command lines of long runs have in common, which stop and go on.

namespace kamacite::apps {

/// What the command line of a run says beside its input.
struct RunGiven {
    std::string input;
    bool resume = false, fresh = false;
    double max_hours = 0.0;

    [[nodiscard]] training::Start start() const;
};

/// The sentences that document --resume, --fresh and --max-hours of a command.
struct RunWords {
    char const *resume, *fresh, *max_hours;
};

/// Adds the positional argument "input" and these three options.
[[nodiscard]] std::shared_ptr<RunGiven> add_run_arguments(Arguments const& arguments,
                                                          RunWords const& words);

/// Time [s] that has passed.
[[nodiscard]] inline double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace kamacite::apps

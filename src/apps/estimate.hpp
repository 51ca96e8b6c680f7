#pragma once
#include <string>
#include <vector>

#include "command.hpp"
#include "kamacite/config/input.hpp"

namespace kamacite::apps {

/// What a command will need, as far as it can be told beforehand.
struct Estimates {
    struct Number {
        std::string name;  ///< for machines, e.g. "memory"
        double value;
        std::string unit;
        std::string meaning;
    };
    std::vector<Number> numbers;
    std::vector<std::string> notes;  ///< what could not be told, and why
};

/// Size, memory and time of what an input asks for, after it has been held against its data, if
/// they are there. Times come from the work on a few structures, done here; nothing is written.
/// \throws InputError, DataError as the command would, of data that the input does not fit
/// Collective.
[[nodiscard]] Estimates estimate(Context& context, config::Input const& input,
                                 std::string const& command);

}  // namespace kamacite::apps

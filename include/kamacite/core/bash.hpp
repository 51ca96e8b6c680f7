#pragma once
#include <string>

namespace kamacite {

/// A text as one word of bash, whatever is in it: in single quotes.
[[nodiscard]] std::string bash_quoted(std::string const& text);

/// A command with the number of its MPI ranks in place of each "{processes}".
[[nodiscard]] std::string with_processes(std::string command, int processes);

}  // namespace kamacite

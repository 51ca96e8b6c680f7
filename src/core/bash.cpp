#include "kamacite/core/bash.hpp"

#include <string_view>

namespace kamacite {

std::string bash_quoted(std::string const& text) {
    std::string result = "'";
    for (char const c : text) result += c == '\'' ? std::string{"'\\''"} : std::string{c};
    return result + "'";
}

std::string with_processes(std::string command, int processes) {
    std::string_view const mark = "{processes}";
    for (auto at = command.find(mark); at != std::string::npos; at = command.find(mark))
        command.replace(at, mark.size(), std::to_string(processes));
    return command;
}

}  // namespace kamacite

#pragma once
#include <string>
#include <vector>

namespace kamacite::generate {

/// "a, b, c". In place of fmt::join, whose inlining gives a false warning with GCC 12.
[[nodiscard]] inline std::string joined(std::vector<std::string> const& names) {
    std::string text;
    for (auto const& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

}  // namespace kamacite::generate

#pragma once
#include <string>
#include <string_view>

namespace kamacite::test {

/// Whether a text has a part. (The matcher for this has other names in Catch2 v2 and v3.)
inline bool contains(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace kamacite::test

#pragma once
#include <string>

namespace kamacite::config {

/// A text as a complaint shows it: one line, and no more of it than one needs to recognise it.
[[nodiscard]] inline std::string shown(std::string const& text) {
    std::size_t const most = 60;
    std::string line;
    for (char const c : text) {
        bool const first_byte = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // of UTF-8
        if (line.size() >= most && first_byte) return line + "…";
        line += static_cast<unsigned char>(c) < 0x20U ? ' ' : c;
    }
    return line;
}

}  // namespace kamacite::config

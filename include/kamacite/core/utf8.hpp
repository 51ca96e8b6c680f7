#pragma once
#include <string>
#include <string_view>

namespace kamacite {

/// Whether a text is well-formed UTF-8, as files and JSON need it.
[[nodiscard]] bool is_utf8(std::string_view text);

/// The text with every byte that is no UTF-8 replaced by U+FFFD, for what cannot be refused: names
/// of files, command lines.
[[nodiscard]] std::string as_utf8(std::string_view text);

}  // namespace kamacite

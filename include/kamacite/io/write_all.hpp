#pragma once
#include <string_view>

namespace kamacite::io {

/// Writes all of a text to an open file, however many calls the system wants for it.
/// \returns whether it did; errno says why not
[[nodiscard]] bool write_all(int file, std::string_view text);

}  // namespace kamacite::io

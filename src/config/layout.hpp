#pragma once
#include <string>

#include "kamacite/config/description.hpp"

namespace kamacite::config {

/// A text as a YAML scalar: plain if nothing in it could be misread, else in double quotes.
[[nodiscard]] std::string scalar_of(std::string const& text);

/// The alternative that a choice stands at, if it stands at one.
[[nodiscard]] KeyDescription::Choice const* chosen_of(KeyDescription const& key);

/// Whether the value is a list of scalars.
[[nodiscard]] bool is_list_of_values(KeyDescription::Kind kind);

/// The value as it is written after the colon: "6.5 angstrom", "[1, 2]", "{bcc: 2}".
[[nodiscard]] std::string value_text(KeyDescription const& key);

/// A value that shows how one is written, for a key that has none: "6.5 angstrom", "path/to/file".
[[nodiscard]] std::string example_text(KeyDescription const& key);

/// What a value may be, in words: "length, from 1 angstrom to 20 angstrom", "list of texts".
[[nodiscard]] std::string kind_text(KeyDescription const& key);

}  // namespace kamacite::config

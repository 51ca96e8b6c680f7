#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kamacite/formats/frame.hpp"

namespace kamacite::formats {

/// Keys of the comment line of an extended XYZ frame, in order.
/// \throws DataError for a quote or bracket that is not closed, an empty key, or a key that stands
///         twice with different values
[[nodiscard]] std::vector<std::pair<std::string, Value>> parse_comment_line(std::string_view line,
                                                                            Place const& place);

/// The comment line, with `properties` as the value of the key Properties, which comes second if it
/// is not among the keys.
[[nodiscard]] std::string to_comment_line(std::vector<std::pair<std::string, Value>> const& info,
                                          std::string const& properties);

}  // namespace kamacite::formats

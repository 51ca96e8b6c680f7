#pragma once
#include <string>
#include <vector>

namespace kamacite::config {

/// The words of `known` that one could have meant by `word`, closest first, at most three: those
/// that `word` begins, and those within few edits (letters inserted, deleted, replaced, swapped).
[[nodiscard]] std::vector<std::string> similar(std::string const& word,
                                               std::vector<std::string> const& known);

/// " (did you mean 'a' or 'b'?)" if there are similar words, else an empty text.
[[nodiscard]] std::string did_you_mean(std::string const& word,
                                       std::vector<std::string> const& known);

}  // namespace kamacite::config

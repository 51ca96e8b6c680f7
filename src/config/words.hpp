#pragma once
#include <string>
#include <vector>

#include "kamacite/config/fields.hpp"

namespace kamacite::config {

/// The chemical symbols, by atomic number.
[[nodiscard]] Words symbols();

/// Atomic numbers of symbols that are known.
[[nodiscard]] std::vector<int> atomic_numbers(Words const& symbols);

/// A fault of the key `elements` for each symbol that was given before.
[[nodiscard]] std::vector<Fault> repeated_elements(Words const& elements);

/// A fault of `key` unless it has three numbers, one each for a, b and c.
[[nodiscard]] std::vector<Fault> three(std::string const& key, std::size_t numbers);

}  // namespace kamacite::config

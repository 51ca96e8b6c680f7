#pragma once
#include <vector>

#include "kamacite/config/fields.hpp"

namespace kamacite::config {

/// The chemical symbols, by atomic number.
[[nodiscard]] Words symbols();

/// Atomic numbers of symbols that are known.
[[nodiscard]] std::vector<int> atomic_numbers(Words const& symbols);

/// A fault of the key `elements` for each symbol that was given before.
[[nodiscard]] std::vector<Fault> repeated_elements(Words const& elements);

}  // namespace kamacite::config

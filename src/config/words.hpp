#pragma once
#include "kamacite/config/fields.hpp"
#include "kamacite/core/element.hpp"

namespace kamacite::config {

/// The chemical symbols, by atomic number.
[[nodiscard]] inline Words symbols() {
    Words all;
    for (int z = 1; z <= last_element; ++z) all.emplace_back(symbol_of(z));
    return all;
}

}  // namespace kamacite::config

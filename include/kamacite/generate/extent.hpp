#pragma once
#include <string>
#include <vector>

#include "kamacite/generate/recipe.hpp"

namespace kamacite::generate {

/// How much a checked recipe makes, before any structure is refused.
struct Extent {
    long long structures = 0;
    long long atoms = 0;          ///< of all structures
    long long largest = 0;        ///< atoms of the largest structure
    long long largest_index = 0;  ///< which one that is
};
/// How much a checked recipe makes; no structure is made for it.
[[nodiscard]] Extent extent_of(Recipe const& recipe);

/// What one should know of a checked recipe although it is right: slabs whose composition is not
/// that of the crystal. Each a sentence without a full stop.
[[nodiscard]] std::vector<std::string> remarks(Recipe const& recipe);

}  // namespace kamacite::generate

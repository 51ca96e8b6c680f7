#pragma once
#include <string>
#include <vector>

#include "kamacite/generate/recipe.hpp"

namespace kamacite::generate {

/// Atoms that one structure may have, and structures that one plan may make: beyond, a number is
/// mistaken, or the work should be divided.
inline constexpr long long most_atoms = 10'000'000;
inline constexpr long long most_structures = 100'000'000;  ///< of a plan

/// What is wrong with a key of a recipe or plan: "what (why): mend". Keys are those of the input:
/// "surfaces.planes[1]".
struct Complaint {
    std::string key;
    std::string text;
};

/// Everything that is wrong with a recipe. Where that says what the crystals are, no more is
/// looked at.
[[nodiscard]] std::vector<Complaint> complaints(Recipe const& recipe);

/// What is wrong between recipes, each of which is right: names used twice, too many structures.
/// Keys are of the plan: "recipes[1].name".
[[nodiscard]] std::vector<Complaint> complaints(Plan const& plan);

/// \throws InputError naming recipe and key, with the value, for each thing that is wrong
void check(Plan const& plan);

}  // namespace kamacite::generate

#pragma once
#include <string>

#include "kamacite/config/fields.hpp"
#include "kamacite/descriptors/recipe.hpp"

namespace kamacite::config {

/// Keys of a set of symmetry functions, wherever an input has one (section `descriptors`).
void fields(Fields& f, Recipe& recipe);

/// Whether the recipe gives no function at all.
[[nodiscard]] bool is_empty(Recipe const& recipe);

/// The key `form` of a cutoff function. \param doc  what is said of it in that place
void cutoff_form(Fields& f, std::string const& doc, CutoffForm& form);

}  // namespace kamacite::config

#pragma once
#include <filesystem>

#include "kamacite/config/fields.hpp"
#include "kamacite/generate/recipe.hpp"

namespace kamacite::config {

/// What `kamacite generate` does.
struct GenerateOptions {
    std::filesystem::path output{"generated.kds"};
    generate::Plan plan{};
};

/// Keys of the input of `kamacite generate`.
void fields(Fields& f, GenerateOptions& options);

}  // namespace kamacite::config

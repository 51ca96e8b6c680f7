#pragma once
#include "kamacite/descriptors/descriptors.hpp"

namespace kamacite::detail {

/// \throws InputError naming the first function that is malformed, or an element without functions
void check_functions(std::vector<int> const& elements, FunctionSet const& functions);

}  // namespace kamacite::detail

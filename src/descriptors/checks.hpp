#pragma once
#include "kamacite/descriptors/descriptors.hpp"

namespace kamacite::detail {

/// Elements Z for which a function has a neighbour −Z, ascending.
[[nodiscard]] std::vector<int> directed_elements(FunctionSet const& functions);

/// \throws InputError naming the first function that is malformed, or an element without functions
void check_functions(std::vector<int> const& elements, FunctionSet const& functions);

}  // namespace kamacite::detail

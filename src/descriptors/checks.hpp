#pragma once
#include "kamacite/descriptors/descriptors.hpp"

namespace kamacite::detail {

/// Elements Z of which a function has a neighbour −Z or without moment, ascending.
[[nodiscard]] std::vector<int> directed_elements(FunctionSet const& functions);

/// \throws InputError naming the first function that is malformed, or an element without functions
void check_functions(std::vector<int> const& elements, FunctionSet const& functions,
                     double least_moment);

}  // namespace kamacite::detail

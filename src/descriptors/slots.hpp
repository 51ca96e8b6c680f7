#pragma once
#include <span>
#include <vector>

#include "plan.hpp"

namespace kamacite::detail {

/// Slot of every atom.
/// \throws DataError naming the first atom whose element is not in the set
[[nodiscard]] std::vector<int> slots_of(Plan const& plan, std::span<int const> species);

}  // namespace kamacite::detail

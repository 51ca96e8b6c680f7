#pragma once
#include <span>
#include <vector>

#include "kamacite/structure/cell.hpp"

namespace kamacite::domain {

/// Order of atoms in which near ones are near in memory, and any stretch of it is a lump in space:
/// along Hilbert's curve through bins of some Å, by id within a bin. It follows from positions and
/// ids alone.
/// \param positions  [Å], finite \param ids  one of each
/// Source: Skilling, AIP Conf. Proc. 707, 381 (2004).
[[nodiscard]] std::vector<int> order_in_space(Cell const& cell, std::span<Vec3 const> positions,
                                              std::span<long long const> ids);

}  // namespace kamacite::domain

#pragma once

namespace kamacite::detail {

/// Lists of neighbours are padded to whole multiples of this many lanes: the widest vector.
template <class Real>
inline constexpr int lane_block = 64 / static_cast<int>(sizeof(Real));

}  // namespace kamacite::detail

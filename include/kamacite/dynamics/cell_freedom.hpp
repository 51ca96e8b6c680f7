#pragma once

namespace kamacite::dynamics {

/// What of the cell moves: nothing, its size, or its size and its shape (never its orientation).
enum class CellFreedom { fixed, isotropic, full };

}  // namespace kamacite::dynamics

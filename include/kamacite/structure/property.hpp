#pragma once
#include <optional>
#include <string>

#include "kamacite/structure/record.hpp"

namespace kamacite {

/// A structure-level label by name. "magnetic_moment" [μ_B/atom] is |Σ m_i|/N from the local
/// moments where it is not given, and has no sign: that belongs to the axis, not to the structure.
[[nodiscard]] std::optional<double> property_of(Record const& record, std::string const& name);

}  // namespace kamacite

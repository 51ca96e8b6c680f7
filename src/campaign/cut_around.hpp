#pragma once
#include "kamacite/campaign/cut_out.hpp"
#include "surroundings.hpp"

namespace kamacite::campaign {

/// cut_out() where only the surroundings of the atom are at hand, as it asks for them.
[[nodiscard]] std::optional<CutOut> cut_out(Around const& within, CutOutOptions const& options);

}  // namespace kamacite::campaign

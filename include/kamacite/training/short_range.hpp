#pragma once
#include <span>
#include <vector>

#include "kamacite/potential/zbl.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::training {

/// Records whose energies, forces and stress are what a repulsion leaves for the networks to learn:
/// labels minus those of the pairs. Errors against them are errors against the labels.
[[nodiscard]] std::vector<Record> without(Zbl const& short_range, std::span<Record const> records);

}  // namespace kamacite::training

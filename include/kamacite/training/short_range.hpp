#pragma once
#include "kamacite/dataset/records.hpp"
#include "kamacite/potential/zbl.hpp"
#include "kamacite/training/options.hpp"

namespace kamacite::training {

/// The repulsion that options ask for. Pairs of elements that are never within 3 Å of each other
/// have what stands for all others: 1.2 … 2 Å, unless the options say otherwise.
/// \throws InputError if `inner` is not below the shortest distance of the records
[[nodiscard]] Zbl short_range_for(dataset::Records const& records,
                                  ShortRangeOptions const& options);

/// Records whose energies, forces and stress are what a repulsion leaves for the networks to learn:
/// labels minus those of the pairs. Errors against them are errors against the labels.
[[nodiscard]] dataset::Records without(Zbl const& short_range, dataset::Records const& records);

}  // namespace kamacite::training

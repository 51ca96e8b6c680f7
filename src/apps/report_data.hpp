#pragma once
#include <span>
#include <string>

#include "kamacite/dataset/split.hpp"
#include "kamacite/report/page.hpp"
#include "kamacite/structure/record.hpp"
#include "lattice_curves.hpp"

/// \file
/// What a report says of the data, and where the model leaves their range.

namespace kamacite::apps {

/// One row per family, in the order of the alphabet, and their sum: how many structures are on
/// which side, what labels they have, and the range that they span. \param sides  one per record;
/// empty: not known, and those columns are left out
[[nodiscard]] report::Table data_table(std::span<Record const> records,
                                       std::span<dataset::Side const> sides);

/// Volumes at which a curve is inside the range of the training set: "9.30 – 13.00, 14.60 – 15.63";
/// empty if nowhere.
[[nodiscard]] std::string volumes_inside(LatticeCurve const& curve);

/// Whether B′ is what solids have, 2 to 10: what is far from it tells of a curve with wiggles.
[[nodiscard]] bool is_usual(properties::EquationOfState const& fit);

}  // namespace kamacite::apps

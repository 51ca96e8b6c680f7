#pragma once
#include "kamacite/potential/potential.hpp"

namespace kamacite::domain {

/// What a potential says of the first atoms, found in blocks of some thousand of them: neighbour
/// lists of one block exist at a time.
/// \param structure  not periodic; the first `owned` atoms, in an order in which near ones follow
///        each other, then ghosts
/// \returns as Potential::predict() for the first `owned` atoms, up to rounding
[[nodiscard]] Prediction predict_in_blocks(Potential const& potential, Structure const& structure,
                                           int owned);

}  // namespace kamacite::domain

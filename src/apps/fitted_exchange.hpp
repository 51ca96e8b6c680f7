#pragma once
#include <vector>

#include "command.hpp"
#include "kamacite/config/magnetism.hpp"
#include "kamacite/magnetism/exchange.hpp"
#include "statics.hpp"

namespace kamacite::apps {

/// Exchange by shells, fitted to the energies of the spin configurations that `wanted` names:
/// values exchange_1 … with their errors, the curves exchange and exchange_fit, notes. Collective.
/// \throws DataError naming the structure if it has no energy or no moments, moments too small to
///         have a direction, another composition or volume than the others; what fit_exchange()
///         throws, naming the file
[[nodiscard]] std::vector<magnetism::Shells> fitted_exchange(
    Context& context, config::MagnetismOptions::Fit const& wanted, Statics& statics);

}  // namespace kamacite::apps

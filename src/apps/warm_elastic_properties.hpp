#pragma once
#include <vector>

#include "statics.hpp"

namespace kamacite::apps {

/// Elastic constants at the temperatures that the options ask for, and the lattice constants there,
/// by molecular dynamics with each member by itself, so that they have a spread. Collective.
void add_warm_elastic(Context& context, config::PropertiesOptions const& options,
                      std::vector<Potential const*> const& members, Statics& statics);

}  // namespace kamacite::apps

#pragma once
#include "any_model.hpp"
#include "statics.hpp"

/// \file
/// The block `heat_transport` of the input of properties.

namespace kamacite::apps {

/// Computes the conductivity of the lattice at every temperature and lattice constant, by the mean
/// of the members: values, curves, notes. Collective.
/// \throws NumericalError if the atoms fly apart
void add_heat_transport(Context& context, config::PropertiesOptions const& options,
                        std::vector<Potential const*> const& members, Statics& statics);

}  // namespace kamacite::apps

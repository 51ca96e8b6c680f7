#pragma once
#include "any_model.hpp"
#include "statics.hpp"
#include "stop.hpp"

/// \file
/// The block `heat_transport` of the input of properties.

namespace kamacite::apps {

/// Computes the conductivity of the lattice at every temperature and lattice constant, by the mean
/// of the members: values, curves, notes. Runs are kept in `output`/heat_runs and go on from there.
/// \returns whether it came to its end; not if it was asked to stop. Collective.
/// \throws NumericalError if the atoms fly apart
[[nodiscard]] bool add_heat_transport(Context& context, config::PropertiesOptions const& options,
                                      AnyModel const& model, StopRequest& stop, Statics& statics);

}  // namespace kamacite::apps

#pragma once
#include "magnetic_properties.hpp"

/// \file
/// The block `resistivity` of the input of properties.

namespace kamacite::apps {

/// Adds up the resistivity, and what heat follows from it: values, curves, notes. Collective.
/// \throws MissingError, DataError if a table that the block names is not there or is no table
void add_resistivity(Context& context, config::PropertiesOptions const& options,
                     Magnetic const& magnetic, Statics& statics);

}  // namespace kamacite::apps

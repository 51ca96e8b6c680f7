#pragma once
#include <string>

#include "kamacite/descriptors/functions.hpp"
#include "kamacite/io/file.hpp"

namespace kamacite {

/// Writes symmetry functions as <group>/<kind>, one array per kind with a row per function.
/// Collective; the same set on all ranks.
void write_functions(io::File& file, std::string const& group, FunctionSet const& functions);

/// Reads them back; kinds that are not in the file are empty. Collective.
[[nodiscard]] FunctionSet read_functions(io::File const& file, std::string const& group);

}  // namespace kamacite

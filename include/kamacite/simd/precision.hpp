#pragma once
#include <string>

namespace kamacite {

/// Numbers that the kernels compute with: full is double throughout; mixed has single-precision
/// geometry, functions, moments and networks of one atom, and double sums of energies, forces and
/// virials.
enum class Precision : int { full, mixed };

[[nodiscard]] std::string name_of(Precision precision);         ///< "double" or "mixed"
[[nodiscard]] Precision precision_of(std::string const& name);  ///< \throws InputError

}  // namespace kamacite

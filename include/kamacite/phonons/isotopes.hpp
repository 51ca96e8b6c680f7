#pragma once
#include <vector>

#include "kamacite/structure/structure.hpp"

namespace kamacite::phonons {

/// By how much the masses of an element's isotopes vary, g = Σ f (1 − m/m̄)², of natural
/// composition. \throws InputError if the element is not in the table: C, Al, Si, Ar, Fe, Ni, Cu
/// Source: abundances, Berglund and Wieser, Pure Appl. Chem. 83, 397 (2011); masses, Wang et al.,
/// Chin. Phys. C 36, 1603 (2012).
[[nodiscard]] double mass_variance(int element);

/// mass_variance() of each atom.
[[nodiscard]] std::vector<double> mass_variances(Structure const& unit);

}  // namespace kamacite::phonons

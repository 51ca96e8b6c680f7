#pragma once
#include "kamacite/phonons/third_order.hpp"

/// \file
/// Texts of files that phonopy reads. phonopy makes the supercell itself from the unit cell and the
/// matrix; Supercell has the atoms in its order.
/// Source: phonopy's documentation, "Input files" and "phonopy.yaml"; tried with 2.17.

namespace kamacite::phonons {

/// FORCE_CONSTANTS: rows of the atoms of the unit cell, columns of all atoms [eV/Å²], to 15 digits.
[[nodiscard]] std::string phonopy_force_constants(ForceConstants const& constants);

/// phonopy_params.yaml: the cells, the displacements and their forces, from which phonopy makes
/// force constants of its own: `phonopy.load("phonopy_params.yaml")`.
[[nodiscard]] std::string phonopy_parameters(DisplacementPlan const& plan, ForceSet const& set);

/// FORCE_CONSTANTS_3RD of the unit cell, the text that ShengBTE, almaBTE and hiphive read: per
/// triple the places of the cells of j and k [Å], the atoms, and 27 constants [eV/Å³]. Source:
/// ShengBTE's documentation, "FORCE_CONSTANTS_3RD file".
[[nodiscard]] std::string third_order_text(ThirdOrder const& third);

}  // namespace kamacite::phonons

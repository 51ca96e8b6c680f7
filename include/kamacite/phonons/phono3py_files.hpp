#pragma once
#include "kamacite/phonons/third_order.hpp"

/// \file
/// What phono3py reads, in its compact form: rows of the atoms of the primitive cell, columns of
/// all atoms. The supercell is the one that phono3py makes of phono3py_params.yaml, its atoms in
/// the same order.
/// Source: phono3py's documentation, "Input / Output files", and its reader of fc3.hdf5. Read here
/// by phonopy's reader of fc2.hdf5, which phono3py uses too; phono3py itself has not read them.

namespace kamacite::phonons {

/// `fc3` of fc3.hdf5 [eV/Å³]: shape (atoms of the cell, atoms, atoms, 3, 3, 3), 0 beyond the
/// cutoff.
[[nodiscard]] std::vector<double> phono3py_third_order(ThirdOrder const& third);

/// `force_constants` of fc2.hdf5 [eV/Å²]: shape (atoms of the cell, atoms, 3, 3).
[[nodiscard]] std::vector<double> phono3py_second_order(ForceConstants const& second);

/// `p2s_map` of both: which atom of the supercell each atom of the cell is, from 0.
[[nodiscard]] std::vector<int> phono3py_map(Supercell const& supercell);

/// phono3py_params.yaml: cells and matrices alone, for `phono3py-load`, which finds fc2.hdf5 and
/// fc3.hdf5 beside it.
[[nodiscard]] std::string phono3py_parameters(Supercell const& supercell);

}  // namespace kamacite::phonons

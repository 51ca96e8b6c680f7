#pragma once
#include <map>
#include <string>
#include <vector>

#include "kamacite/dft/vasp.hpp"

namespace kamacite::dft {

/// The last rung: a density with more smearing first, then the run that gives the labels.
inline constexpr int vasp_two_run_rung = 3;

/// Order in which the atoms stand in POSCAR: entry k is the index of its k-th atom. Grouped by
/// element, in the order in which the elements come first.
[[nodiscard]] std::vector<std::size_t> vasp_order(Structure const& structure);

/// The structure as POSCAR has it: in vasp_order(), right-handed (two vectors are swapped if need
/// be, which moves no atom).
[[nodiscard]] Structure vasp_structure(Structure const& structure);

/// POSCAR, INCAR, KPOINTS, POTCAR; INCAR.first besides on the last rung.
/// \throws DataError for an element without POTCAR, a structure that is not periodic
[[nodiscard]] std::map<std::string, std::string> vasp_input_files(VaspSettings const& settings,
                                                                  Structure const& structure,
                                                                  Start const& start,
                                                                  Remedy const& remedy);

}  // namespace kamacite::dft

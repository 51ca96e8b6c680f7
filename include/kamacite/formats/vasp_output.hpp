#pragma once
#include <filesystem>
#include <string_view>

#include "kamacite/formats/program_output.hpp"

namespace kamacite::formats {

/// Reads vasprun.xml of VASP: energy e_fr_energy (free energy), forces, stress (sign turned,
/// kbar → eV/Å³). A step has converged if it took fewer iterations than NELM allows. No moments of
/// the atoms: they stand in OUTCAR only. Never throws because of the content.
/// Source: VASP wiki, "vasprun.xml".
[[nodiscard]] ProgramOutput parse_vasprun(std::string_view text);

/// Reads OUTCAR of VASP: energy `free  energy   TOTEN`, forces, stress `in kB` (order XX YY ZZ XY
/// YZ ZX, sign turned), moments of the last block `magnetization (x)` of each step (LORBIT ≥ 10). A
/// step has converged if "aborting loop because EDIFF is reached". Positions have the five decimals
/// that are printed. Lines without an end are not read. Never throws because of the content.
/// Source: VASP wiki, "OUTCAR".
[[nodiscard]] ProgramOutput parse_outcar(std::string_view text);

/// Adds to the steps of a vasprun.xml the moments of the OUTCAR of the same run; nothing if the
/// two have not the same steps with the same energies (1e-4 eV).
void add_moments(ProgramOutput& vasprun, ProgramOutput const& outcar);

/// The last usable step of a file. read_vasprun() takes the moments of an OUTCAR beside it.
/// \throws MissingError if it cannot be read; DataError with the reason if no step can be used
[[nodiscard]] Record read_vasprun(std::filesystem::path const& path);
[[nodiscard]] Record read_outcar(std::filesystem::path const& path);

}  // namespace kamacite::formats

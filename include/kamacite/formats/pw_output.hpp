#pragma once
#include <filesystem>
#include <string_view>

#include "kamacite/formats/program_output.hpp"

namespace kamacite::formats {

/// Reads what pw.x of Quantum ESPRESSO prints, of scf, relax, vc-relax and md calculations: energy
/// the line marked `!` (F = E − TS), forces, stress (sign turned: tension positive), moments of the
/// atoms. Lines without an end are not read, so that no number is cut off. Never throws because of
/// the content.
///
/// Moments are printed in two ways; of each step the last block counts:
///
///     atom:    1    charge:    6.3387    magn:    2.4863    constr:    0.0000       up to 6.7
///     atom   1 (R=0.292)  charge=  7.9920  magn=  2.4863                            since 6.8
///
/// Positions have the digits that are printed: 1e-6 of the lattice parameter.
/// Source: Quantum ESPRESSO 6.7, PW/src/{summary,print_ks_energies,forces,stress,report_mag}.f90.
[[nodiscard]] ProgramOutput parse_pw_output(std::string_view text);

/// Reads data-file-schema.xml of pw.x (Hartree units): all digits, but no moments of the atoms.
/// Never throws because of the content; a file that is cut off gives what is whole.
[[nodiscard]] ProgramOutput parse_pw_xml(std::string_view text);

/// The one record of an output with one usable calculation, or the last of several.
/// \throws MissingError if it cannot be read; DataError with the reason if no step can be used
[[nodiscard]] Record read_pw_output(std::filesystem::path const& path);

}  // namespace kamacite::formats

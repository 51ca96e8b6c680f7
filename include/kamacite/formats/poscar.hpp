#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "kamacite/formats/atom_lines.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::formats {

/// The structure of a VASP POSCAR/CONTCAR file (version 5, with the line of symbols): scale factor
/// (negative: volume [Å³]; three numbers: one per axis), Selective dynamics (ignored), Direct or
/// Cartesian; what follows the positions is ignored. The comment becomes the name.
/// \throws MissingError if it cannot be read; DataError naming the line; for version 4, what to add
/// Source: VASP wiki, "POSCAR".
[[nodiscard]] Record read_poscar(std::filesystem::path const& path);
[[nodiscard]] Record parse_poscar(std::string_view text, std::string const& name);

/// The same, of which ranks read parts.
[[nodiscard]] AtomLines poscar_atom_lines(std::filesystem::path const& path);

/// The structure as a POSCAR in Cartesian coordinates [Å]; atoms are not reordered, so an element
/// may have several blocks. Labels have no place there. \throws DataError if it is not periodic
/// along all three directions
[[nodiscard]] std::string to_poscar(Record const& record);

}  // namespace kamacite::formats

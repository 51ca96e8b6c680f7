#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "kamacite/formats/atom_lines.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::formats {

/// The structure of a data file of LAMMPS in units metal or real, as write_data, ASE, OVITO and
/// Atomsk write it: orthogonal, triclinic (xy xz yz) or general (avec bvec cvec) boxes, periodic
/// along all directions (the file does not say); atom styles atomic, charge, molecular, bond,
/// angle, full, sphere, dipole and spin, named behind '# ' in the line Atoms. A type's element is
/// its label, the symbol in a comment of Masses, or that of its mass. Atoms come in the order of
/// their numbers if these are 1 … N, else of the lines; the corner of the box becomes the origin.
/// Image flags, velocities, charges, spins and everything else are left out.
/// \throws MissingError if it cannot be read; DataError naming the line: no element to be told, a
///         style that is not known, numbers that are given twice
/// Source: LAMMPS documentation, "read_data", "Howto triclinic".
[[nodiscard]] Record read_lammps_data(std::filesystem::path const& path);
[[nodiscard]] Record parse_lammps_data(std::string_view text, std::string const& name);

/// \returns nothing if what tells the elements stands behind the atoms
[[nodiscard]] std::optional<AtomLines> lammps_atom_lines(std::filesystem::path const& path);

/// Whether the first lines of a file, without its very first, are those of such a file.
[[nodiscard]] bool is_lammps_data(std::filesystem::path const& path);

/// The structure as a data file, atom style atomic, types by atomic number, masses with symbols.
/// The cell is turned so that a is along x and b in the plane of x and y, as LAMMPS wants it.
/// \throws DataError if it is not periodic along all three directions, or its vectors are
///         left-handed
[[nodiscard]] std::string to_lammps_data(Record const& record);

}  // namespace kamacite::formats

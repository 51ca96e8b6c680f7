#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kamacite/formats/any.hpp"
#include "kamacite/structure/cell.hpp"

/// \file
/// Structures of text files of which nobody reads more than a part.

namespace kamacite::formats {

/// Consecutive atoms of a structure.
struct AtomPart {
    std::vector<int> species;
    std::vector<Vec3> positions;     ///< [Å]
    std::vector<long long> numbers;  ///< of LAMMPS' atoms, from 1; else empty
};

/// The atoms of a structure, one line each.
struct AtomLines {
    std::string file;
    Cell cell;
    long long atoms = 0;           ///< of the whole
    long long begin = 0;           ///< byte at which the line of the first atom begins
    long long end = 0;             ///< byte up to which there are lines of atoms, or further
    bool ends_with_blank = false;  ///< whether a blank line has to follow, if the file goes on

    /// Consecutive lines of atoms; which of all is the first of them, from 0, is for messages.
    /// \throws DataError naming file and line of what cannot be parsed
    std::function<AtomPart(std::string_view text, long long first)> parse;
};

/// Where the atoms of structure `i` are, as its first lines tell: extended XYZ with a Lattice,
/// POSCAR, and LAMMPS' data whose Masses or Atom Type Labels stand before the atoms.
/// \returns nothing where a structure has to be read whole
/// \throws as the readers of the formats
[[nodiscard]] std::optional<AtomLines> atom_lines_of(FrameIndex const& index, Format format,
                                                     long long i);

}  // namespace kamacite::formats

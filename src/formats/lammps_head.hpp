#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kamacite/core/types.hpp"

namespace kamacite::formats::lammps {

/// One type of atoms.
struct Type {
    std::string label;  ///< or the first word of the comment in Masses
    double mass = 0.0;  ///< [u]
};

/// What a data file of LAMMPS says beside the lines of its atoms.
struct Head {
    std::string file, comment;
    Mat3 rows = Mat3::Zero();
    Vec3 corner = Vec3::Zero();
    long long atoms = -1;
    std::vector<Type> types;
    std::map<std::string, std::size_t, std::less<>> labels;  ///< Atom Type Labels
    std::string style;                                       ///< as named in the line Atoms
    std::size_t begin = std::string_view::npos;              ///< of the first atom's line
    long long line = 0;                                      ///< of the first atom, from 1
};

/// \throws DataError naming file and line
[[noreturn]] void refuse(std::string const& file, long long line, std::string const& message);

/// The text up to a comment, without blanks at its ends; and the comment.
[[nodiscard]] std::string_view without_comment(std::string_view line);
[[nodiscard]] std::string_view comment_of(std::string_view line);

/// What the text of a file says before the atoms or, if `whole`, also behind them.
/// \throws DataError naming file and line
[[nodiscard]] Head read_head(std::string_view text, std::string const& file, bool whole);

/// Atomic numbers by type; 0 where nothing tells them.
/// \throws DataError if label and mass of a type are those of two elements
[[nodiscard]] std::vector<int> elements_of(Head const& head);

}  // namespace kamacite::formats::lammps

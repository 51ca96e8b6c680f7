#pragma once
#include <string>
#include <string_view>

#include "kamacite/formats/frame.hpp"
#include "kamacite/formats/frame_index.hpp"
#include "kamacite/structure/cell.hpp"

/// \file
/// Frames of extended XYZ of which nobody holds more than a part.

namespace kamacite::formats {

/// What stands before the atoms of a frame.
struct FrameHead {
    Frame frame;          ///< keys, columns without values, and the number of atoms of the whole
    long long begin = 0;  ///< byte at which the line of the first atom begins
    long long end = 0;    ///< byte at which the frame ends
};

/// The first two lines of a frame of an extended XYZ file; no others are read.
/// \throws as read_extxyz()
[[nodiscard]] FrameHead read_frame_head(FrameIndex const& index, long long frame);

/// Consecutive atoms of a frame as a frame of their own.
/// \param text   whole lines, one per atom
/// \param first  which atom of the frame the first line is, from 0; for messages
/// \throws DataError naming file, line and frame of what cannot be parsed
[[nodiscard]] Frame parse_atom_lines(FrameHead const& head, std::string_view text, long long first);

/// Whether a frame has a Lattice that is not zero: else its cell follows from its atoms.
[[nodiscard]] bool has_cell(Frame const& head);
/// The cell of a frame that has a Lattice, which follows from its keys alone.
/// \throws DataError naming file, line and frame
[[nodiscard]] Cell cell_of(Frame const& head);

/// The two lines before the atoms of a frame that has `atoms` of them in all.
[[nodiscard]] std::string head_text(Frame const& frame, long long atoms);
/// The lines of the atoms that a frame holds: to_text() is head_text() and these.
[[nodiscard]] std::string atom_lines(Frame const& frame);

}  // namespace kamacite::formats

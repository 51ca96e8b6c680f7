#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kamacite/formats/frame.hpp"
#include "kamacite/formats/frame_index.hpp"

namespace kamacite::formats {

/// Finds the frames of an extended XYZ file without parsing them.
/// \throws MissingError if it cannot be read, DataError if a count is not a number or the file ends
///         inside a frame
[[nodiscard]] FrameIndex index_extxyz(std::filesystem::path const& path,
                                      std::string* left_out = nullptr);

/// Frames [first, last) of an indexed file; only their bytes are read.
/// \throws DataError naming file, line and frame of what cannot be parsed
/// Source of the grammar: https://github.com/libAtoms/extxyz and ASE's writer.
[[nodiscard]] std::vector<Frame> read_extxyz(FrameIndex const& index, long long first,
                                             long long last);

/// Frames [first, last) of a file.
[[nodiscard]] std::vector<Frame> read_extxyz(std::filesystem::path const& path, long long first = 0,
                                             long long last = to_end);

/// All frames of a text; `name` stands for the file in messages.
[[nodiscard]] std::vector<Frame> parse_extxyz(std::string_view text, std::string const& name);

/// The frame as text. parse_extxyz(to_text(f)) has the same columns and keys as f, bit for bit.
[[nodiscard]] std::string to_text(Frame const& frame);

/// Writes the frames as one file, complete or not at all.
/// \throws SystemError if the disk refuses
void write_extxyz(std::filesystem::path const& path, std::span<Frame const> frames);

}  // namespace kamacite::formats

#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kamacite/core/units.hpp"
#include "kamacite/formats/frame_index.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::formats {

/// Units of an input.data file, which does not say them: factors as in units.hpp.
struct InputDataUnits {
    double length = units::angstrom;
    double energy = units::eV;
};

/// Finds the structures of an n2p2/RuNNer input.data file.
/// \throws MissingError if it cannot be read, DataError for a structure without end
[[nodiscard]] FrameIndex index_input_data(std::filesystem::path const& path,
                                          std::string* left_out = nullptr);

/// Structures [first, last) of an indexed input.data file:
///
///     begin
///     comment <text>
///     lattice x y z                        three times, or not at all: not periodic
///     atom x y z <symbol> <charge> <unused> fx fy fz
///     energy <number>
///     charge <number>
///     end
///
/// Words name=, config_type=, trajectory= of the comment become name, family and trajectory;
/// without them the whole comment is the name. Charges are not kept: there is no label for them.
/// \throws DataError naming file, line and frame of what cannot be parsed
/// Source: n2p2 documentation, "Structure file format"; RuNNer manual.
[[nodiscard]] std::vector<Record> read_input_data(FrameIndex const& index,
                                                  InputDataUnits const& units, long long first,
                                                  long long last);
[[nodiscard]] std::vector<Record> read_input_data(std::filesystem::path const& path,
                                                  InputDataUnits const& units = {},
                                                  long long first = 0, long long last = to_end);

/// The record as one structure of an input.data file. Stress and moments have no place there.
/// \throws DataError if it has no forces (the format cannot leave them out), or is periodic along
///         only one or two directions
[[nodiscard]] std::string to_input_data(Record const& record, InputDataUnits const& units = {});

}  // namespace kamacite::formats

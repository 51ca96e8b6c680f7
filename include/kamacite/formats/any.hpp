#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "kamacite/formats/frame_index.hpp"
#include "kamacite/formats/input_data.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::formats {

/// Formats that can be read: extended XYZ, n2p2/RuNNer input.data, VASP POSCAR, data of LAMMPS,
/// tables, and outputs of pw.x (printed, XML) and VASP.
enum class Format {
    extxyz,
    input_data,
    poscar,
    lammps_data,
    csv,
    xlsx,
    pw_output,
    pw_xml,
    outcar,
    vasprun
};

/// Names as the command line has them: extxyz, n2p2, poscar, lammps-data, csv, xlsx, qe, qe-xml,
/// outcar, vasprun.
[[nodiscard]] std::string_view name_of(Format format);

/// \throws UsageError naming what is known
[[nodiscard]] Format format_of(std::string_view name);

/// Format of a path: by its name (.xyz .extxyz, input.data*, POSCAR* CONTCAR* *.vasp *.poscar,
/// .lmp .lammps, .csv .tsv, .xlsx, OUTCAR*, vasprun*.xml, data-file-schema*.xml), else, if the file
/// is there, by its first lines.
/// \throws DataError naming the formats if neither tells; MissingError if the file cannot be read
[[nodiscard]] Format guess_format(std::filesystem::path const& path);

/// What a reader needs to know beyond the file.
struct ReadOptions {
    InputDataUnits units;  ///< of input.data
    std::string family;    ///< given to every record, if not empty
};

/// Where the structures of a file are; for poscar, lammps-data, csv, xlsx and outputs of programs
/// only how many there are. Of outputs these are the calculations that converged;
/// FrameIndex::left_out tells of the others.
/// \param left_out  if given, an extxyz or input.data file that is cut off or goes wrong somewhere
///                  is indexed up to there, and this says why
/// \throws as the readers of the formats
[[nodiscard]] FrameIndex index_any(std::filesystem::path const& path, Format format,
                                   std::string* left_out = nullptr);

/// Structures [first, last) of a file in any format, in the order of the file.
/// \throws MissingError, DataError naming file and line
[[nodiscard]] std::vector<Record> read_any(FrameIndex const& index, Format format,
                                           ReadOptions const& options = {}, long long first = 0,
                                           long long last = to_end);
[[nodiscard]] std::vector<Record> read_any(std::filesystem::path const& path, Format format,
                                           ReadOptions const& options = {}, long long first = 0,
                                           long long last = to_end);

/// Number of structures in a file.
[[nodiscard]] long long count_any(std::filesystem::path const& path, Format format);

}  // namespace kamacite::formats

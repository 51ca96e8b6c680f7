#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kamacite/structure/record.hpp"

namespace kamacite::formats {

/// A table of texts, as it stands in a csv or xlsx file: one header and rows of the same length.
struct Table {
    std::string file;  ///< for messages and for paths relative to it
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows;  ///< empty cells are empty texts
    std::vector<long long> lines;                ///< line or row number of each row, from 1
};

/// Reads comma-, semicolon- or tab-separated values: quotes as RFC 4180, lines that begin with #
/// are comments, blank lines are skipped. The separator is the one the header has most of. \throws
/// MissingError; DataError naming the line of a row with more cells than the header, or a
///         quote that is not closed
[[nodiscard]] Table read_csv(std::filesystem::path const& path);
[[nodiscard]] Table parse_csv(std::string_view text, std::string const& name);

/// Reads the first sheet of an Excel workbook (shared and inline strings, numbers, booleans; a row
/// whose first cell begins with # is a comment, before the header or if nothing else is in it).
/// \throws MissingError; DataError if it is not a workbook or is damaged
/// Source: ECMA-376, Office Open XML, part 1, SpreadsheetML.
[[nodiscard]] Table read_xlsx(std::filesystem::path const& path);

/// One record per row. What a column means is told by its header `name [unit]` (or `name (unit)`),
/// upper and lower case alike:
///
///     lattice_constant (a)      [angstrom] with lattice (phase: bcc, fcc, hcp; default bcc),
///     species
///                               (element; default Fe), and for hcp c [angstrom] or c_over_a
///     file, frame               a structure file beside the table; frame counts from 0 (default 0)
///     cell, symbols, positions  inline: 9 numbers; symbols; 3 numbers per atom [angstrom]
///     name, family (config_type), trajectory
///     energy [eV], temperature (T) [K], thermal_conductivity (kappa) [W/(m K)],
///     electrical_resistivity (rho, resistivity) [uohm cm], magnetic_moment (moment) [muB/atom]
///     any other name            a property of that name, if its unit is known, in internal units
///
/// Cells that are empty, nan, NA, N/A, null or - are absent. Columns comment, note, reference,
/// source, and those that to_table() derives (formula, atoms, volume, …) are not read. \throws
/// DataError naming file, row and column: no structure, no number, unknown unit or lattice
[[nodiscard]] std::vector<Record> records_of(Table const& table, std::size_t first,
                                             std::size_t last);

/// One row per record: names, formula, atoms, volume, energy, largest force, pressure, mean moment,
/// all properties with their units, and the structure inline (cell, symbols, positions), so that
/// records_of() gives the same structures, energies and properties back.
[[nodiscard]] Table to_table(std::span<Record const> records);

/// The table as comma-separated values; parse_csv() gives it back.
[[nodiscard]] std::string to_csv(Table const& table);

/// Writes a workbook with one sheet. Cells that are numbers become numbers.
/// \throws DataError if a cell has more than the 32767 characters that the format allows;
/// SystemError
void write_xlsx(std::filesystem::path const& path, Table const& table);

}  // namespace kamacite::formats

#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace kamacite::report {

/// A table of text cells with named columns, as in a CSV file. Numbers of a column are asked for by
/// name; a unit stands in brackets after the name: "energy [eV/atom]".
struct CsvTable {
    std::vector<std::string> comments;            ///< lines before the header, without the '#'
    std::vector<std::string> columns;             ///< names, with units
    std::vector<std::vector<std::string>> cells;  ///< cells[column][row]

    [[nodiscard]] int rows() const noexcept {
        return cells.empty() ? 0 : static_cast<int>(cells.front().size());
    }
    /// Index of the column with this name (the unit left out), −1 if there is none.
    [[nodiscard]] int find(std::string_view name) const;
    /// Numbers of a column; NaN where a cell is empty or no number, or the column is missing.
    [[nodiscard]] std::vector<double> numbers(std::string_view name) const;
    /// Cells of a column; empty texts if the column is missing.
    [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;

    void add(std::string name, std::vector<double> const& values);  ///< NaN becomes an empty cell
    void add(std::string name, std::vector<std::string> values);
};

/// \throws DataError naming `where` and the line if a row has not as many cells as the header
[[nodiscard]] CsvTable parse_csv(std::string_view text, std::string const& where);

/// As RFC 4180 wants it, comment lines first: cells with commas, quotes or newlines are quoted.
[[nodiscard]] std::string to_csv(CsvTable const& table);

}  // namespace kamacite::report

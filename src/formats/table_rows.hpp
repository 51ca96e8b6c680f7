#pragma once
#include <string>
#include <utility>
#include <vector>

#include "kamacite/formats/table.hpp"

namespace kamacite::formats {

/// Makes a table of rows as they come: blank rows and comments (a first cell that begins with #,
/// before the header or alone in its row) are dropped, the first other row is the header, short
/// rows are filled up with empty cells.
class TableRows {
public:
    explicit TableRows(std::string file) { table_.file = std::move(file); }
    /// \throws DataError if the row has more cells than the header
    void add(std::vector<std::string> cells, long long line);
    [[noreturn]] void refuse(long long line, std::string const& message) const;
    [[nodiscard]] Table table() { return std::move(table_); }

private:
    Table table_;
};

}  // namespace kamacite::formats

#pragma once
// Private to the module: rows of one segment as records.
#include <vector>

#include "kamacite/dataset/store.hpp"
#include "kamacite/io/reader.hpp"

namespace kamacite::dataset {

struct Columns;

/// The columns as records, checked; `row` is the first. Local.
/// \throws DataError naming the file and the structure
[[nodiscard]] std::vector<Record> checked_records(io::Reader const& reader, Columns const& columns,
                                                  long long row);

/// Reads rows of the dataset that lie in `segment`, if any, and appends them. Local.
/// \param reader  of the segment
void append_rows(io::Reader const& reader, Segment const& segment, mpi::Range rows,
                 std::vector<Record>& out);

}  // namespace kamacite::dataset

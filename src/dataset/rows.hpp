#pragma once
// Private to the module: rows of one segment as records.
#include <vector>

#include "kamacite/dataset/store.hpp"
#include "kamacite/io/reader.hpp"

namespace kamacite::dataset {

/// Reads the rows of the dataset that lie in `segment`, of which there must be some, and appends
/// them as records, checked. Local.
/// \param reader  of the segment
/// \throws DataError naming the file and the structure
void append_rows(io::Reader const& reader, Segment const& segment, mpi::Range rows,
                 std::vector<Record>& out);

}  // namespace kamacite::dataset

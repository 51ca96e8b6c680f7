#pragma once
// Private to the module: names of segments, and what one of them says of itself.
#include <filesystem>
#include <vector>

#include "kamacite/dataset/store.hpp"

namespace kamacite::dataset {

/// The file that write() makes: `path` itself, or the next segment of a directory. Collective.
/// \throws UsageError if `path` ends neither in .h5 nor in .kds
[[nodiscard]] std::filesystem::path target_of(std::filesystem::path const& path,
                                              mpi::Communicator const& comm);

/// The sealed files of a dataset in order. Local.
/// \throws MissingError if there is none
[[nodiscard]] std::vector<std::filesystem::path> segment_files(std::filesystem::path const& path);

/// Opens one segment and reads what it says of itself; `first` stays 0. Local.
/// \throws DataError naming it
[[nodiscard]] Segment inspect(std::filesystem::path const& file);

/// Number of records in all of them.
[[nodiscard]] long long records_in(std::span<Segment const> segments);

/// Gives every rank the segments of rank 0. Collective.
void broadcast(mpi::Communicator const& comm, std::vector<Segment>& segments);

/// Refuses names that a file cannot hold: zero bytes, properties with '/' in their name.
/// \throws DataError
void check_names(Record const& record);

}  // namespace kamacite::dataset

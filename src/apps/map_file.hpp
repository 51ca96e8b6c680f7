#pragma once
#include <filesystem>

#include "kamacite/inference/grid_map.hpp"
#include "kamacite/io/provenance.hpp"

namespace kamacite::apps {

/// Writes averages over the parts of a cell: a file of format `map` (docs/reference/files.md).
/// \param map  the same on all ranks. Collective. \throws SystemError if the disk refuses
void write_map(std::filesystem::path const& output, mpi::Communicator const& comm, Cell const& cell,
               inference::GridMap const& map, inference::LargeAnswer const& answer,
               io::Provenance const& provenance);

}  // namespace kamacite::apps

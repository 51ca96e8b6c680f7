#pragma once
#include <filesystem>
#include <string_view>

#include "kamacite/mpi/communicator.hpp"

namespace kamacite::io {

/// Writes a text file of which each rank has a part, in the order of the ranks: each writes its
/// own, and no rank holds more. The file is complete or not there, as write_text_file() has it.
/// \param mine  may be empty. Collective. \throws SystemError naming the file if the disk refuses
void write_text_blocks(std::filesystem::path const& path, mpi::Communicator const& comm,
                       std::string_view mine);

}  // namespace kamacite::io

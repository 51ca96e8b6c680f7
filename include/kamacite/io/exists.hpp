#pragma once
#include <filesystem>

#include "kamacite/mpi/communicator.hpp"

namespace kamacite::io {

/// Whether rank 0 sees a file or directory: the same answer on all ranks. Collective.
[[nodiscard]] inline bool exists(std::filesystem::path const& path, mpi::Communicator const& comm) {
    int const found = comm.is_root() && std::filesystem::exists(path) ? 1 : 0;
    return comm.all_reduce(mpi::Op::max, found) == 1;
}

}  // namespace kamacite::io

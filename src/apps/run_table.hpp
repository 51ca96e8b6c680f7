#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "kamacite/io/appended_file.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::apps {

/// A table (CSV) that grows while a run goes on, written by rank 0.
class RunTable {
public:
    /// \param keep  bytes that stay; 0: it begins anew, with its header
    /// Collective. \throws SystemError, DataError as io::AppendedFile
    RunTable(mpi::Communicator const& comm, std::filesystem::path const& path, long long keep,
             std::string const& header);

    /// \param row  without the end of the line. Collective. \throws SystemError
    void add(std::string const& row);

    /// Brings it to the disk. \returns its length [bytes], on all ranks. Collective.
    [[nodiscard]] long long sync();

private:
    mpi::Communicator const* comm_;
    std::optional<io::AppendedFile> file_;  // on rank 0
};

}  // namespace kamacite::apps

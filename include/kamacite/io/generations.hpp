#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "kamacite/core/logger.hpp"
#include "kamacite/io/file.hpp"

namespace kamacite::io {

/// Checkpoints of a run: checkpoint.a.h5 and checkpoint.b.h5, written in turn and sealed, so that a
/// complete one exists at every instant.
class Generations {
public:
    /// \param comm         must outlive it
    /// \param fingerprint  of data and options: going on with others is refused; empty: any will do
    /// \param format       of the files, and the newest version of it that is known
    Generations(std::filesystem::path directory, mpi::Communicator const& comm,
                std::string fingerprint, std::string format, int version);

    /// Writes the one of this serial number, even or odd. Collective.
    /// \param command  that the run is of, for provenance
    void write(long long serial, std::string const& command,
               std::function<void(File&)> const& fill) const;

    /// Reads the latest that can be read whole; a damaged one is told of and passed over.
    /// Collective.
    /// \param read  what throws DataError if the file is damaged; called again for the other one
    /// \returns whether there was one
    /// \throws InputError if it was made from other data or options; DataError if all there are are
    ///         damaged
    [[nodiscard]] bool read_latest(std::function<void(File const&)> const& read,
                                   Logger const& log) const;

    [[nodiscard]] bool any() const;  ///< Whether there is one. Collective.
    void remove() const;             ///< Removes both. Collective.

private:
    [[nodiscard]] std::filesystem::path path(long long serial) const;

    std::filesystem::path directory_;
    mpi::Communicator const* comm_;
    std::string fingerprint_, format_;
    int version_;
};

}  // namespace kamacite::io

#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "any_model.hpp"
#include "data.hpp"
#include "large_file.hpp"

namespace kamacite::apps {

/// One structure of a file of any readable format, whole on every rank.
/// \param index  from 0, or from the end if negative
/// \throws DataError naming the file: no such structure in it, an element that the model does not
///         know, what check(Structure) refuses. Collective.
[[nodiscard]] Structure structure_of(mpi::Communicator const& comm, Source const& source,
                                     long long index, AnyModel const& model);

/// Structures that all ranks share: those of a file of any readable format, or the one of a file of
/// format `prediction` (of predict, relax). Each rank reads its own block of the atoms alone, be
/// they in HDF5 or text (large_text.hpp); small structures that are to be repeated are read whole.
class LargeFile {
public:
    /// \param comm    must outlive it
    /// \param format  as Source has it
    /// Collective. \throws as Source
    LargeFile(mpi::Communicator const& comm, std::filesystem::path path,
              std::string const& format = "");

    [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }
    /// Absent for datasets and files of format `prediction`.
    [[nodiscard]] std::optional<formats::Format> format() const noexcept {
        return source_ ? source_->format() : std::nullopt;
    }
    [[nodiscard]] long long size() const { return source_ ? source_->size() : 1; }
    /// \throws UsageError if they cannot be repeated so: those of format `prediction` are taken as
    /// they are
    void expect_copies(std::vector<int> const& supercell) const;
    /// As large_start(). Collective.
    [[nodiscard]] LargeStructure read(long long index, std::vector<int> const& supercell,
                                      AnyModel const& model) const;

private:
    mpi::Communicator const* comm_;
    std::filesystem::path path_;
    std::optional<Source> source_;  // none: of format `prediction`
};

/// The structure that a command over all ranks begins with: one of a LargeFile, repeated. At rest,
/// without velocities.
/// \param index      of the structure in its file, from 0, or from the end if negative
/// \param supercell  three numbers of copies; 1, 1, 1 for a file of format `prediction`
/// \throws MissingError; DataError naming the file: no such structure in it, an element that the
///         model does not know, what check(Structure) refuses. Collective.
[[nodiscard]] LargeStructure large_start(mpi::Communicator const& comm,
                                         std::filesystem::path const& path, long long index,
                                         std::vector<int> const& supercell, AnyModel const& model);

}  // namespace kamacite::apps

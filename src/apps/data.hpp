#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kamacite/dataset/records.hpp"
#include "kamacite/formats/any.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/mpi/partition.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::apps {

/// Structures in a file of any readable format or in a dataset (.h5, .kds), counted, not read.
class Source {
public:
    /// \param format  a name as formats::format_of() takes it; empty: guessed
    /// \throws MissingError, DataError if there is no structure in it
    /// Collective.
    Source(mpi::Communicator const& comm, std::filesystem::path path, std::string const& format);

    /// Leaves only these structures, by index.
    void select(std::vector<long long> indices) { selection_ = std::move(indices); }

    [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }
    [[nodiscard]] bool is_dataset() const noexcept { return !format_; }
    [[nodiscard]] std::optional<formats::Format> format() const noexcept { return format_; }
    [[nodiscard]] formats::FrameIndex const& index() const noexcept { return index_; }
    [[nodiscard]] long long size() const noexcept {
        return selection_ ? static_cast<long long>(selection_->size()) : size_;
    }

    /// Structures [begin, end); each rank may ask for others. Collective.
    [[nodiscard]] std::vector<Record> read(mpi::Communicator const& comm, mpi::Range range) const;

    /// Reads structures whenever it is called, without agreement between ranks. Collective, the
    /// reading is not.
    [[nodiscard]] dataset::Records::Read reader(mpi::Communicator const& comm) const;

    /// This rank's part of all structures: contiguous, in order, of about equal cost of prediction
    /// within `cutoff` on all ranks. Collective.
    [[nodiscard]] std::vector<Record> read_balanced(mpi::Communicator const& comm,
                                                    double cutoff) const;

private:
    std::filesystem::path path_;
    std::optional<formats::Format> format_;  // absent: a dataset
    formats::FrameIndex index_;
    long long size_ = 0;
    std::optional<std::vector<long long>> selection_;
};

/// Whether the labels of a dataset, or of a part of it, are predictions of a model. False for files
/// that are no dataset, which do not say. Collective.
[[nodiscard]] bool holds_predictions(mpi::Communicator const& comm,
                                     std::filesystem::path const& path);

/// \param to  what the labels are wanted for: "train on"
/// \throws DataError if they are predictions. Collective.
void refuse_predictions(mpi::Communicator const& comm, std::filesystem::path const& path,
                        char const* to);

/// Whether a path names a dataset by its ending: .h5, .kds.
[[nodiscard]] bool names_dataset(std::filesystem::path const& path);

}  // namespace kamacite::apps

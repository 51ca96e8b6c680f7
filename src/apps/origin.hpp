#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "kamacite/dataset/split.hpp"
#include "kamacite/mpi/communicator.hpp"

/// \file
/// Where a model comes from, and which data it has seen.

namespace kamacite::apps {

/// Where a model comes from, as its file says; empty texts where it does not.
struct Origin {
    std::string command, created_at, created_by, input, seed, summary;
    std::vector<std::string> parents;  ///< "<path> <hash>"
};

/// The hash of "<path> <hash>": where a file lies does not matter.
[[nodiscard]] std::string hash_in(std::string const& parent);

/// Collective.
[[nodiscard]] Origin origin_of(std::filesystem::path const& model, mpi::Communicator const& comm);

/// Name of the split in the resolved input of a training; empty if it does not tell.
[[nodiscard]] std::string split_name_of(std::string const& resolved_input);

/// "train", "validation" or "test", as --part has them.
[[nodiscard]] std::string name_of(dataset::Side side);

/// What data were to the training of models.
struct Role {
    bool parent = false;  ///< a model names the data, by their hash, as what it was trained on
    std::string split;    ///< name of its split, if it is stored with the data
    std::string how;      ///< how that was made, in words
    /// Side of each record there; of several models the one nearest to training. Empty where no
    /// model was trained on the data, or it is not known with which split.
    std::vector<dataset::Side> sides;
};

/// \param models  files of kamacite; what the others say of their training is not known
/// \param hash    of the data, as io::parent() tells it: "<path> <hash>"
/// Collective.
[[nodiscard]] Role role_of(mpi::Communicator const& comm, std::filesystem::path const& data,
                           std::string const& hash, std::span<std::filesystem::path const> models);

}  // namespace kamacite::apps

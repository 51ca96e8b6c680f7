#pragma once
#include <filesystem>
#include <string>

#include "kamacite/io/provenance.hpp"
#include "kamacite/model/model.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite {

/// Newest format of the file that save_model() writes: 3 with a short-range repulsion, 2 where
/// networks of elements differ, else 1.
inline constexpr int model_format_version = 3;

/// Writes a model as one sealed HDF5 file: descriptors, scaling with the range of the training set,
/// heads with e0, parameters, provenance. Collective.
/// \param model    the same on all ranks
/// \param summary  JSON: how it was trained and its errors, kept as attribute `summary`
/// \throws SystemError if HDF5 or the disk refuses
void save_model(std::filesystem::path const& path, mpi::Communicator const& comm,
                Model const& model, io::Provenance const& provenance,
                std::string const& summary = "{}");

/// Reads it back: the same bits in every prediction. Collective.
/// \throws MissingError; DataError if the file is damaged, is no model, or has a newer format
[[nodiscard]] Model load_model(std::filesystem::path const& path, mpi::Communicator const& comm);

}  // namespace kamacite

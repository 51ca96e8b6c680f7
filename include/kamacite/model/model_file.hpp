#pragma once
#include <filesystem>
#include <string>

#include "kamacite/io/provenance.hpp"
#include "kamacite/model/committee.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite {

/// Newest format of the file that save_model() writes: 5 with directions of moments, 4 with a
/// linear part, 3 with a short-range repulsion, 2 where
/// networks of elements differ, else 1.
inline constexpr int model_format_version = 5;

/// Writes a model as one sealed HDF5 file: descriptors, scaling with the range of the training set,
/// heads with e0, parameters, provenance. Collective.
/// \param model    the same on all ranks
/// \param summary  JSON: how it was trained and its errors, kept as attribute `summary`
/// \throws SystemError if HDF5 or the disk refuses
void save_model(std::filesystem::path const& path, mpi::Communicator const& comm,
                Model const& model, io::Provenance const& provenance,
                std::string const& summary = "{}");

/// Newest format of the file that save_committee() writes: 2 with directions of moments, else 1.
inline constexpr int committee_format_version = 2;

/// Writes the members of a committee as one sealed HDF5 file. Collective.
/// \param committee  the same on all ranks
/// \throws SystemError if HDF5 or the disk refuses
void save_committee(std::filesystem::path const& path, mpi::Communicator const& comm,
                    Committee const& committee, io::Provenance const& provenance,
                    std::string const& summary = "{}");

/// What a file of one model or of a committee holds.
struct LoadedModels {
    std::vector<Model> members;
    Calibration calibration;  ///< 1 for a single model
};

/// The members of a committee file, or the one model of a model file. Collective.
/// \throws as load_model()
[[nodiscard]] LoadedModels load_models(std::filesystem::path const& path,
                                       mpi::Communicator const& comm);

/// Reads it back: the same bits in every prediction. Collective.
/// \throws MissingError; DataError if the file is damaged, is no model, or has a newer format
[[nodiscard]] Model load_model(std::filesystem::path const& path, mpi::Communicator const& comm);

}  // namespace kamacite

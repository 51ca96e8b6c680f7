#pragma once
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/model/model.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/report/page.hpp"
#include "kamacite/report/plot.hpp"
#include "kamacite/structure/record.hpp"

/// \file
/// What a report shows of structures that carry no labels: predictions and descriptors that are
/// stored beside the model.

namespace kamacite::apps {

/// A dataset of predictions of this model.
struct StoredPredictions {
    std::string name;             ///< of the file
    std::vector<Record> records;  ///< on rank 0
};

/// How far the descriptors of a file reach, made by the functions of this model.
struct StoredDescriptors {
    std::string name;
    long long atoms = 0;
    /// Smallest and largest value of each function, of the atoms of each element one after the
    /// other, counted from the smallest of the training set in units of its range.
    std::vector<double> low, high;
};

/// What a directory holds besides model and evaluations.
struct StoredFiles {
    std::vector<StoredPredictions> predictions;
    std::vector<StoredDescriptors> descriptors;
    std::vector<std::string> missing;  ///< what is there and of no use, and why
};

/// Finds datasets of predictions and files of descriptors (*.h5) in a directory by what they say
/// they are, and reads those of this model. Collective.
/// \param hash  of the model, as io::parent() tells it; empty: none
[[nodiscard]] StoredFiles read_stored(mpi::Communicator const& comm,
                                      std::filesystem::path const& folder, Model const& model,
                                      std::string const& hash);

/// One row per family: structures, atoms, ranges, and how many are outside the training set's.
[[nodiscard]] report::Table predictions_table(std::span<Record const> records);

/// Where the descriptors lie in the range of the training set, function by function.
[[nodiscard]] report::Plot descriptors_plot(StoredDescriptors const& stored);

}  // namespace kamacite::apps

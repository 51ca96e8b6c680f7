#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "command.hpp"
#include "kamacite/config/label.hpp"

/// \file
/// What labelling needs of files: structures, moments to start from, labels that there are.

namespace kamacite::apps {

/// All structures of some files, on rank 0; the others get none. Collective.
/// \throws MissingError, DataError as Source, naming a structure that fails check()
[[nodiscard]] std::vector<Record> structures_of(mpi::Communicator const& comm,
                                                std::span<std::filesystem::path const> files);

/// Moments that MODEL predicts for the atoms of each structure, all up [μ_B]. Collective.
/// \param starts   magnetic starts that are asked for; without "predicted" no model is read
/// \param records  of rank 0
/// \returns on rank 0 one entry per record, empty unless they are asked for
/// \throws DataError if the model has no moments, or does not know an element
[[nodiscard]] std::vector<std::vector<double>> predicted_moments(
    Context& context, std::span<std::string const> starts, std::string const& model,
    std::vector<Record> const& records);

/// Records of datasets by label_key(), as far as they have labels of this level of theory; the
/// first of several counts. A dataset that is not there has none. Collective.
[[nodiscard]] std::map<std::string, Record> labelled_in(
    mpi::Communicator const& comm, std::span<std::filesystem::path const> datasets,
    std::string const& level);

/// \throws DataError if a dataset, where it is there, has labels of another level than the input
///         asks for; of which version of the program they are does not matter. Collective.
void expect_one_level(mpi::Communicator const& comm, std::filesystem::path const& dataset,
                      std::string const& level, std::string const& input);

/// Warns if a dataset has labels of several levels or of several versions of a program. Collective.
void warn_of_mixture(Context& context, std::filesystem::path const& dataset);

/// Structures whose labels are wanted, each once. Of rank 0.
struct Wanted {
    std::vector<std::string> keys;        ///< campaign::label_key(), in order
    std::map<std::string, Record> taken;  ///< of them, with the labels that a cache had

    /// \param cached   labelled_in() of datasets at this level
    /// \param moments  for the start "predicted"; may be empty
    void add(campaign::Labelling& labelling, std::string const& key, Record const& record,
             std::map<std::string, Record> const& cached, std::vector<double> const& moments);

    /// The record with its labels; nothing while it has none.
    [[nodiscard]] std::optional<Record> labelled(campaign::Labelling const& labelling,
                                                 std::string const& key) const;

    /// \param most  share of those that were tried
    /// \throws DataError if, of ten and more, more than that got no label
    void expect_few_lost(campaign::Labelling const& labelling, double most) const;
};

/// Paths with hashes, for provenance. Collective.
[[nodiscard]] std::vector<std::string> parents_of(mpi::Communicator const& comm,
                                                  std::span<std::filesystem::path const> files);

/// \throws MissingError with all that stands in the way of a first calculation, if anything does;
/// what the scheduler has against it is only warned of where labelling has begun already.
/// Collective.
void expect_ready(Context& context, config::LabelOptions const& options, dft::Engine const& engine);

}  // namespace kamacite::apps

#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kamacite/config/functions.hpp"
#include "kamacite/config/recipe.hpp"
#include "kamacite/dataset/split.hpp"
#include "kamacite/training/options.hpp"

namespace kamacite::config {

/// A key that a search changes.
struct SearchKey {
    std::string key{};                  ///< e.g. "loss.forces_weight"
    std::vector<std::string> values{};  ///< as YAML
};

/// What `kamacite train` does.
struct TrainOptions {
    std::vector<std::filesystem::path> data{};  ///< datasets or other readable files
    double data_cache = 2e9;  ///< bytes per rank for structures that are kept in memory
    std::string split_name{"default"};
    dataset::SplitOptions split{};
    std::vector<std::string> elements{};  ///< symbols; empty: those of the data
    Recipe descriptors{};
    bool listed = false;  ///< functions one by one in place of the recipe
    ListedFunctions functions{};

    std::filesystem::path functions_of{};  ///< a MODEL whose functions are taken; empty: none
    bool select = false;  ///< some of the functions, by their correlations in the training set
    training::SelectionOptions selection{};

    bool energy = true;
    Head energy_head{};
    bool short_range = true;
    training::ShortRangeOptions repulsion{};
    bool linear = false;
    training::LinearOptions baseline{};
    bool moment = false;
    Head moment_head{.kind = Head::Kind::moment};
    std::vector<Head> property_heads{};

    bool committee = false;  ///< several models that differ in seed and data
    int members = 4;
    double leave_out = 0.1;  ///< part of the training set that each does without

    bool search = false;  ///< several trainings with other values of some keys
    std::vector<SearchKey> search_over{};
    int trials = 0;  ///< combinations that are drawn; 0: all

    training::TrainOptions training{};
};

/// The keys of its input.
void fields(Fields& f, TrainOptions& options);

/// The heads that the options ask for: energy, moment, then properties.
[[nodiscard]] std::vector<Head> heads_of(TrainOptions const& options);

/// The repulsion that the options ask for: none without an energy head.
[[nodiscard]] std::optional<training::ShortRangeOptions> short_range_of(
    TrainOptions const& options);

/// The linear part of the energies that the options ask for: none without an energy head.
[[nodiscard]] std::optional<training::LinearOptions> linear_of(TrainOptions const& options);

/// What is wrong with the functions of the options for these elements, by its key.
[[nodiscard]] std::vector<Fault> faults_of(TrainOptions const& options,
                                           std::vector<int> const& elements);

/// The symmetry functions that the options ask for.
/// \param elements  atomic numbers
/// \throws InputError if there are none, or a function names another element
[[nodiscard]] Descriptors descriptors_of(TrainOptions const& options,
                                         std::vector<int> const& elements);

}  // namespace kamacite::config

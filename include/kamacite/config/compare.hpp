#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "kamacite/comparison/trials.hpp"
#include "kamacite/config/fields.hpp"
#include "kamacite/config/recipe.hpp"
#include "kamacite/dataset/split.hpp"

namespace kamacite::config {

/// What `kamacite compare` does.
struct CompareOptions {
    std::vector<std::filesystem::path> data{};
    std::filesystem::path output{"comparison"};
    std::string split_name{"default"};
    dataset::SplitOptions split{};
    std::string target{"energy_per_atom"};  ///< or "moment", or a property of structures
    std::vector<std::string> conditions{};  ///< properties that are given
    int most_atoms = 0;                     ///< of a structure that takes part; 0: no limit
    Recipe descriptors{};
    std::vector<std::string> methods{};  ///< names as comparison::name_of()
    std::vector<std::filesystem::path> models{};
    comparison::TrialOptions trials{};

    CompareOptions();
};

/// The keys of its input.
void fields(Fields& f, CompareOptions& options);

/// All methods, in the order of their names' table.
[[nodiscard]] std::vector<comparison::Method> const& all_methods();

/// The methods that the options name.
[[nodiscard]] std::vector<comparison::Method> methods_of(CompareOptions const& options);

}  // namespace kamacite::config

#pragma once
#include <string>
#include <vector>

#include "kamacite/config/input.hpp"
#include "kamacite/config/train.hpp"

namespace kamacite::config {

/// One training of a search.
struct Trial {
    std::vector<std::string> values;  ///< YAML of the keys of TrainOptions::search_over
    TrainOptions options;
    std::string resolved;  ///< its input, with all keys
};

/// The trials that an input asks for: every combination of the values, the last key changing
/// fastest; or `trials` of them that differ, drawn by RandomStream(seed, "search", …), in that
/// order.
/// \throws InputError, with the values in place of the file's name, if an input with them is wrong
[[nodiscard]] std::vector<Trial> trials_of(Input const& input, TrainOptions const& options);

/// What is wrong with the keys and values of a search themselves, told from its section.
[[nodiscard]] std::vector<Fault> search_faults(TrainOptions const& options);

/// The input with one key set to a value, itself given as YAML.
/// \param key  as in complaints, e.g. "stages[0].step"; mappings on its way are made where missing
/// \throws InputError if an entry of a list is not there, or a value is no YAML
[[nodiscard]] Input with_value(Input const& input, std::string const& key,
                               std::string const& value);

}  // namespace kamacite::config

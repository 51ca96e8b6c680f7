#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "command.hpp"
#include "kamacite/comparison/trials.hpp"
#include "kamacite/config/compare.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/structure/record.hpp"

/// \file
/// What `compare` asks of its methods, and what models trained by `train` answer.

namespace kamacite::apps {

/// The structures of a comparison, on every rank.
struct ComparisonData {
    comparison::Question question;
    std::vector<Record> records;  ///< of the same structures
    std::vector<std::string> parents;
    std::vector<int> file;       ///< of the options' data, of each structure
    std::vector<long long> row;  ///< its number there
};

/// Reads the data, divides them as `train` would and stores the division under its name. Structures
/// without the target or a condition take no part.
/// \throws as expect_fit(); DataError if a side has no structure left
/// Collective.
[[nodiscard]] ComparisonData read_comparison(Context& context, config::Input const& input,
                                             config::CompareOptions const& options);

/// What the models say of the test side, as a method of its own.
/// \throws DataError if one has been trained on structures of the test side, or on a part of the
/// data
///         of which it does not tell which; if it does not predict the target
/// Collective.
/// \param base  Problem::base
[[nodiscard]] comparison::Outcome ask_models(Context& context,
                                             config::CompareOptions const& options,
                                             ComparisonData const& data,
                                             std::span<double const> base);

}  // namespace kamacite::apps

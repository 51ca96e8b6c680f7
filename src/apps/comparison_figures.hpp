#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "figures.hpp"
#include "kamacite/report/page.hpp"
#include "kamacite/report/plot.hpp"

/// \file
/// What compare and report show of a comparison of methods.

namespace kamacite::apps {

/// A directory that compare wrote.
struct ComparisonFiles {
    std::string name;                      ///< of the directory
    nlohmann::ordered_json summary;        ///< comparison.json
    std::optional<report::CsvTable> test;  ///< test.csv
};

/// How a target of compare is shown: stored value / factor has the unit.
[[nodiscard]] Display display_of_target(std::string const& target);

/// A row per method: settings, and errors ± their deviation over the trainings.
[[nodiscard]] report::Table comparison_table(ComparisonFiles const& files);

/// RMSE of the test side, method by method, with ± the deviation over the trainings, and that of
/// the validation side.
[[nodiscard]] report::Plot comparison_errors(ComparisonFiles const& files);

/// Predictions of the test side over references, mean over the trainings of each method. Energies
/// are counted from the lowest reference, beside what the elements have by themselves.
/// \returns nothing without test.csv
[[nodiscard]] std::optional<report::Plot> comparison_parity(ComparisonFiles const& files);

}  // namespace kamacite::apps

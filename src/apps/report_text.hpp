#pragma once
#include <string>
#include <utility>

#include "report_content.hpp"

/// \file
/// How a report words what it shows.

namespace kamacite::apps {

/// The evaluation that judges best: one of a test part, if any; nullptr if there is none.
[[nodiscard]] Evaluation const* headline_evaluation(RunFiles const& run);

/// Names of the families that were judged, as one text.
[[nodiscard]] std::string families_of(Evaluation const& e);

/// Which structures an evaluation is about, for captions.
[[nodiscard]] std::string side_of(Evaluation const& e);

/// Title and unit of a quantity of the learning curve, whose column bears the unit.
[[nodiscard]] std::pair<std::string, std::string> learning_label(std::string const& column);

/// A score with its 95 % interval, "12.3 [10.1, 14.9]", divided by `factor`.
[[nodiscard]] std::string interval_text(nlohmann::ordered_json const& score, char const* what,
                                        double factor);

/// "hidden layers 25–25, tanh"; element by element where they differ.
[[nodiscard]] std::string layers_text(Head const& head, std::vector<int> const& elements);

}  // namespace kamacite::apps

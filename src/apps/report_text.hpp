#pragma once
#include <optional>
#include <string>

#include "kamacite/report/page.hpp"

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

/// A quantity of the learning curve, whose column bears the unit.
struct LearningLabel {
    std::string title, unit;
    std::string column, quantity;  ///< "stress_GPa", "stress"
    double factor = 1.0;           ///< number in the curve / number in internal units
};
[[nodiscard]] LearningLabel learning_label(std::string const& column);

/// The epoch whose parameters the model has, as far as this quantity tells: where its error on the
/// validation side is that of the model. Nothing without a validation side.
/// \param result  of the training, as the model's file has it
[[nodiscard]] std::optional<double> best_epoch(report::CsvTable const& curve,
                                               LearningLabel const& label,
                                               nlohmann::ordered_json const& result);

/// Errors of a quantity, a row per family, in the units of display_of().
[[nodiscard]] report::Table errors_table(Evaluation const& e, std::string const& quantity);

/// RMSE of each quantity by side of the model's split; no rows where that is not known.
[[nodiscard]] report::Table sides_table(Evaluation const& e);

/// Trials of a search, the best first, as `kamacite train` writes them.
[[nodiscard]] report::Table search_table(report::CsvTable const& trials);

/// A score with its 95 % interval, "12.3 [10.1, 14.9]", divided by `factor`.
[[nodiscard]] std::string interval_text(nlohmann::ordered_json const& score, char const* what,
                                        double factor);

/// "hidden layers 25–25, tanh"; element by element where they differ.
[[nodiscard]] std::string layers_text(Head const& head, std::vector<int> const& elements);

}  // namespace kamacite::apps

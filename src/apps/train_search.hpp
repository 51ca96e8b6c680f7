#pragma once
#include <vector>

#include "kamacite/config/search.hpp"
#include "train_parts.hpp"

namespace kamacite::apps {

/// Trains every trial, by groups of ranks beside each other, in the directories trial-1, trial-2 …
/// of the output, with checkpoints of their own: what is interrupted goes on, what is finished is
/// not trained again, and the result does not depend on the number of ranks.
///
/// Trials are compared by the loss over the validation set, in the weights of `options`. The table
/// of all becomes search.h5 and search.csv, the model of the best model.h5. Collective.
/// \param trials  as config::trials_of() gives them
/// \returns outcome and file; the model is the best, the summary the table
/// \throws as training::train(), but for trials that diverge, which are last; InputError if nothing
///         validates; NumericalError if all diverge
[[nodiscard]] training::Result train_search(Context& context, config::TrainOptions const& options,
                                            std::vector<config::Trial> const& trials,
                                            Lesson const& lesson, training::Start start,
                                            StopRequest& stop);

}  // namespace kamacite::apps

#pragma once
#include "train_parts.hpp"

namespace kamacite::apps {

/// Member k = 1 … n has the seed of the input plus k − 1 and learns from all but a part of the
/// training set that is drawn with that seed. Ranks work in groups, each on one member after the
/// other, in the directory member-k of the output, with checkpoints of its own: what is interrupted
/// goes on, what is finished is not trained again. The result does not depend on the number of
/// ranks. The members together become model.h5. Collective.
/// \returns outcome and file; the model is the first member's, the summary a list of all
/// \throws as training::train(); InputError if `leave_out` leaves nothing to learn from
[[nodiscard]] training::Result train_committee(Context& context,
                                               config::TrainOptions const& options,
                                               Lesson const& lesson, Descriptors const& descriptors,
                                               training::Start start, StopRequest& stop);

}  // namespace kamacite::apps

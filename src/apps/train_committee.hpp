#pragma once
#include <string>
#include <vector>

#include "command.hpp"
#include "kamacite/config/train.hpp"
#include "kamacite/training/trainer.hpp"
#include "stop.hpp"

namespace kamacite::apps {

/// What all members learn from.
struct Lesson {
    Descriptors const& descriptors;
    std::vector<Record> const& training;
    std::vector<Record> const& validation;
    io::Provenance const& provenance;
};

/// Member k = 1 … n has the seed of the input plus k − 1 and learns from all but a part of the
/// training set that is drawn with that seed. Ranks work in groups, each on one member after the
/// other, in the directory member-k of the output, with checkpoints of its own: what is interrupted
/// goes on, what is finished is not trained again. The result does not depend on the number of
/// ranks. The members together become model.h5. Collective.
/// \returns outcome and file; the model is the first member's, the summary a list of all
/// \throws as training::train(); InputError if `leave_out` leaves nothing to learn from
[[nodiscard]] training::Result train_committee(Context& context,
                                               config::TrainOptions const& options,
                                               Lesson const& lesson, training::Start start,
                                               StopRequest& stop);

/// The hooks by which a training asks whether it should stop.
[[nodiscard]] training::Hooks hooks_of(StopRequest& stop);

}  // namespace kamacite::apps

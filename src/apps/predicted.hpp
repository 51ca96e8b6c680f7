#pragma once
#include <string>
#include <vector>

#include "kamacite/formats/frame.hpp"
#include "kamacite/inference/predict.hpp"
#include "kamacite/model/committee.hpp"
#include "kamacite/structure/record.hpp"

/// \file
/// Predictions in the place of labels: in a frame of extended XYZ, beside what the user has there;
/// in a record, alone. One name never means a prediction here and a label there.

namespace kamacite::apps {

/// What a model is able to predict, and what it has to be told for that.
struct Abilities {
    bool energy = false;  ///< with forces and stress
    bool moments = false;

    /// A property head: its outputs (those without a target in training left out) are predicted
    /// where all of its conditions are given.
    struct Properties {
        std::vector<std::string> outputs, conditions;
    };
    std::vector<Properties> properties;

    [[nodiscard]] bool only_properties() const { return !energy && !moments; }
};
[[nodiscard]] Abilities abilities_of(Committee const& committee);

/// The conditions of `head` that a record does not give.
[[nodiscard]] std::vector<std::string> missing_conditions(Abilities::Properties const& head,
                                                          Record const& record);

/// Adds an answer to a frame. Whatever the frame has under a name of something that the model is
/// able to predict, or under another name of the same (free_energy, virial, force …), in upper or
/// lower case, stays under REF_<name>, unless there is one already: also where this structure gets
/// no prediction, so that all frames of a file speak alike.
/// \param record  what the frame says, for a reference stress: it stays as stress and virial both
void add_prediction(formats::Frame& frame, Record const& record, Abilities const& abilities,
                    inference::Answer const& answer);

/// The record with predictions for labels. Of its own properties the conditions that the model was
/// asked under stay; properties "energy_std" (of a committee) and "extrapolation" (the largest of
/// the atoms) are added.
[[nodiscard]] Record with_prediction(Record record, Abilities const& abilities,
                                     inference::Answer const& answer);

}  // namespace kamacite::apps

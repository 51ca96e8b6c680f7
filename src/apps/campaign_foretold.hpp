#pragma once
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "kamacite/campaign/rounds.hpp"
#include "kamacite/config/campaign.hpp"
#include "kamacite/model/committee.hpp"
#include "kamacite/structure/record.hpp"

/// \file
/// What a model said of the structures that it chose, held against their labels.

namespace kamacite::apps {

/// Errors of the model of a round on labels that it has not learnt from; errors and spreads, one by
/// one, go into foretold.json of the round. Collective.
/// \param records  of rank 0
[[nodiscard]] campaign::Labelled compared(Context& context, config::CampaignOptions const& options,
                                          int round, std::string const& model,
                                          std::vector<Record> const& records);

/// Factors of the spread by the labels of the last rounds before this one; nothing while there are
/// too few of them: then the model's own, from its validation set, count. Collective.
/// \param members  of the committee
[[nodiscard]] std::optional<Calibration> factors_of(Context& context,
                                                    config::CampaignOptions const& options,
                                                    int round, int members);

}  // namespace kamacite::apps

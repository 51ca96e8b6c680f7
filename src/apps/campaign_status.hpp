#pragma once
#include <filesystem>
#include <string>

#include "campaign_driver.hpp"

/// \file
/// What a campaign tells of itself. These read alone; a driver may be at work beside them.

namespace kamacite::apps {

/// Rounds, labels, errors and costs so far: a table, or a JSON object. Writes curve.csv.
/// Collective.
int tell_status(Context& context, CampaignInputs const& inputs);

/// Errors on the test set, model after model, as curve.csv in the campaign's directory. For one
/// rank.
void write_curve(config::CampaignOptions const& options, campaign::Progress const& progress);

/// The table of a campaign's directory, that has a journal. For one rank.
void tell_rounds(std::filesystem::path const& folder);

/// What the next steps would be, with the jobs and their node-hours at most. Collective.
int tell_plan(Context& context, CampaignInputs const& inputs);

/// Where a structure came from and what became of it.
/// \param which  its name, as r003-0017, or its key
/// \throws UsageError if there is none. Collective.
int explain(Context& context, CampaignInputs const& inputs, std::string const& which);

}  // namespace kamacite::apps

#pragma once
#include "estimate.hpp"
#include "kamacite/config/campaign.hpp"

namespace kamacite::apps {

/// Candidates, labels and node-hours at most of an input of `campaign`, after the inputs that it
/// names have been read; what stands in the way as notes. Nothing is written. Collective.
/// \param file  the input itself
/// \throws InputError as those inputs would, naming them; DataError if `data` is of another level
[[nodiscard]] Estimates estimate_campaign(Context& context, std::string const& file,
                                          config::CampaignOptions const& options);

}  // namespace kamacite::apps

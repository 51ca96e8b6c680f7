#pragma once
#include <filesystem>

#include "command.hpp"

namespace kamacite::apps {

/// One HTML page of a campaign by its directory: learning curve, rounds, costs, how good the spread
/// was, what is in quarantine and why. A driver may be at work beside it. Collective.
/// \throws DataError if the journal is damaged
int report_campaign(Context& context, std::filesystem::path const& folder,
                    std::filesystem::path const& output);

}  // namespace kamacite::apps

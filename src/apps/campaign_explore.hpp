#pragma once
#include <string>

#include "command.hpp"
#include "kamacite/config/campaign.hpp"

namespace kamacite::apps {

/// The job of exploration of a round: candidates from walks, recipes and large structures, by all
/// ranks; the choice among them. Writes chosen.h5, candidates.csv and, last, explored.json of the
/// round, the same on any number of ranks. Collective.
/// \param model  of the round: a committee
/// \throws DataError if it is none; as Source and generate::check() for what is explored
void explore(Context& context, config::CampaignOptions const& options, int round,
             std::string const& model);

/// Structures of the recipes of a file, with the random numbers of a round; those that are refused
/// are left out. All on every rank. Collective.
[[nodiscard]] std::vector<Record> structures_by_recipes(Context& context,
                                                        config::CampaignOptions const& options,
                                                        std::filesystem::path const& recipes,
                                                        int round);

/// Writes chosen structures (of rank 0) with their names as those of a round. Collective.
void write_chosen(Context& context, config::CampaignOptions const& options, int round,
                  std::vector<Record> records);

}  // namespace kamacite::apps

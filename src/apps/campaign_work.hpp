#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "campaign_driver.hpp"

/// \file
/// What the jobs of a campaign are given, what is read of what they leave, and the rules that end
/// it. Unless it is told, for one rank.

namespace kamacite::apps {

/// Writes train.yaml and, where it is asked for, properties.yaml of a round.
void write_training_inputs(CampaignInputs const& inputs, int round);

/// Lines of bash: train, judge by the test set, compute properties.
[[nodiscard]] std::string training_script(CampaignInputs const& inputs, int round);

/// Lines of bash: explore with a model.
[[nodiscard]] std::string exploration_script(CampaignInputs const& inputs, int round,
                                             std::string const& model);

/// What the job of training has left. \param labels  structures of the dataset
/// \throws DataError if something of it is missing
[[nodiscard]] campaign::Trained trained_of(CampaignInputs const& inputs, int round,
                                           long long labels);
/// The same of exploration.
[[nodiscard]] campaign::Chosen chosen_of(CampaignInputs const& inputs, int round);

/// In words, for the log.
[[nodiscard]] std::string described(campaign::Trained const& trained);
[[nodiscard]] std::string described(campaign::Labelled const& labelled);

/// Why the campaign ends by what its models are; empty: it goes on.
[[nodiscard]] std::string rules_by_models(config::CampaignOptions const& options,
                                          campaign::Progress const& progress);
/// The same by what exploration found.
[[nodiscard]] std::string rules_by_candidates(config::CampaignOptions const& options,
                                              campaign::Progress const& progress);

/// \throws DataError if labels are of another level of theory than those that will be computed,
///         unless the input allows it
void expect_level(std::vector<Record> const& records, CampaignInputs const& inputs,
                  std::string const& level, Logger const& log);
/// The same of what is called `name` and has a level of its own.
void expect_level(std::string const& name, std::string const& its, CampaignInputs const& inputs,
                  std::string const& level, Logger const& log);

/// The last lines of a log that say something, for an error; empty if there is none.
[[nodiscard]] std::string last_lines_of(std::filesystem::path const& log);

}  // namespace kamacite::apps

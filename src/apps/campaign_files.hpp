#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "kamacite/campaign/rounds.hpp"
#include "kamacite/config/campaign.hpp"
#include "kamacite/mpi/communicator.hpp"

/// \file
/// Where things lie in the directory of a campaign (docs/reference/files.md).

namespace kamacite::apps {

/// The files of one round.
struct RoundFiles {
    std::filesystem::path directory;  ///< <campaign>/rounds/003

    RoundFiles(config::CampaignOptions const& options, int round);

    [[nodiscard]] std::filesystem::path train_input() const { return directory / "train.yaml"; }
    [[nodiscard]] std::filesystem::path properties_input() const {
        return directory / "properties.yaml";
    }
    [[nodiscard]] std::filesystem::path model_directory() const { return directory / "model"; }
    [[nodiscard]] std::filesystem::path model() const { return model_directory() / "model.h5"; }
    [[nodiscard]] std::filesystem::path test() const { return directory / "test.json"; }
    [[nodiscard]] std::filesystem::path properties() const {
        return directory / "properties" / "properties.json";
    }
    /// Structures that were chosen, in the order of choice.
    [[nodiscard]] std::filesystem::path chosen() const { return directory / "chosen.h5"; }
    [[nodiscard]] std::filesystem::path candidates() const { return directory / "candidates.csv"; }
    /// Errors of the round's model on the labels that it chose, and what it had said of them.
    [[nodiscard]] std::filesystem::path foretold() const { return directory / "foretold.json"; }
    [[nodiscard]] std::filesystem::path explored() const { return directory / "explored.json"; }
};

/// All labels of a campaign.
[[nodiscard]] inline std::filesystem::path dataset_of(config::CampaignOptions const& o) {
    return o.directory / "dataset.kds";
}
[[nodiscard]] inline std::filesystem::path journal_of(config::CampaignOptions const& o) {
    return o.directory / "journal.jsonl";
}

/// "train-003"
[[nodiscard]] std::string task_of(char const* stage, int round);

/// Name of a structure that was chosen in a round: "r003-0017".
[[nodiscard]] std::string name_of_chosen(int round, int rank);

/// Whether a name is one of name_of_chosen() of this round.
[[nodiscard]] bool is_of_round(std::string const& name, int round);

/// Another seed for everything that is random, from that of the campaign.
[[nodiscard]] std::uint64_t seed_of(config::CampaignOptions const& options, int round,
                                    std::string const& purpose, std::uint64_t index = 0);

/// How far the campaign is by its journal.
[[nodiscard]] campaign::Progress progress_in(config::CampaignOptions const& options,
                                             std::span<jobs::Journal::Entry const> entries);

/// Those of the rounds [first, last] for which structures were chosen. Collective.
[[nodiscard]] std::vector<int> rounds_with_choice(mpi::Communicator const& comm,
                                                  config::CampaignOptions const& options, int first,
                                                  int last);

/// A text that is one field of CSV, and one line: in quotes, with blanks for its line ends.
[[nodiscard]] std::string csv_field(std::string const& text);

}  // namespace kamacite::apps

#include "campaign_files.hpp"

#include <fmt/format.h>

#include "kamacite/core/random.hpp"
#include "kamacite/io/exists.hpp"

namespace kamacite::apps {

RoundFiles::RoundFiles(config::CampaignOptions const& options, int round)
    : directory{options.directory / "rounds" / fmt::format("{:03}", round)} {}

std::string task_of(char const* stage, int round) {
    return fmt::format("{}-{:03}", stage, round);
}

std::string name_of_chosen(int round, int rank) {
    return fmt::format("r{:03}-{:04}", round, rank);
}

bool is_of_round(std::string const& name, int round) {
    return name.starts_with(fmt::format("r{:03}-", round));
}

std::uint64_t seed_of(config::CampaignOptions const& options, int round, std::string const& purpose,
                      std::uint64_t index) {
    RandomStream random{static_cast<std::uint64_t>(options.seed),
                        fmt::format("campaign/{}/{}", round, purpose), index};
    return random.bits() >> 11;  // as many bits as a number in YAML and JSON keeps
}

campaign::Progress progress_in(config::CampaignOptions const& options,
                               std::span<jobs::Journal::Entry const> entries) {
    return campaign::progress_of(entries, options.first.empty() ? 1 : 0);
}

std::vector<int> rounds_with_choice(mpi::Communicator const& comm,
                                    config::CampaignOptions const& options, int first, int last) {
    std::vector<int> rounds;
    for (int r = first; r <= last; ++r)
        if (io::exists(RoundFiles{options, r}.chosen(), comm)) rounds.push_back(r);
    return rounds;
}

std::string csv_field(std::string const& text) {
    std::string field = "\"";
    for (char const c : text)
        field += c == '"' ? std::string{"\"\""} : std::string(1, c == '\n' ? ' ' : c);
    return field + "\"";
}

}  // namespace kamacite::apps

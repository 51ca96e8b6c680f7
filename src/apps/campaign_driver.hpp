#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "desk.hpp"
#include "kamacite/campaign/labelling.hpp"
#include "kamacite/campaign/rounds.hpp"
#include "kamacite/config/campaign.hpp"
#include "kamacite/config/label.hpp"
#include "kamacite/config/properties.hpp"
#include "kamacite/config/train.hpp"
#include "label_input.hpp"

namespace kamacite::apps {

/// The inputs that an input of `campaign` names, read. Nothing is written.
struct CampaignInputs {
    std::string file;  ///< of the campaign
    config::CampaignOptions campaign;
    config::LabelOptions label;
    config::TrainOptions train;
    config::PropertiesOptions properties;  ///< where the campaign names an input of them
};

/// Reads them. Collective.
/// \throws InputError as read_options(), for each of the files; MissingError if one is not there
[[nodiscard]] CampaignInputs read_campaign(mpi::Communicator const& comm, std::string const& file);

/// Drives a campaign, one look at a time: every look does what can be done and leaves the rest to
/// jobs. All that has happened is in the journal; killed at any instant, it goes on from there.
/// Rank 0 acts; the others take part where files are written and models are asked.
class CampaignDriver {
public:
    /// Takes the directory of the campaign; what it begins with is written into the dataset, once.
    /// Collective.
    /// \throws MissingError with what stands in the way; DataError if `data` is of another level
    CampaignDriver(Context& context, CampaignInputs inputs);

    /// One look. \returns whether the campaign has ended. Collective.
    /// \throws DataError if a job fails for good, or too few structures get labels
    [[nodiscard]] bool look();

    /// Takes structures out of quarantine: names, keys or "all". Collective.
    void retry(std::vector<std::string> const& names);

    [[nodiscard]] CampaignInputs const& inputs() const noexcept { return inputs_; }
    [[nodiscard]] std::optional<Desk> const& desk() const noexcept { return desk_; }  ///< of rank 0
    [[nodiscard]] std::string ended() const;  ///< why; of rank 0

private:
    enum class Stage { choose_first, train, explore, label, finish, done };
    enum class Ask { for_all, for_late };  // structures of the round and late ones, or these alone

    void begin();
    void reread();
    [[nodiscard]] Stage stage() const;
    void resume();
    void expect_test_level();
    [[nodiscard]] std::string of_budget() const;
    void end_by_budget();
    [[nodiscard]] std::string reason_to_end() const;
    bool act(Stage stage);
    void tick();
    void take_work(jobs::Ended const& ended);
    [[nodiscard]] bool work(char const* what, std::function<std::string()> const& script);
    void choose_first();
    [[nodiscard]] bool train();
    [[nodiscard]] bool explore();
    [[nodiscard]] bool label();
    [[nodiscard]] bool finish();
    void want_labels(Ask ask);
    [[nodiscard]] bool has_enough() const;
    [[nodiscard]] std::vector<Record> chosen_structures(int first, int last) const;
    [[nodiscard]] std::vector<std::vector<double>> moments_of(std::vector<Record> const& records);
    void store_labels();
    void store(std::vector<Record> const& records);
    void end(std::string const& why);
    [[nodiscard]] campaign::Labelled compare(std::vector<Record> const& records);

    Context* context_;
    CampaignInputs inputs_;
    std::unique_ptr<dft::Engine> engine_;
    std::optional<Desk> desk_;  // of rank 0
    std::optional<campaign::Labelling> labelling_;
    campaign::Progress progress_;  // of rank 0, as all below
    int asked_ = -1;               // round for whose structures labels were asked
    Wanted wanted_;                // they, in order, then those that are tried again
    std::vector<Record> stored_;   // of that round, in the dataset already
    bool finishing_ = false;       // the campaign ends: nothing but late labels is waited for
    std::string wrong_input_;      // why the same job would fail again; empty: no such job
    JobLine line_;
};

}  // namespace kamacite::apps

#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/campaign/stop_rule.hpp"
#include "kamacite/jobs/journal.hpp"

namespace kamacite::campaign {

/// A quantity with its committee error bar, as a model has it.
using PropertyValues = std::map<std::string, PropertyValue>;

/// The model of a round, and how good it is.
struct Trained {
    std::string model;                        ///< file
    long long labels = 0;                     ///< structures of the dataset it was trained with
    std::optional<TestError> energy, forces;  ///< on the test set [eV/atom], [eV/Å]
    PropertyValues properties;                ///< as properties.json has them
};

/// What exploration with the model of a round came to.
struct Chosen {
    long long considered = 0;  ///< candidates
    long long worth = 0;       ///< of these, worth a label
    double correlated = 1.0;   ///< Explored::correlated
    int count = 0;             ///< chosen
};

/// The labels of a round.
struct Labelled {
    int count = 0, quarantined = 0;
    double node_hours = 0.0;                          ///< of all jobs of the campaign until then
    std::optional<TestError> energy, forces;          ///< of the model that chose them, on them
    double within_energy = 0.0, within_forces = 0.0;  ///< share of errors within the spread
    std::vector<std::string> late{};                  ///< keys of those that were not waited for
};

/// One round: a model, what it does not know, and its labels. Round 0 has no model.
struct Round {
    std::optional<Trained> trained;
    std::optional<Chosen> chosen;
    std::optional<Labelled> labelled;
};

/// Attempts at a job of training or exploration.
struct Effort {
    int number = 0;   ///< of the last that has ended
    int counted = 0;  ///< failures
    bool done = false;
    std::string text;  ///< of the last failure
};

/// How far a campaign is, by its journal.
struct Progress {
    std::map<int, Round> rounds;
    std::map<std::string, Effort> efforts;  ///< by task
    std::vector<std::string> retried;       ///< keys that were taken out of quarantine
    std::vector<std::string> late;          ///< keys whose labels will join a later round
    std::string ended;                      ///< why; empty: it goes on
    bool resumed = false;  ///< structures were taken out of quarantine after the end, and none of
                           ///< their labels is stored: no rule ends it before that

    int first = 0;  ///< number of the round that it begins with

    /// The round that is on its way: the first without labels.
    [[nodiscard]] int current() const;
    /// What there is of it.
    [[nodiscard]] Round now() const;
};

/// Reads it out of the journal's records of kinds "round.*", "work.*" and "campaign.*".
/// \param first  round that the campaign begins with: 1 if it has labels from the beginning
[[nodiscard]] Progress progress_of(std::span<jobs::Journal::Entry const> entries, int first = 0);

/// Write one step of it to the journal.
void record(jobs::Journal& journal, int round, Trained const& trained);
void record(jobs::Journal& journal, int round, Chosen const& chosen);
void record(jobs::Journal& journal, int round, Labelled const& labelled);
/// \param number  of the attempt
/// \param counts  whether a failure is the job's own
void record_work(jobs::Journal& journal, std::string const& task, int number, bool done,
                 bool counts, std::string const& text);
/// The failures of a job so far are forgotten: it is tried again.
void record_retry(jobs::Journal& journal, std::string const& task);
void record_end(jobs::Journal& journal, std::string const& why);
/// It goes on: the input has other rules now.
void record_resumption(jobs::Journal& journal);

}  // namespace kamacite::campaign

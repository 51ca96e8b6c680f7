#pragma once
// Private to the module: what the journal says of attempts and jobs. It changes by records alone,
// the same way when it is replayed.
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "kamacite/jobs/journal.hpp"
#include "kamacite/jobs/queue.hpp"

namespace kamacite::jobs {

using Key = std::pair<std::string, int>;  ///< task and number of an attempt

/// Where an attempt is on its way.
enum class Phase { planned, handed_over, ended };

/// Since when a scheduler does not know an attempt, or calls it over. Times [s]; 0: it does not.
struct Watch {
    double missing_since = 0.0;
    double missed_at = 0.0;   ///< when an answer without it was last counted
    int missing_answers = 0;  ///< that were counted
    double over_since = 0.0;

    bool operator==(Watch const&) const = default;
};

struct Item {
    Attempt attempt;  ///< without its script, which lies in its directory
    int sequence = 0;
    Phase phase = Phase::planned;
    int generation = 0;  ///< how often it was taken back and is handed over anew
    bool cancelled = false;
    std::string job;      ///< the submission that has it, if handed over
    int task = 0;         ///< of its array
    int refusals = 0;     ///< of submissions that had it
    std::string refused;  ///< what the scheduler said of the last one

    Watch noted;  ///< as the journal has it

    // Not in the journal: what this process has seen.
    bool runs = false;
    Watch watch;
};

/// A submission.
struct Job {
    std::string name, id;  ///< the id is empty until it is known
    int tasks = 1;
    int side_by_side = 1;
    int nodes = 1;
    int left = 0;               ///< attempts that it has not brought to an end
    int size = 0;               ///< attempts altogether
    double cancelled_at = 0.0;  ///< when it was last asked to be cancelled, by this process
};

class Book {
public:
    Book(Journal& journal, std::string campaign);

    std::map<Key, Item> items;
    std::map<std::string, Job> jobs;  ///< that have attempts left
    int next_batch = 1;
    double spent = 0.0;  ///< [node hours]

    /// Writes a record, then does what it says.
    /// \throws SystemError if the disk refuses; then nothing has changed
    void record(std::string const& kind, nlohmann::ordered_json const& data);

    void record_lost(Item const& item, std::string const& reason, double node_hours);
    void record_ended(Ended const& ended);
    /// What has changed of watches, so that drivers which end after each look (`step`) settle
    /// what takes several.
    void record_watches();

    /// [node hours] that an attempt takes that runs for `seconds` in a job.
    [[nodiscard]] static double cost(Job const& job, double seconds);
    [[nodiscard]] double committed() const;  ///< [node hours]

private:
    void apply(std::string const& kind, nlohmann::ordered_json const& data);
    void apply_to_job(std::string const& kind, nlohmann::ordered_json const& data);
    void leave_job(Item& item);

    Journal& journal_;
};

[[nodiscard]] nlohmann::ordered_json json_of(Resources const& r);
[[nodiscard]] Resources resources_of(nlohmann::ordered_json const& json);

}  // namespace kamacite::jobs

#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kamacite/core/logger.hpp"
#include "kamacite/jobs/journal.hpp"
#include "kamacite/jobs/scheduler.hpp"

namespace kamacite::jobs {

/// One attempt at a piece of work: a directory whose files are complete, and a script that runs in
/// it.
struct Attempt {
    std::string task;                 ///< which piece of work, [a-zA-Z0-9._-]
    int number = 1;                   ///< 1, 2, …
    std::filesystem::path directory;  ///< of this attempt alone; relative to the queue's directory
    std::string script;               ///< lines of bash; the last one's exit code counts
    Resources resources;
};

/// How an attempt ended. The queue tells it once per attempt; whether the work is done is for the
/// caller to find in the files.
struct Ended {
    std::string task;
    int number = 1;
    std::filesystem::path directory;  ///< where it ran, relative to the queue's: run.G.R below that
                                      ///< of the attempt; that one itself if it never ran
    State state = State::completed;
    int exit_code = 0;
    int signal = 0;
    std::string job{};     ///< id
    std::string node{};    ///< where it ran
    double seconds = 0.0;  ///< that it took
    double node_hours = 0.0;
    std::string explanation{};  ///< what was seen
};

/// The ends that the queue has written to the journal.
[[nodiscard]] std::vector<Ended> ended_in(std::span<Journal::Entry const> entries);

/// How much may be in the scheduler's hands, and for how long its silence is borne.
struct Limits {
    int jobs = 100;        ///< submissions in the queue at a time
    int array = 1000;      ///< tasks of an array, at most
    int pack = 1;          ///< attempts that one job works off, one after the other
    int side_by_side = 1;  ///< of those, at a time
    double grace = 120.0;  ///< [s] for which a job that nobody knows counts as unknown, not lost
    double node_hours =
        0.0;                 ///< budget; 0: no limit. What runs or waits counts with its time limit
    int resubmissions = 5;   ///< of an attempt that was lost or whose node failed
    double patience = 60.0;  ///< [s] between tries of what the scheduler refuses
    int refusals = 5;        ///< of a submission, after which its attempts end as impossible
};

/// What a job asks for that works off a pack of attempts which each ask for `one`, `side` at a
/// time: a minute more for each, which may need some time to be killed.
[[nodiscard]] Resources resources_of_pack(Resources one, int pack, int side);

/// What the queue holds now.
struct Census {
    int planned = 0, pending = 0, running = 0;
    double node_hours = 0.0;            ///< spent
    double node_hours_committed = 0.0;  ///< by what runs or waits, at most
    std::string held;                   ///< why nothing is submitted, empty if it is
};

/// Attempts that are run exactly once, whatever happens to this program, its machine, the scheduler
/// or its answers. One process at a time uses it (Lock).
///
/// Every attempt is in the journal before it is handed over (intent), under a name that is never
/// used again; after a crash a job is looked for by that name, and adopted. The job itself claims
/// the directory of the attempt (mkdir) before it starts, so that even two jobs of one attempt
/// run it once, and writes how it ended into a file beside the output. Of three sources the first
/// that knows is believed: that file, the accounting, the queue; what none of them knows is unknown
/// for a while before it is lost.
class Queue {
public:
    /// \param directory  of the campaign: scripts and attempts lie in it
    /// \param journal    replayed: its records of kind "job.*" are the queue's
    /// \param setup      lines of bash before every script: modules, exports
    Queue(std::filesystem::path directory, std::string campaign, Journal& journal,
          std::unique_ptr<Scheduler> scheduler, Limits const& limits, std::string setup,
          Logger const& log);
    ~Queue();

    /// Adds an attempt; one that the queue has already is not added again. Writes its directory,
    /// then the journal. \throws InputError if another queue's jobs have been in the directory;
    /// SystemError
    void add(Attempt const& attempt, std::map<std::string, std::string> const& files);

    [[nodiscard]] bool knows(std::string const& task, int number) const;

    /// Looks what has become of everything, submits what can be. `ended` is called once for each
    /// attempt that has ended; if it returns, that is written to the journal, and the attempt is
    /// never told again; if the program dies in between, it is told again.
    void tick(std::function<void(Ended const&)> const& ended);

    [[nodiscard]] Census census() const;

    /// Takes back everything that is planned or in the scheduler's hands: the next ticks tell it as
    /// cancelled.
    void cancel_all();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace kamacite::jobs

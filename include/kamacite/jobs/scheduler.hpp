#pragma once
#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kamacite::jobs {

/// What a job asks for.
struct Resources {
    int nodes = 1;
    int processes = 1;        ///< MPI ranks over all nodes
    int threads = 1;          ///< cores of each
    double memory = 0.0;      ///< [bytes] per node, 0: the site's default
    double seconds = 3600.0;  ///< wall time
    std::string partition, account, qos, constraint, reservation;
    std::string exclude;             ///< nodes that are not to be used
    std::vector<std::string> lines;  ///< verbatim "#SBATCH" lines, without that word

    friend bool operator==(Resources const&, Resources const&) = default;
};

/// One submission: a script, once or as an array.
struct Submission {
    std::string name;                 ///< unique in the campaign and for ever; [a-zA-Z0-9._-]
    std::filesystem::path script;     ///< complete on disk
    std::filesystem::path directory;  ///< where it runs
    int count = 1;                    ///< array tasks 0 … count − 1; 1: no array
    int at_once = 0;                  ///< of an array, at most so many at a time; 0: no limit
    Resources resources;
};

/// What the scheduler says of a job, or of one task of an array.
enum class State {
    pending,
    running,
    completed,      ///< its script ended with 0
    failed,         ///< its script ended otherwise
    timeout,        ///< cut off at its time limit
    out_of_memory,  ///< killed for it
    node_failed,    ///< node, boot or launch failure, preemption: not the job's fault
    cancelled,      ///< by a person
    impossible      ///< it waits for what never comes (PartitionConfig, DependencyNeverSatisfied)
};
/// "pending", "node failed", …
[[nodiscard]] std::string_view name_of(State state);
/// The other way round; nothing if no state has that name.
[[nodiscard]] std::optional<State> state_named(std::string_view name);
/// Whether nothing more will come of it; not so of one that is impossible, which still waits.
[[nodiscard]] bool has_ended(State state);

/// One job, or one task of an array, in the scheduler's answer.
struct Status {
    std::string name;  ///< of the submission
    std::string id;    ///< of the job
    int task = 0;      ///< of the array
    State state = State::pending;
    std::string reason;    ///< as the scheduler has it
    double seconds = 0.0;  ///< that it ran, where known
};

/// What came of handing over a submission.
struct Receipt {
    enum class Kind {
        accepted,  ///< `id` is its id
        refused,   ///< it certainly is not in the queue, and the same again would fail again
        later,     ///< it certainly is not in the queue: a limit on the number of jobs; try later
        unknown    ///< no clear answer: it may be in the queue; look for its name
    } kind = Kind::unknown;
    std::string id;
    std::string message;  ///< what the scheduler said
};

/// Runs scripts somewhere. One rank only.
class Scheduler {
public:
    Scheduler() = default;
    Scheduler(Scheduler const&) = delete;
    Scheduler& operator=(Scheduler const&) = delete;
    virtual ~Scheduler() = default;

    [[nodiscard]] virtual std::string name() const = 0;  ///< "local", "slurm"

    /// Lines that the script of a submission begins with, after "#!/bin/bash": what it asks for.
    [[nodiscard]] virtual std::string header(Submission const& /*submission*/) const { return ""; }

    /// Whether it may take such a job now, as far as it knows without asking anybody.
    [[nodiscard]] virtual bool has_room(Resources const& /*resources*/) { return true; }

    /// Hands a submission over. Never throws for what the scheduler does.
    [[nodiscard]] virtual Receipt submit(Submission const& submission) = 0;

    /// What it says of all jobs of this user whose name begins with `prefix`. Absent: it could not
    /// be asked, which says nothing of the jobs. A job that is not in the answer may have ended
    /// long ago, or may not be listed yet.
    [[nodiscard]] virtual std::optional<std::vector<Status>> ask(std::string const& prefix) = 0;

    /// Takes a job, or "<id>_<task>" of an array, out of the queue; no error if it is gone. Ids are
    /// used again: what has this id but not this name is left alone.
    virtual void cancel(std::string const& id, std::string const& name) = 0;

    /// Most tasks that an array may have; 1 if it has no arrays.
    [[nodiscard]] virtual int largest_array() = 0;

    /// What stands in the way of submitting: no sbatch, no such partition. Sentences with mends.
    [[nodiscard]] virtual std::vector<std::string> obstacles(Resources const& resources) = 0;
};

}  // namespace kamacite::jobs

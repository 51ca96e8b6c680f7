#pragma once
#include <memory>
#include <string>
#include <vector>

#include "kamacite/config/fields.hpp"
#include "kamacite/jobs/queue.hpp"
#include "kamacite/jobs/scheduler.hpp"

namespace kamacite::config {

/// Where jobs run, and how many at a time.
struct JobOptions {
    enum class Scheduler { local, slurm };
    Scheduler scheduler = Scheduler::local;
    int cores = 0;  ///< of this machine that jobs may have; 0: all
    std::string partition{}, account{}, qos{}, constraint{}, reservation{}, exclude{};
    std::vector<std::string> lines{};  ///< verbatim, of the head of each script
    std::vector<std::string> setup{};  ///< lines of bash before each command
    jobs::Limits limits{};             ///< but for the grace, which is the next one
    double grace = 120.0e15;           ///< [fs] of wall time: Limits::grace
    double poll = 10.0e15;             ///< [fs] of wall time between two looks at the queue
};

/// Keys of a section `jobs`.
void fields(Fields& f, JobOptions& options);

/// What one kind of job asks for.
struct JobSize {
    int nodes = 1, processes = 1, threads = 1;
    double memory = 0.0;    ///< [bytes] per node, 0: the site's default
    double time = 3600e15;  ///< [fs] of wall time
};

/// Keys of a job's size, in the mapping that holds them.
void fields(Fields& f, JobSize& size);

/// What a job of that size asks for where the options say.
[[nodiscard]] jobs::Resources resources_of(JobOptions const& options, JobSize const& size);

/// Limits of the queue.
[[nodiscard]] jobs::Limits limits_of(JobOptions const& options);

/// Seconds of a wall time [fs].
[[nodiscard]] inline double seconds_of(double femtoseconds) {
    return femtoseconds * 1e-15;
}

}  // namespace kamacite::config

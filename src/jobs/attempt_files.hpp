#pragma once
// Private to the module: what is in the directory of an attempt, beside its inputs. The job writes
// it (job_script.cpp), the queue reads it.
#include <filesystem>
#include <optional>
#include <string>

namespace kamacite::jobs {

/// claim.<generation>/owner: who alone may run this generation of an attempt.
struct Claim {
    std::string owner;  ///< "<name of the submission> <array task>", or "queue"
    double time = 0.0;
};

/// ended.<generation>.<restart>.json: how a run ended, told by the job itself.
struct Sentinel {
    int restart = 0;
    int exit_code = 0;
    bool told = false;         ///< it was told to end from outside: why, the scheduler knows
    bool out_of_time = false;  ///< it was cut off at the attempt's own limit
    double begin = 0.0, end = 0.0;
    std::string job, node, run;
};

/// Who has claimed it, if anybody has.
[[nodiscard]] std::optional<Claim> read_claim(std::filesystem::path const& attempt, int generation);

/// Claims it for the queue, so that no job will ever begin it, and says whose it is now.
[[nodiscard]] Claim take_claim(std::filesystem::path const& attempt, int generation);

/// How the last run of this generation ended, if one has.
[[nodiscard]] std::optional<Sentinel> read_sentinel(std::filesystem::path const& attempt,
                                                    int generation);

}  // namespace kamacite::jobs

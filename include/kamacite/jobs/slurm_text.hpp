#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "kamacite/jobs/scheduler.hpp"

namespace kamacite::jobs {

/// What Slurm calls a state, with its reason: "CANCELLED by 0", "PENDING" and "PartitionConfig".
/// A word that is not known counts as running: nothing is concluded from it.
[[nodiscard]] State slurm_state(std::string_view word, std::string_view reason);

/// "0,3-5,8-12:2%2" → 0 3 4 5 8 10 12.
[[nodiscard]] std::vector<int> slurm_tasks(std::string_view ranges);

/// [s] of "1-02:03:04", "02:03:04", "03:04"; infinity of "infinite" or "UNLIMITED"; 0 if it is no
/// duration.
[[nodiscard]] double slurm_duration(std::string_view text);

/// Lines of squeue -o squeue_format. Of rows for the same task of the same name the one that was
/// submitted last counts: ids are used again after a crash of the controller.
[[nodiscard]] std::vector<Status> parse_squeue(std::string_view text, std::string_view prefix);
inline constexpr char const* squeue_format = "%F|%K|%T|%V|%M|%r|%j";  ///< that parse_squeue() reads

/// Lines of sacct -X -P -n -o sacct_format, in the same way.
[[nodiscard]] std::vector<Status> parse_sacct(std::string_view text, std::string_view prefix);
inline constexpr char const* sacct_format =
    "JobID,State,ExitCode,Submit,ElapsedRaw,JobName";  ///< that parse_sacct() reads

/// Everything in `first`, of squeue, and what only `second`, of sacct, knows to have ended. What it
/// takes to be running although squeue does not know it is a record that a crash of the controller
/// has left: it stays so for ever.
[[nodiscard]] std::vector<Status> merged(std::vector<Status> first,
                                         std::vector<Status> const& second);

/// What sbatch --parsable has answered: exit code, standard output, standard error.
[[nodiscard]] Receipt parse_sbatch(int code, std::string const& out, std::string const& err);

}  // namespace kamacite::jobs

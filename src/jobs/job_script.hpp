#pragma once
// Private to the module: the script that works off a batch of attempts.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace kamacite::jobs {

/// An attempt as a job sees it.
struct Errand {
    std::filesystem::path directory;  ///< absolute
    int generation = 0;
    double limit = 0.0;  ///< [s] after which it is cut off; 0: the scheduler does that
};

/// The files of a submission, in its own directory: job.sh, setup.sh and the list of errands of
/// each array task.
///
/// \param tasks         errands of each array task, worked off in this order
/// \param side_by_side  of one task, at a time
/// \param header        lines for the scheduler
[[nodiscard]] std::map<std::string, std::string> job_files(
    std::string const& name, std::filesystem::path const& directory,
    std::vector<std::vector<Errand>> const& tasks, int side_by_side, std::string const& header,
    std::string const& setup);

}  // namespace kamacite::jobs

#pragma once
#include <filesystem>
#include <memory>

#include "kamacite/jobs/scheduler.hpp"

namespace kamacite::jobs {

/// Runs jobs on this machine, beside the program and beyond its end: each in a session of its own.
/// What it knows of them lies in files, so that the next one to use the directory goes on. A time
/// limit ends a job with TERM and, 30 s later, KILL. Jobs do not survive a reboot: they count as
/// `node_failed`.
///
/// \param slots      cores (processes · threads) that may be busy at a time
/// \param directory  for its files, made with the first job; one Scheduler at a time uses it
[[nodiscard]] std::unique_ptr<Scheduler> make_local(int slots, std::filesystem::path directory);

}  // namespace kamacite::jobs

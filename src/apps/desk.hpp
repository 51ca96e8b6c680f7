#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "kamacite/campaign/labelling.hpp"
#include "kamacite/config/jobs.hpp"
#include "kamacite/core/logger.hpp"
#include "kamacite/jobs/queue.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "stop.hpp"

namespace kamacite::apps {

/// Who runs the jobs. Nothing is written before the first of them. \param directory  for its files
[[nodiscard]] std::unique_ptr<jobs::Scheduler> scheduler_of(config::JobOptions const& options,
                                                            std::filesystem::path const& directory);

/// A directory from which jobs are run: its lock, its journal and its queue. One rank only.
class Desk {
public:
    /// Takes the directory, which is made if it is not there.
    /// \throws InputError if another process has it; DataError, SystemError as Journal
    Desk(std::filesystem::path const& directory, config::JobOptions const& options,
         Logger const& log);

    [[nodiscard]] std::filesystem::path const& directory() const noexcept { return directory_; }
    [[nodiscard]] jobs::Journal& journal() noexcept { return journal_; }
    [[nodiscard]] jobs::Queue& queue() noexcept { return queue_; }
    [[nodiscard]] jobs::Queue const& queue() const noexcept { return queue_; }
    void beat() { lock_.beat(); }  ///< tells that this process lives

private:
    std::filesystem::path directory_;
    jobs::Lock lock_;
    jobs::Journal journal_;
    jobs::Queue queue_;
};

/// Tells how far jobs are, at most every ten seconds, and only what is new.
class JobLine {
public:
    /// \param waiting  structures that wait for labels
    void say(Logger const& log, std::string const& prefix, jobs::Census const& census, int waiting);

private:
    std::string said_;
    std::chrono::steady_clock::time_point when_{};
};

/// \throws SystemError where labelling is held and nothing is on its way, so that waiting is of no
///         use
void expect_possible(campaign::Labelling const& labelling, jobs::Census const& census);

/// Whether jobs wait for nothing but a larger budget. \param desk  of rank 0. Collective.
[[nodiscard]] bool out_of_budget(mpi::Communicator const& comm, std::optional<Desk> const& desk);
/// Says so. \returns the exit code
int stopped_by_budget(Logger const& log);

/// Waits, on rank 0, until it is time to look at the queue again, or someone asks to stop.
void wait_for_jobs(mpi::Communicator const& comm, config::JobOptions const& options,
                   StopRequest const& stop);

}  // namespace kamacite::apps

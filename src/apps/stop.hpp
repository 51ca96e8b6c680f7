#pragma once
#include <chrono>
#include <string>

#include "kamacite/mpi/communicator.hpp"

namespace kamacite::apps {

/// Whether a long command should stop at its next checkpoint: a signal came (SIGUSR1, SIGUSR2,
/// SIGTERM) or the time that it may take is about to run out.
///
///     StopRequest stop{comm, max_hours};
///     while (more_to_do()) {
///         step();
///         if (stop.agreed()) { checkpoint(); return static_cast<int>(ErrorKind::stopped); }
///     }
///
/// The end is the earliest of --max-hours after the start, SLURM_JOB_END_TIME, and what squeue says
/// is left of the job that SLURM_JOB_ID names, less a margin of twice the longest checkpoint and
/// the longest step, at least 120 s under Slurm. One at a time per program: its constructor takes
/// the signals over, its destructor gives them back.
class StopRequest {
public:
    /// \param max_hours  what --max-hours says [h]; 0 if nothing was said
    /// Collective: rank 0's clock and environment decide for all.
    explicit StopRequest(mpi::Communicator const& comm, double max_hours = 0.0);
    ~StopRequest();
    StopRequest(StopRequest const&) = delete;
    StopRequest& operator=(StopRequest const&) = delete;

    /// Whether any rank was asked to stop: the same answer on all ranks. Collective.
    [[nodiscard]] bool agreed() const;

    /// Whether this rank alone was asked to stop; for code that reduces it with something else.
    [[nodiscard]] bool asked() const;

    /// Why: "SIGUSR1", "the time limit"; "another rank was asked to" if this one was not.
    [[nodiscard]] std::string reason() const;

    /// How long [s] a checkpoint took, and a step, from which the margin follows.
    void checkpoint_took(double seconds);
    void step_took(double seconds);

    /// Time [s] until the limit, less the margin; infinite without a limit.
    [[nodiscard]] double seconds_left() const;

private:
    using Clock = std::chrono::steady_clock;
    mpi::Communicator const& comm_;
    Clock::time_point start_ = Clock::now();
    double seconds_;       // from start_ to the limit
    double least_margin_;  // 120 s under Slurm, 0 for --max-hours alone
    double longest_checkpoint_ = 0.0, longest_step_ = 0.0;
};

}  // namespace kamacite::apps

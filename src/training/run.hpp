#pragma once
#include <chrono>
#include <memory>

#include "kamacite/training/checkpoint.hpp"
#include "kamacite/training/curve.hpp"
#include "kamacite/training/distributed_loss.hpp"
#include "kamacite/training/trainer.hpp"

namespace kamacite::training {

/// One run of train(): the state that its stages share. All functions are collective.
class Run {
public:
    Run(mpi::Communicator const& comm, Model model, DistributedLoss& training,
        DistributedLoss* validation, TrainOptions const& options, std::string fingerprint,
        Hooks const& hooks, Logger const& log);

    /// Goes on from a checkpoint if there is one.
    void resume();

    /// Runs what is left of all stages.
    [[nodiscard]] Result::Outcome all_stages();

    [[nodiscard]] Model best() const;  ///< the best model so far
    [[nodiscard]] std::string summary(Model const& best);

private:
    using Clock = std::chrono::steady_clock;
    enum class End { epoch, stage, stopped, diverged };
    /// What the flag that a rank adds to a sum means: some rank was asked to stop, rank 0 finds
    /// that it is time for a checkpoint.
    static constexpr double stop_flag = 1.0, checkpoint_flag = 1048576.0;

    // stage.cpp
    void begin_stage();
    /// Scores of heads that are judged by the training set, in the weights of the stage that
    /// begins: those of another stage cannot be compared with them.
    void judge_again();
    /// Runs what is left of the stage. \returns stage or stopped
    [[nodiscard]] End stage(StageOptions const& stage);
    /// Runs what is left of the epoch. \returns epoch, stopped or diverged, or stage: the optimiser
    /// cannot go on
    [[nodiscard]] End epoch(StageOptions const& stage);
    [[nodiscard]] long long batches(StageOptions const& stage) const;
    [[nodiscard]] double rate(StageOptions const& stage) const;
    void average(StageOptions const& stage);
    [[nodiscard]] double flag();
    [[nodiscard]] bool exploded(double batch_loss) const;
    void roll_back(double batch_loss);
    [[nodiscard]] LossOptions loss_of(StageOptions const& stage) const;

    // run.cpp
    /// Validates `parameters`, keeps the best, writes the curve. \returns whether patience is over
    bool end_epoch(StageOptions const& stage, std::span<double const> parameters, double rate);
    void keep_best(std::span<double const> sums, std::span<double const> parameters);
    void tell(StageOptions const& stage, std::span<double const> sums, double rate);
    void show_curve();  ///< writes the curve now and then, for those who watch; not collective
    void write_curve();
    void sync();       ///< copies the model's parameters and the clock into now_
    void keep_good();  ///< what training is rolled back to: of the optimiser what all ranks share
    void go_on_from(Progress const& progress);
    void write();

    mpi::Communicator const& comm_;
    Model model_;
    DistributedLoss& training_;
    DistributedLoss* validation_;
    TrainOptions const& options_;
    std::string fingerprint_;
    Hooks const& hooks_;
    Logger const& log_;
    Curve curve_;
    std::unique_ptr<Optimiser> optimiser_;
    Progress now_, good_;
    long long serial_ = 0;
    Clock::time_point start_ = Clock::now();
    Clock::time_point last_checkpoint_ = Clock::now(), last_line_{}, last_curve_{};
    Clock::time_point last_chance_ = Clock::now();  // to stop
    double elapsed_before_ = 0.0;
    int epochs_here_ = 0;  // for the forecast of the end
};

}  // namespace kamacite::training

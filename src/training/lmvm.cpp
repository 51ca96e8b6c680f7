#include <algorithm>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/training/tao.hpp"
#include "run.hpp"

namespace kamacite::training {

// The history of L-BFGS is not in the checkpoint. Instead it is dropped every `restart` iterations,
// also where nothing interrupts training, and only those instants are checkpoints: whatever is
// repeated after an interruption is repeated to the bit.
Run::End Run::lmvm_stage(StageOptions const& stage) {
    log_.info("stage {}: lmvm (PETSc TAO), {} iterations on all {} structures", now_.stage + 1,
              stage.epochs, training_.size());
    auto const options = loss_of(stage);
    std::vector<int> all(static_cast<std::size_t>(training_.size()));
    std::iota(all.begin(), all.end(), 0);

    while (now_.epoch < stage.epochs) {
        auto const round = now_;  // what an interruption goes back to
        bool stopped = false;
        bool over = false;
        std::vector<double> sums;
        auto const evaluate = [&](std::span<double const> x, std::span<double> g) {
            std::copy(x.begin(), x.end(), model_.parameters().begin());
            auto const total = training_.gradient(comm_, model_, options, all,
                                                  hooks_.stop_requested() ? stop_flag : 0.0);
            for (std::size_t k = 0; k < g.size(); ++k) g[k] = total.gradient[k] / training_.size();
            stopped = stopped || total.flags > 0.0;
            sums = total.sums;
            return curve_.loss(sums);
        };
        auto const iteration = [&](std::span<double const> x) {
            if (stopped) return true;
            std::copy(x.begin(), x.end(), model_.parameters().begin());
            now_.epoch_sums = sums;
            over = end_epoch(stage, x, 0.0);
            return over;
        };
        int const iterations = std::min(stage.restart, stage.epochs - now_.epoch);
        auto const result =
            minimise(comm_, now_.parameters, {iterations, stage.petsc}, evaluate, iteration);
        if (stopped) {
            write(round, round);
            now_ = round;
            return End::stopped;
        }
        std::copy(result.x.begin(), result.x.end(), model_.parameters().begin());
        sync();
        good_ = now_;
        if (over) break;
        if (now_.epoch - round.epoch < iterations) {
            log_.info("stage {} ends: {}", now_.stage + 1, result.reason);
            break;
        }
        std::vector<int> due = {
            std::chrono::duration<double>(Clock::now() - last_checkpoint_).count() >
                    options_.checkpoint_interval
                ? 1
                : 0};
        comm_.broadcast(due);
        if (due[0] == 1) write(now_, good_);
    }
    return End::done;
}

}  // namespace kamacite::training

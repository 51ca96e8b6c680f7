#include <algorithm>
#include <cmath>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/training/schedule.hpp"
#include "run.hpp"

namespace kamacite::training {
namespace {

constexpr int rollbacks_allowed = 8;
constexpr double explosion = 1e3;  // times the largest loss of a batch in the epoch before

bool all_finite(std::span<double const> values) {
    return std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
}

}  // namespace

void Run::begin_stage() {
    now_.epoch = 0;
    now_.batch = 0;
    now_.steps = 0;
    now_.usual_loss = now_.largest_loss = 0.0;
    now_.rate_factor = 1.0;
    now_.parameters = now_.average = now_.best;
    now_.optimiser = {};
    now_.epoch_sums.assign(static_cast<std::size_t>(SumLayout{model_}.size()), 0.0);
    go_on_from(now_);
    judge_again();
    keep_good();
}

void Run::judge_again() {
    auto const& stages = options_.stages;
    auto const at = static_cast<std::size_t>(now_.stage);
    if (at == 0 || at >= stages.size()) return;
    if (stages[at].energy_factor == stages[at - 1].energy_factor &&
        stages[at].forces_factor == stages[at - 1].forces_factor)
        return;
    SumLayout const layout{model_};
    auto const training = training_.errors(comm_, model_, loss_of(stages[at]));
    auto const validation = validation_ == nullptr
                                ? std::vector<double>{}
                                : validation_->errors(comm_, model_, options_.loss);
    for (std::size_t h = 0; h < now_.best_scores.size(); ++h)
        if (layout.loss_of(validation, static_cast<int>(h)) == 0.0)
            now_.best_scores[h] = layout.loss_of(training, static_cast<int>(h));
}

LossOptions Run::loss_of(StageOptions const& stage) const {
    auto options = options_.loss;
    options.energy_weight *= stage.energy_factor;
    options.forces_weight *= stage.forces_factor;
    return options;
}

long long Run::batches(StageOptions const& stage) const {
    return all_at_once(stage) ? 1 : (training_.size() + stage.batch - 1) / stage.batch;
}

double Run::rate(StageOptions const& stage) const {
    return now_.rate_factor * learning_rate(stage, now_.steps, stage.epochs * batches(stage));
}

Run::End Run::stage(StageOptions const& stage) {
    if (all_at_once(stage))
        log_.info("stage {}: {} (PETSc), {} iterations on all {} structures", now_.stage + 1,
                  name_of(stage.kind), stage.epochs, training_.size());
    else
        log_.info("stage {}: {}, {} epochs of {} batches of {} structures", now_.stage + 1,
                  name_of(stage.kind), stage.epochs, batches(stage),
                  std::min(stage.batch, training_.size()));
    while (now_.epoch < stage.epochs) {
        auto const end = epoch(stage);
        if (end == End::diverged) continue;
        if (end == End::stopped) return end;
        auto const w = std::as_const(model_).parameters();
        bool const averaged = stage.kind == StageOptions::Kind::adam && stage.average > 0.0;
        bool const over = end_epoch(stage, averaged ? std::span<double const>{now_.average} : w,
                                    all_at_once(stage) ? 0.0 : rate(stage));
        if (over || end == End::stage) break;
    }
    return End::stage;
}

Run::End Run::epoch(StageOptions const& stage) {
    auto const options = loss_of(stage);
    Objective const objective{comm_, training_, options};
    int const n = training_.size();
    std::vector<int> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    if (!all_at_once(stage)) {
        RandomStream random{options_.seed, "batches",
                            static_cast<std::uint64_t>(now_.total_epochs)};
        order = permutation(n, random);
    }
    auto const size = static_cast<std::size_t>(all_at_once(stage) ? n : stage.batch);
    while (now_.batch < batches(stage)) {
        auto const begin = static_cast<std::size_t>(now_.batch) * size;
        auto const ids = std::span{order}.subspan(begin, std::min(size, order.size() - begin));
        auto const step = optimiser_->step(objective, model_, ids, rate(stage), flag());
        double const batch_loss = curve_.loss(step.sums);
        if (exploded(batch_loss)) {
            roll_back(batch_loss);
            return End::diverged;
        }
        if (!step.end.empty()) {
            log_.info("stage {} ends: {}", now_.stage + 1, step.end);
            now_.epoch_sums = step.sums;
            return End::stage;
        }
        average(stage);
        ++now_.steps;
        ++now_.batch;
        now_.largest_loss = std::max(now_.largest_loss, batch_loss);
        for (std::size_t k = 0; k < step.sums.size(); ++k) now_.epoch_sums[k] += step.sums[k];
        bool const stop = std::fmod(step.flags, checkpoint_flag) > 0.0;
        if (stop || step.flags >= checkpoint_flag) {
            sync();
            write();
        }
        if (stop) return End::stopped;
    }
    return End::epoch;
}

void Run::average(StageOptions const& stage) {
    auto const w = std::as_const(model_).parameters();
    double const keep = kept_of_average(stage, now_.steps);
    for (std::size_t k = 0; k < w.size(); ++k)
        now_.average[k] = keep * now_.average[k] + (1.0 - keep) * w[k];
}

double Run::flag() {
    auto const now = Clock::now();
    hooks_.step_took(std::chrono::duration<double>(now - last_chance_).count());
    last_chance_ = now;
    double const checkpoint =
        comm_.is_root() && std::chrono::duration<double>(Clock::now() - last_checkpoint_).count() >
                               options_.checkpoint_interval
            ? checkpoint_flag
            : 0.0;
    return checkpoint + (hooks_.stop_requested() ? stop_flag : 0.0);
}

bool Run::exploded(double batch_loss) const {
    if (!std::isfinite(batch_loss) || !all_finite(std::as_const(model_).parameters())) return true;
    // Batches differ by orders of magnitude where families have weights: only an epoch tells.
    return now_.usual_loss > 0.0 && batch_loss > explosion * now_.usual_loss;
}

void Run::roll_back(double batch_loss) {
    double const usual = now_.usual_loss;
    ++good_.rollbacks;
    good_.rate_factor *= 0.5;
    if (good_.rollbacks > rollbacks_allowed)
        throw NumericalError(fmt::format(
            "training diverged {} times (the loss of a batch is {:.4g}{}): lower learning_rate, "
            "and look for structures with wrong energies or forces",
            good_.rollbacks, batch_loss,
            usual > 0.0 ? fmt::format(", the largest of the epoch before was {:.4g}", usual) : ""));
    log_.warn(
        "the loss of a batch is {:.4g}: back to the beginning of epoch {}, learning rate "
        "halved",
        batch_loss, good_.total_epochs + 1);
    now_ = good_;
    go_on_from(now_);
}

}  // namespace kamacite::training

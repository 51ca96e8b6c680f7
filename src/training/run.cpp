#include "run.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kamacite/core/error.hpp"
#include "kamacite/io/atomic_file.hpp"

namespace kamacite::training {
namespace {

constexpr int rollbacks_allowed = 8;
constexpr double explosion = 1e4;  // times the running mean of the loss

double seconds_since(std::chrono::steady_clock::time_point t) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - t).count();
}

std::string in_words(double seconds) {
    if (seconds < 100.0) return fmt::format("{:.0f} s", seconds);
    if (seconds < 6000.0) return fmt::format("{:.0f} min", seconds / 60.0);
    return fmt::format("{:.1f} h", seconds / 3600.0);
}

/// Loss of head h per structure; 0 if it has no labels.
double per_structure(SumLayout const& layout, std::span<double const> sums, std::size_t h) {
    return sums.empty() ? 0.0 : sums[h] / sums[static_cast<std::size_t>(layout.samples())];
}

}  // namespace

Run::Run(mpi::Communicator const& comm, Model model, DistributedLoss& training,
         DistributedLoss* validation, TrainOptions const& options, std::string fingerprint,
         Hooks const& hooks, Logger const& log)
    : comm_{comm},
      model_{std::move(model)},
      training_{training},
      validation_{validation},
      options_{options},
      fingerprint_{std::move(fingerprint)},
      hooks_{hooks},
      log_{log},
      curve_{model_} {
    auto const heads = model_.heads().size();
    auto const w = std::as_const(model_).parameters();
    now_.best.assign(w.begin(), w.end());
    now_.best_scores.assign(heads, std::numeric_limits<double>::infinity());
    now_.best_epochs.assign(heads, 0.0);
    begin_stage();
}

void Run::begin_stage() {
    now_.epoch = 0;
    now_.batch = 0;
    now_.loss_mean = 0.0;
    now_.rate_factor = 1.0;
    std::copy(now_.best.begin(), now_.best.end(), model_.parameters().begin());
    now_.adam = AdamState::fresh(now_.best, static_cast<int>(model_.heads().size()));
    now_.epoch_sums.assign(static_cast<std::size_t>(SumLayout{model_}.size()), 0.0);
    judge_again();
    sync();
    good_ = now_;
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
        if (per_structure(layout, validation, h) == 0.0)
            now_.best_scores[h] = per_structure(layout, training, h);
}

void Run::sync() {
    auto const w = std::as_const(model_).parameters();
    now_.parameters.assign(w.begin(), w.end());
    now_.elapsed = elapsed_before_ + seconds_since(start_);
}

void Run::resume() {
    auto checkpoint = read_checkpoint(options_.directory, comm_, fingerprint_, log_);
    if (!checkpoint) {
        log_.info("no checkpoint in {}: training begins", options_.directory.string());
        return;
    }
    now_ = std::move(checkpoint->now);
    good_ = std::move(checkpoint->good);
    serial_ = checkpoint->serial + 1;
    elapsed_before_ = now_.elapsed;
    if (now_.parameters.size() != model_.parameters().size())
        throw DataError(fmt::format(
            "{}: the checkpoint has {} parameters (the model has {}): start "
            "again with --fresh",
            options_.directory.string(), now_.parameters.size(), model_.parameters().size()));
    std::copy(now_.parameters.begin(), now_.parameters.end(), model_.parameters().begin());
    log_.info("training goes on after epoch {} and {} steps", now_.total_epochs, now_.adam.steps);
}

Result::Outcome Run::all_stages() {
    auto const stages = static_cast<int>(options_.stages.size());
    while (now_.stage < stages) {
        auto const& stage = options_.stages[static_cast<std::size_t>(now_.stage)];
        auto const end =
            stage.kind == StageOptions::Kind::adam ? adam_stage(stage) : lmvm_stage(stage);
        if (end == End::stopped) {
            write_curve();
            return Result::Outcome::stopped;
        }
        ++now_.stage;
        begin_stage();
        write(now_, good_);
    }
    write_curve();
    return Result::Outcome::finished;
}

LossOptions Run::loss_of(StageOptions const& stage) const {
    auto options = options_.loss;
    options.energy_weight *= stage.energy_factor;
    options.forces_weight *= stage.forces_factor;
    return options;
}

double Run::flag() const {
    double const checkpoint =
        comm_.is_root() && seconds_since(last_checkpoint_) > options_.checkpoint_interval
            ? checkpoint_flag
            : 0.0;
    return checkpoint + (hooks_.stop_requested() ? stop_flag : 0.0);
}

bool Run::is_usable(DistributedLoss::Total const& total, double batch_loss) const {
    if (!std::isfinite(batch_loss)) return false;
    if (now_.loss_mean > 0.0 && batch_loss > explosion * now_.loss_mean) return false;
    return std::all_of(total.gradient.begin(), total.gradient.end(),
                       [](double g) { return std::isfinite(g); });
}

void Run::roll_back(double batch_loss) {
    ++good_.rollbacks;
    good_.rate_factor *= 0.5;
    if (good_.rollbacks > rollbacks_allowed)
        throw NumericalError(fmt::format(
            "training diverged {} times (the loss of a batch is {:.4g}, usual are {:.4g}): lower "
            "learning_rate, and look for structures with wrong energies or forces",
            good_.rollbacks, batch_loss, now_.loss_mean));
    log_.warn(
        "the loss of a batch is {:.4g} (usual are {:.4g}): back to the beginning of epoch {}, "
        "learning rate halved",
        batch_loss, now_.loss_mean, good_.total_epochs + 1);
    now_ = good_;
    std::copy(now_.parameters.begin(), now_.parameters.end(), model_.parameters().begin());
}

Run::End Run::adam_stage(StageOptions const& stage) {
    log_.info("stage {}: adam, {} epochs of {} batches of {} structures", now_.stage + 1,
              stage.epochs, (training_.size() + stage.batch - 1) / stage.batch,
              std::min(stage.batch, training_.size()));
    while (now_.epoch < stage.epochs) {
        auto end = End::done;
        if (adam_epoch_diverged(stage, end)) continue;
        if (end == End::stopped) return end;
        bool const averaged = stage.average > 0.0;
        sync();
        double const rate = now_.rate_factor *
                            learning_rate(stage, now_.adam.steps,
                                          static_cast<long long>(stage.epochs) *
                                              ((training_.size() + stage.batch - 1) / stage.batch));
        auto const parameters = averaged ? now_.adam.average : now_.parameters;
        if (end_epoch(stage, parameters, rate)) break;
    }
    return End::done;
}

bool Run::adam_epoch_diverged(StageOptions const& stage, End& end) {
    auto const options = loss_of(stage);
    int const n = training_.size();
    long long const batches = (n + stage.batch - 1) / stage.batch;
    RandomStream random{options_.seed, "batches", static_cast<std::uint64_t>(now_.total_epochs)};
    auto const order = permutation(n, random);
    while (now_.batch < batches) {
        auto const begin = static_cast<std::size_t>(now_.batch * stage.batch);
        auto const ids = std::span{order}.subspan(
            begin, std::min(static_cast<std::size_t>(stage.batch), order.size() - begin));
        auto total = training_.gradient(comm_, model_, options, ids, flag());
        double const batch_loss = curve_.loss(total.sums);
        if (!is_usable(total, batch_loss)) {
            roll_back(batch_loss);
            return true;
        }
        for (double& g : total.gradient) g /= static_cast<double>(ids.size());
        adam_step(model_, total.gradient, stage,
                  now_.rate_factor * learning_rate(stage, now_.adam.steps, stage.epochs * batches),
                  now_.adam);
        now_.loss_mean =
            now_.loss_mean > 0.0 ? 0.95 * now_.loss_mean + 0.05 * batch_loss : batch_loss;
        for (std::size_t k = 0; k < total.sums.size(); ++k) now_.epoch_sums[k] += total.sums[k];
        ++now_.batch;
        bool const stop = std::fmod(total.flags, checkpoint_flag) > 0.0;
        if (stop || total.flags >= checkpoint_flag) {
            sync();
            write(now_, good_);
        }
        if (stop) {
            end = End::stopped;
            return false;
        }
    }
    return false;
}

bool Run::end_epoch(StageOptions const& stage, std::span<double const> parameters, double rate) {
    now_.batch = 0;
    ++now_.epoch;
    ++now_.total_epochs;
    ++epochs_here_;
    std::vector<double> sums;
    if (validation_ != nullptr) {
        auto validated = model_;
        std::copy(parameters.begin(), parameters.end(), validated.parameters().begin());
        sums = validation_->errors(comm_, validated, options_.loss);
    }
    keep_best(sums, parameters);
    auto const row = curve_.row({now_.total_epochs, now_.stage + 1, now_.adam.steps, rate,
                                 elapsed_before_ + seconds_since(start_)},
                                now_.epoch_sums, sums);
    now_.history.insert(now_.history.end(), row.begin(), row.end());
    tell(stage, sums, rate);
    std::fill(now_.epoch_sums.begin(), now_.epoch_sums.end(), 0.0);
    sync();
    good_ = now_;
    show_curve();
    double const latest = *std::max_element(now_.best_epochs.begin(), now_.best_epochs.end());
    // What passed without progress in the stage before does not count against this one.
    double const waited = std::min(now_.total_epochs - latest, static_cast<double>(now_.epoch));
    bool const over = stage.patience > 0 && waited >= stage.patience;
    if (over)
        log_.info("stage {} ends: no better validation for {} epochs", now_.stage + 1,
                  stage.patience);
    return over;
}

void Run::keep_best(std::span<double const> sums, std::span<double const> parameters) {
    SumLayout const layout{model_};
    for (std::size_t h = 0; h < now_.best_scores.size(); ++h) {
        // A head without labels in the validation set is judged by the training set.
        double score = per_structure(layout, sums, h);
        if (score == 0.0) score = per_structure(layout, now_.epoch_sums, h);
        if (!(score < now_.best_scores[h])) continue;
        now_.best_scores[h] = score;
        now_.best_epochs[h] = now_.total_epochs;
        for (auto const& part : model_.parts())
            if (part.head == static_cast<int>(h))
                std::copy_n(parameters.begin() + part.begin, part.network.parameter_count(),
                            now_.best.begin() + part.begin);
    }
}

void Run::tell(StageOptions const& stage, std::span<double const> sums, double rate) {
    if (seconds_since(last_line_) < 2.0 && now_.epoch < stage.epochs) return;
    last_line_ = Clock::now();
    int left = stage.epochs - now_.epoch;
    for (auto s = static_cast<std::size_t>(now_.stage) + 1; s < options_.stages.size(); ++s)
        left += options_.stages[s].epochs;
    double const per_epoch = seconds_since(start_) / epochs_here_;
    auto const judged = sums.empty() ? std::span<double const>{now_.epoch_sums} : sums;
    log_.info("epoch {}: loss {:.4g}{}; {}; rate {:.1e}; {:.2g} s/epoch, {} left",
              now_.total_epochs, curve_.loss(now_.epoch_sums),
              sums.empty() ? "" : fmt::format(" (validation {:.4g})", curve_.loss(sums)),
              curve_.errors(judged), rate, per_epoch, in_words(per_epoch * left));
}

void Run::show_curve() {
    // Clocks differ from rank to rank, so this must not be collective: rank 0 does it alone.
    if (!comm_.is_root() || seconds_since(last_curve_) < 5.0) return;
    last_curve_ = Clock::now();
    try {
        io::write_text_file(options_.directory / "learning_curve.csv", curve_.csv(now_.history));
    } catch (Error const& error) {
        log_.warn("{} (training goes on)", error.what());
    }
}

void Run::write_curve() {
    io::write_text_file(options_.directory / "learning_curve.csv", curve_.csv(now_.history), comm_);
}

void Run::write(Progress const& now, Progress const& good) {
    auto const begin = Clock::now();
    write_checkpoint(options_.directory, comm_, fingerprint_, {now, good, serial_});
    ++serial_;
    last_checkpoint_ = Clock::now();
    hooks_.checkpoint_took(seconds_since(begin));
}

Model Run::best() const {
    auto model = model_;
    std::copy(now_.best.begin(), now_.best.end(), model.parameters().begin());
    return model;
}

std::string Run::summary(Model const& best) {
    auto& judge = validation_ != nullptr ? *validation_ : training_;
    auto const sums = judge.errors(comm_, best, options_.loss);
    log_.info("best model on the {} set: {}", validation_ != nullptr ? "validation" : "training",
              curve_.errors(sums));
    return fmt::format(
        R"({{"epochs": {}, "seconds": {:.1f}, "ranks": {}, "training_structures": {}, )"
        R"("validation_structures": {}, "judged_on": "{}", "rmse": {}}})",
        now_.total_epochs, elapsed_before_ + seconds_since(start_), comm_.size(), training_.size(),
        validation_ != nullptr ? validation_->size() : 0,
        validation_ != nullptr ? "validation" : "training", curve_.json(sums));
}

}  // namespace kamacite::training

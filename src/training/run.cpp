#include "run.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "kamacite/core/error.hpp"
#include "kamacite/io/atomic_file.hpp"

namespace kamacite::training {
namespace {

double seconds_since(std::chrono::steady_clock::time_point t) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - t).count();
}

std::string in_words(double seconds) {
    if (seconds < 100.0) return fmt::format("{:.0f} s", seconds);
    if (seconds < 6000.0) return fmt::format("{:.0f} min", seconds / 60.0);
    return fmt::format("{:.1f} h", seconds / 3600.0);
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

void Run::sync() {
    auto const w = std::as_const(model_).parameters();
    now_.parameters.assign(w.begin(), w.end());
    now_.elapsed = elapsed_before_ + seconds_since(start_);
}

void Run::keep_good() {
    sync();
    good_ = now_;
    if (optimiser_) good_.optimiser.shared = optimiser_->shared();
}

void Run::go_on_from(Progress const& progress) {
    std::copy(progress.parameters.begin(), progress.parameters.end(), model_.parameters().begin());
    auto const at = static_cast<std::size_t>(progress.stage);
    optimiser_ =
        at < options_.stages.size() ? make_optimiser(options_.stages[at], model_, comm_) : nullptr;
    if (optimiser_ && !progress.optimiser.shared.empty()) optimiser_->restore(progress.optimiser);
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
    go_on_from(now_);
    if (optimiser_)
        log_.info("training goes on after epoch {}", now_.total_epochs);
    else
        log_.info("training has been finished before, after epoch {}", now_.total_epochs);
}

Result::Outcome Run::all_stages() {
    while (optimiser_) {
        auto const end = stage(options_.stages[static_cast<std::size_t>(now_.stage)]);
        if (end == End::stopped) {
            write_curve();
            return Result::Outcome::stopped;
        }
        ++now_.stage;
        begin_stage();
        write();
    }
    write_curve();
    return Result::Outcome::finished;
}

bool Run::end_epoch(StageOptions const& stage, std::span<double const> parameters, double rate) {
    now_.batch = 0;
    now_.usual_loss = std::exchange(now_.largest_loss, 0.0);
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
    auto const row = curve_.row({now_.total_epochs, now_.stage + 1, now_.steps, rate,
                                 elapsed_before_ + seconds_since(start_)},
                                now_.epoch_sums, sums);
    now_.history.insert(now_.history.end(), row.begin(), row.end());
    tell(stage, sums, rate);
    std::fill(now_.epoch_sums.begin(), now_.epoch_sums.end(), 0.0);
    keep_good();
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
        double score = layout.loss_of(sums, static_cast<int>(h));
        if (score == 0.0) score = layout.loss_of(now_.epoch_sums, static_cast<int>(h));
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
    auto const side = [&](char const* name, std::span<double const> its) {
        return its.empty() ? ""
                           : fmt::format("; {}: loss {:.4g}{}, {}", name, curve_.loss(its),
                                         curve_.balance(its), curve_.errors(its));
    };
    log_.info("epoch {}{}{}{}; {:.2g} s/epoch, {} left", now_.total_epochs,
              side("training", now_.epoch_sums), side("validation", sums),
              rate > 0.0 ? fmt::format("; rate {:.1e}", rate) : "", per_epoch,
              in_words(per_epoch * left));
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

void Run::write() {
    auto const begin = Clock::now();
    if (optimiser_) now_.optimiser = optimiser_->state();
    write_checkpoint(options_.directory, comm_, fingerprint_, {now_, good_, serial_});
    ++serial_;
    last_checkpoint_ = Clock::now();
    now_.optimiser = {};
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
    std::string when;
    for (double const epoch : now_.best_epochs)
        when += fmt::format("{}{}", when.empty() ? "" : ", ", epoch);
    log_.info("best model (epoch {}) on the {} set: {}", when,
              validation_ != nullptr ? "validation" : "training", curve_.errors(sums));
    return fmt::format(
        R"({{"epochs": {}, "seconds": {:.1f}, "ranks": {}, "training_structures": {}, )"
        R"("validation_structures": {}, "judged_on": "{}", "best_epochs": [{}], "rmse": {}}})",
        now_.total_epochs, elapsed_before_ + seconds_since(start_), comm_.size(), training_.size(),
        validation_ != nullptr ? validation_->size() : 0,
        validation_ != nullptr ? "validation" : "training", when, curve_.json(sums));
}

}  // namespace kamacite::training

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <set>

#include "commands.hpp"
#include "desk.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/label.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "label_input.hpp"
#include "label_table.hpp"
#include "stop.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using campaign::LabelState;

struct Given {
    std::string input;
    bool once = false;
    double max_hours = 0.0;
    std::vector<std::string> retry;
};

/// Structures on their way to labels. Rank 0 acts, the others write with it.
class Run {
public:
    Run(Context& context, config::LabelOptions const& options, std::string resolved);

    /// One look at everything. \returns whether all is settled. Collective.
    [[nodiscard]] bool tick();
    /// Writes what has labels and is not in the output yet. Collective.
    void seal();
    /// Writes labels.csv, says what there is. \returns the exit code. Collective.
    [[nodiscard]] int finish();
    void retry(std::vector<std::string> const& names);
    [[nodiscard]] std::optional<Desk> const& desk() const noexcept { return desk_; }

private:
    [[nodiscard]] bool worth_sealing(bool settled) const;

    Context* context_;
    config::LabelOptions options_;
    std::string resolved_;
    std::unique_ptr<dft::Engine> engine_;
    std::vector<std::string> keys_;  // in the order of the structures; of rank 0, as all below
    std::set<std::string> stored_;   // in the output
    Wanted wanted_;                  // the others
    std::optional<Desk> desk_;
    std::optional<campaign::Labelling> labelling_;
    Clock::time_point sealed_ = Clock::now();
    JobLine line_;
};

Run::Run(Context& context, config::LabelOptions const& options, std::string resolved)
    : context_{&context},
      options_{options},
      resolved_{std::move(resolved)},
      engine_{config::engine_of(options)} {
    expect_ready(context, options_, *engine_);
    auto const records = structures_of(context.comm, options_.structures);
    auto const level = engine_->level();
    expect_one_level(context.comm, options_.output, level, "the input");
    auto const moments = predicted_moments(context, options_.starts, options_.moments_of, records);
    for (auto const& [key, record] :
         labelled_in(context.comm, std::span{&options_.output, 1}, level))
        stored_.insert(key);
    auto const cached = labelled_in(context.comm, options_.cache, level);
    mpi::all_or_none(context.comm, [&] {
        if (!context.comm.is_root()) return;
        desk_.emplace(options_.directory, options_.jobs, context.log);
        io::write_text_file(options_.directory / "resolved.yaml", resolved_);
        labelling_.emplace(config::labelling_of(options_), *engine_, desk_->queue(),
                           desk_->journal(), options_.directory, context.log);
        std::set<std::string> seen;
        for (std::size_t i = 0; i < records.size(); ++i) {
            auto const key = campaign::label_key(records[i].structure, level);
            if (!seen.insert(key).second) continue;
            keys_.push_back(key);
            if (!stored_.contains(key))
                wanted_.add(*labelling_, key, records[i], cached, moments[i]);
        }
        context.log.info("{} structures: {} have labels in {}, {} in the cache, {} to be computed",
                         keys_.size(), stored_.size(), options_.output.string(),
                         wanted_.taken.size(), wanted_.keys.size() - wanted_.taken.size());
    });
}

bool Run::tick() {
    int settled = 0;
    mpi::all_or_none(context_->comm, [&] {
        if (!context_->comm.is_root()) return;
        desk_->beat();
        labelling_->plan();
        desk_->queue().tick([&](jobs::Ended const& ended) { (void)labelling_->take(ended); });
        auto const census = desk_->queue().census();
        auto const waiting = labelling_->waiting();
        line_.say(context_->log, "", census, waiting);
        expect_possible(*labelling_, census);
        wanted_.expect_few_lost(*labelling_, options_.quarantine);
        settled = waiting == 0 ? 1 : 0;
    });
    context_->comm.broadcast(std::span{&settled, 1});
    int seal_now = worth_sealing(settled == 1) ? 1 : 0;
    context_->comm.broadcast(std::span{&seal_now, 1});
    if (seal_now == 1) seal();
    return settled == 1;
}

bool Run::worth_sealing(bool settled) const {
    constexpr auto long_ago = std::chrono::hours{1};
    return context_->comm.is_root() && (settled || Clock::now() - sealed_ > long_ago);
}

void Run::seal() {
    std::vector<Record> records;
    int some = 0;
    mpi::all_or_none(context_->comm, [&] {
        if (!context_->comm.is_root()) return;
        for (auto const& key : keys_) {
            if (stored_.contains(key)) continue;
            auto record = wanted_.labelled(*labelling_, key);
            if (!record) continue;
            records.push_back(std::move(*record));
            stored_.insert(key);
        }
        some = records.empty() ? 0 : 1;
        write_label_table(options_.directory / "labels.csv", *labelling_, keys_, wanted_.taken,
                          stored_);
    });
    context_->comm.broadcast(std::span{&some, 1});
    sealed_ = Clock::now();
    if (some == 0) return;
    dataset::write(options_.output, context_->comm, records,
                   {"label", resolved_, parents_of(context_->comm, options_.structures), 0});
    context_->log.info("{} structures with their labels written to {}", records.size(),
                       options_.output.string());
    warn_of_mixture(*context_, options_.output);
}

int Run::finish() {
    int lost = 0, labelled = 0;
    for (auto const& key : keys_) ++(stored_.contains(key) ? labelled : lost);
    if (context_->comm.is_root())
        fmt::print("{} of {} structures have labels in {}; {:.3g} node-hours\n", labelled,
                   keys_.size(), options_.output.string(), desk_->queue().census().node_hours);
    lost = context_->comm.all_reduce(mpi::Op::max, lost);
    labelled = context_->comm.all_reduce(mpi::Op::max, labelled);
    if (lost > 0)
        context_->log.warn("{} got none: see {}; --retry tries again", lost,
                           (options_.directory / "labels.csv").string());
    if (labelled == 0)
        throw DataError("no structure got a label: see " +
                        (options_.directory / "labels.csv").string());
    return 0;
}

void Run::retry(std::vector<std::string> const& names) {
    mpi::all_or_none(context_->comm, [&] {
        if (!context_->comm.is_root()) return;
        bool const all = names.size() == 1 && names.front() == "all";
        int found = 0;
        for (auto const& key : keys_) {
            if (stored_.contains(key) || wanted_.taken.contains(key) ||
                labelling_->state(key).kind != LabelState::Kind::quarantined)
                continue;
            if (!all && std::find(names.begin(), names.end(), key) == names.end()) continue;
            labelling_->retry(key);
            ++found;
        }
        context_->log.info("{} structures are tried again", found);
    });
}

int label(Context& context, Given const& given) {
    StopRequest const stop{context.comm, given.max_hours};
    auto const options =
        config::read_options<config::LabelOptions>(given.input, "label", context.comm);
    if (options.structures.empty())
        throw InputError(given.input + ":1: structures: none is named: give one file at least");
    Run run{context, options, config::resolved_input("label", options)};
    if (!given.retry.empty()) run.retry(given.retry);
    while (!run.tick()) {
        if (given.once || stop.agreed()) {
            run.seal();
            context.log.warn("stopped ({}): jobs go on; run it again to go on",
                             given.once ? "--once" : stop.reason());
            return static_cast<int>(ErrorKind::stopped);
        }
        if (out_of_budget(context.comm, run.desk())) {
            run.seal();
            return stopped_by_budget(context.log);
        }
        wait_for_jobs(context.comm, options.jobs, stop);
    }
    return run.finish();
}

}  // namespace

Command label_command() {
    return {"label", "Have structures computed by DFT, as jobs, until each has a label",
            [](Arguments const& arguments) {
                auto const given = std::make_shared<Given>();
                arguments.add("input", given->input, "Input file (YAML)").required();
                arguments.flag("--once", given->once,
                               "Look once, hand over what can be, and end (exit code 75 while "
                               "something is on its way): for cron");
                arguments.add("--retry", given->retry,
                              "Take structures out of quarantine: their keys as in labels.csv, or "
                              "'all'");
                arguments
                    .add("--max-hours", given->max_hours,
                         "Stop before this time is over (exit code 75); jobs go on")
                    .between(0.0, 1e6);
                return [given](Context& context) { return label(context, *given); };
            }};
}

}  // namespace kamacite::apps

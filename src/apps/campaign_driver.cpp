#include "campaign_driver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "campaign_explore.hpp"
#include "campaign_files.hpp"
#include "campaign_status.hpp"
#include "campaign_work.hpp"
#include "data.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/io/exists.hpp"
#include "label_input.hpp"

namespace kamacite::apps {

namespace fs = std::filesystem;

namespace {

/// Whether a command of ours ended because its input is wrong: mended, it is tried again.
bool is_of_input(int exit_code) {
    return exit_code == static_cast<int>(ErrorKind::usage) ||
           exit_code == static_cast<int>(ErrorKind::data) ||
           exit_code == static_cast<int>(ErrorKind::missing) ||
           exit_code == static_cast<int>(ErrorKind::input);
}

bool has_checkpoints(std::string const& task) {
    return task.starts_with("train");
}

}  // namespace

CampaignInputs read_campaign(mpi::Communicator const& comm, std::string const& file) {
    CampaignInputs in;
    in.file = file;
    in.campaign = config::read_options<config::CampaignOptions>(file, "campaign", comm);
    in.label = config::read_options<config::LabelOptions>(in.campaign.label, "label", comm);
    in.train = config::read_options<config::TrainOptions>(in.campaign.train, "train", comm);
    if (!in.campaign.properties.empty())
        in.properties = config::read_options<config::PropertiesOptions>(in.campaign.properties,
                                                                        "properties", comm);
    in.label.jobs = in.campaign.jobs;
    in.label.directory = in.campaign.directory;
    return in;
}

CampaignDriver::CampaignDriver(Context& context, CampaignInputs inputs)
    : context_{&context}, inputs_{std::move(inputs)}, engine_{config::engine_of(inputs_.label)} {
    expect_ready(context, inputs_.label, *engine_);
    begin();
}

/// What the campaign begins with becomes the first segment of its dataset.
void CampaignDriver::begin() {
    auto const& comm = context_->comm;
    auto const& o = inputs_.campaign;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        desk_.emplace(o.directory, o.jobs, context_->log);
        labelling_.emplace(config::labelling_of(inputs_.label), *engine_, desk_->queue(),
                           desk_->journal(), o.directory, context_->log);
        io::write_text_file(o.directory / "resolved.yaml", config::resolved_input("campaign", o));
        reread();
        resume();
    });
    expect_test_level();
    if (!o.other_levels) expect_one_level(comm, dataset_of(o), engine_->level(), o.label.string());
    if (o.data.empty() || io::exists(dataset_of(o), comm)) return;
    auto records = structures_of(comm, o.data);
    mpi::all_or_none(comm,
                     [&] { expect_level(records, inputs_, engine_->level(), context_->log); });
    dataset::write(
        dataset_of(o), comm, records,
        {"campaign", config::resolved_input("campaign", o), parents_of(comm, o.data), 0});
}

/// A campaign that has ended goes on if, by the input as it is now, it would not end.
void CampaignDriver::resume() {
    if (progress_.ended.empty()) return;
    auto const why = std::exchange(progress_.ended, "");
    bool const goes_on = reason_to_end().empty() && !why.starts_with(of_budget());
    progress_.ended = why;
    if (!goes_on) return;
    campaign::record_resumption(desk_->journal());
    reread();
    context_->log.info("the campaign goes on: by {} as it is now, this does not end it: {}",
                       inputs_.file, why);
}

/// Errors on a test set of another level of theory would be differences of the levels.
void CampaignDriver::expect_test_level() {
    auto const& test = inputs_.campaign.test;
    if (test.empty() || !io::exists(test, context_->comm)) return;
    std::set<std::string> levels;
    if (names_dataset(test)) {  // its structures need not be read, at each step of a cron job
        for (auto const& [level, structures] :
             dataset::count_texts(test, context_->comm, dataset::Text::level))
            levels.insert(level);
    } else {
        for (auto const& record : structures_of(context_->comm, std::array{test}))
            levels.insert(record.level);
    }
    mpi::all_or_none(context_->comm, [&] {
        for (auto const& level : levels)
            if (!level.empty())
                expect_level(test.string(), level, inputs_, engine_->level(), context_->log);
    });
}

std::string CampaignDriver::of_budget() const {
    return fmt::format("the budget of {} node-hours covers no other job",
                       inputs_.campaign.jobs.limits.node_hours);
}

/// Nothing more can be handed over: what has labels is stored, and the round goes on when the
/// budget is larger.
void CampaignDriver::end_by_budget() {
    auto const& comm = context_->comm;
    std::vector<Record> records;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root() || stage() != Stage::label) return;
        for (auto const& key : wanted_.keys)
            if (auto record = wanted_.labelled(*labelling_, key))
                records.push_back(std::move(*record));
    });
    store(records);
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        end(fmt::format("{} ({:.3g} were spent): raise jobs.node_hours and run again to go on",
                        of_budget(), desk_->queue().census().node_hours));
    });
}

void CampaignDriver::reread() {
    progress_ = progress_in(inputs_.campaign, desk_->journal().entries());
}

CampaignDriver::Stage CampaignDriver::stage() const {
    if (!progress_.ended.empty()) return Stage::done;
    auto const round = progress_.now();
    if (progress_.current() == 0) return round.chosen ? Stage::label : Stage::choose_first;
    if (!round.trained) return Stage::train;
    if (!round.chosen) return Stage::explore;
    return Stage::label;
}

/// Asked for at each look, not once after each job: killed between the journal's record of the job
/// and that of the end, the next driver has to end the campaign all the same.
std::string CampaignDriver::reason_to_end() const {
    if (progress_.current() == 0 || !progress_.ended.empty() || progress_.resumed) return "";
    auto const round = progress_.now();
    if (round.chosen) return rules_by_candidates(inputs_.campaign, progress_);
    return round.trained ? rules_by_models(inputs_.campaign, progress_) : "";
}

bool CampaignDriver::act(Stage stage) {
    switch (stage) {
        case Stage::choose_first:
            choose_first();
            return true;
        case Stage::train:
            return train();
        case Stage::explore:
            return explore();
        case Stage::label:
            return label();
        case Stage::finish:
            return finish();
        case Stage::done:
            break;
    }
    return false;
}

bool CampaignDriver::look() {
    auto const& comm = context_->comm;
    tick();
    for (;;) {
        int now = 0;
        mpi::all_or_none(comm, [&] {
            if (!comm.is_root()) return;
            now = static_cast<int>(stage());
            auto const why = reason_to_end();
            auto const chosen = progress_.now().chosen;
            // taken out of quarantine after the end: these alone, and then what the rules say
            bool const again = progress_.resumed && !(chosen && chosen->count > 0);
            if (again) now = static_cast<int>(Stage::finish);
            if (why.empty()) return;
            if (progress_.late.empty()) end(why);
            now = static_cast<int>(progress_.late.empty() ? Stage::done : Stage::finish);
        });
        comm.broadcast(std::span{&now, 1});
        if (static_cast<Stage>(now) == Stage::done) return true;
        if (!act(static_cast<Stage>(now))) break;
    }
    tick();  // hands over what has been added
    if (!out_of_budget(comm, desk_)) return false;
    end_by_budget();
    return true;
}

void CampaignDriver::tick() {
    mpi::all_or_none(context_->comm, [&] {
        if (!context_->comm.is_root()) return;
        desk_->beat();
        labelling_->plan();
        desk_->queue().tick([&](jobs::Ended const& ended) {
            if (!labelling_->take(ended)) take_work(ended);
        });
        auto const census = desk_->queue().census();
        line_.say(context_->log, fmt::format("round {}: ", progress_.current()), census,
                  labelling_->waiting());
        if (!wrong_input_.empty()) throw DataError(wrong_input_ + ": mend it and run again");
        expect_possible(*labelling_, census);
    });
}

/// A job of training or exploration has ended.
void CampaignDriver::take_work(jobs::Ended const& ended) {
    auto& effort = progress_.efforts[ended.task];
    if (ended.number <= effort.number) return;  // told before
    bool const done = ended.state == jobs::State::completed;
    constexpr int patience = 20;  // attempts that a full disk or a short time limit may cost
    bool const goes_on =
        ended.exit_code == static_cast<int>(ErrorKind::stopped) ||
        (ended.state == jobs::State::timeout && has_checkpoints(ended.task) &&
         ended.number <= patience) ||
        (ended.exit_code == static_cast<int>(ErrorKind::io) && ended.number <= patience);
    auto const text =
        done ? std::string{}
             : fmt::format("{}: {}", ended.explanation,
                           last_lines_of(desk_->directory() / ended.directory / "attempt.log"));
    campaign::record_work(desk_->journal(), ended.task, ended.number, done, !done && !goes_on,
                          text);
    reread();
    wrong_input_ =
        is_of_input(ended.exit_code) ? fmt::format("{} failed: {}", ended.task, text) : "";
    if (!done) context_->log.warn("{}, attempt {}: {}", ended.task, ended.number, text);
}

/// Has a job made. \returns whether it is done. Of rank 0.
bool CampaignDriver::work(char const* what, std::function<std::string()> const& script) {
    auto const& o = inputs_.campaign;
    auto const task = task_of(what, progress_.current());
    auto const& effort = progress_.efforts[task];
    if (effort.done) return true;
    if (effort.counted >= o.attempts)
        throw DataError(
            fmt::format("{} failed {} times: {}: mend it, then 'campaign retry "
                        "{} {}'",
                        task, effort.counted, effort.text, inputs_.file, task));
    jobs::Attempt attempt;
    attempt.task = task;
    attempt.number = effort.number + 1;
    if (desk_->queue().knows(task, attempt.number)) return false;
    attempt.directory = fs::path{"work"} / fmt::format("{}.{}", task, attempt.number);
    attempt.script = script();
    attempt.resources = config::resources_of(o.jobs, o.size);
    // What has no checkpoints would end at the same time limit again.
    if (!has_checkpoints(task))
        attempt.resources.seconds = std::min(
            std::max(config::seconds_of(inputs_.label.longest), attempt.resources.seconds),
            attempt.resources.seconds * std::pow(inputs_.label.ladder.time_factor, effort.counted));
    desk_->queue().add(attempt, {});
    return false;
}

void CampaignDriver::choose_first() {
    auto const& o = inputs_.campaign;
    auto records = structures_by_recipes(*context_, o, o.first, 0);
    auto const count = static_cast<int>(records.size());
    write_chosen(*context_, o, 0, std::move(records));
    mpi::all_or_none(context_->comm, [&] {
        if (!context_->comm.is_root()) return;
        campaign::record(desk_->journal(), 0, campaign::Chosen{count, count, 1.0, count});
        reread();
    });
}

bool CampaignDriver::train() {
    auto const& comm = context_->comm;
    int done = 0;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        done = work("train", [&] {
            write_training_inputs(inputs_, progress_.current());
            return training_script(inputs_, progress_.current());
        });
    });
    if (comm.all_reduce(mpi::Op::max, done) == 0) return false;
    long long const labels = dataset::size(dataset_of(inputs_.campaign), comm);
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        int const r = progress_.current();
        auto const trained = trained_of(inputs_, r, labels);
        campaign::record(desk_->journal(), r, trained);
        reread();
        write_curve(inputs_.campaign, progress_);
        if (trained.properties.empty() && !inputs_.campaign.properties.empty())
            context_->log.warn("round {}: its model has none of the properties of {}", r,
                               inputs_.campaign.properties.string());
        context_->log.info("round {}: {}", r, described(trained));
    });
    return true;
}

bool CampaignDriver::explore() {
    int done = 0;
    mpi::all_or_none(context_->comm, [&] {
        if (!context_->comm.is_root()) return;
        int const r = progress_.current();
        auto const model = progress_.now().trained->model;
        if (!work("explore", [&] { return exploration_script(inputs_, r, model); })) return;
        auto const chosen = chosen_of(inputs_, r);
        campaign::record(desk_->journal(), r, chosen);
        reread();
        context_->log.info("round {}: {} candidates, {} worth a label, {} chosen", r,
                           chosen.considered, chosen.worth, chosen.count);
        done = 1;
    });
    return context_->comm.all_reduce(mpi::Op::max, done) == 1;
}

void CampaignDriver::end(std::string const& why) {
    campaign::record_end(desk_->journal(), why);
    reread();
    context_->log.info("the campaign has ended: {}", why);
}

std::string CampaignDriver::ended() const {
    return progress_.ended;
}

}  // namespace kamacite::apps

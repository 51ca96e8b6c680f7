#include "kamacite/campaign/labelling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "kamacite/core/error.hpp"
#include "kamacite/formats/level.hpp"
#include "kamacite/io/hash.hpp"
#include "label_track.hpp"

namespace kamacite::campaign {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using json = nlohmann::json;

constexpr auto patience = std::chrono::minutes{10};  // until a hold is looked at again
constexpr int most_holds = 20;                       // of one start, so that a cron job ends

std::string task_of(std::string const& key, std::string const& start) {
    return fmt::format("label-{}-{}", key, start);
}

Step first_step(LabellingOptions const& o) {
    return {0, o.resources.seconds, o.resources.memory, 1};
}

dft::Remedy remedy_of(Step const& step, jobs::Resources const& r) {
    return {step.rung, step.seconds, r.processes};
}

LabelOutcome::Kind kind_of(Decision::Kind kind) {
    switch (kind) {
        case Decision::Kind::retry:
            return LabelOutcome::Kind::retry;
        case Decision::Kind::hold:
            return LabelOutcome::Kind::hold;
        case Decision::Kind::give_up:
            break;
    }
    return LabelOutcome::Kind::give_up;
}

/// What a structure is to be labelled with, and how far that is.
struct Wish {
    Record record;
    std::vector<dft::Start> starts;
};

}  // namespace

std::string label_key(Structure const& s, std::string const& level) {
    io::Hash64 hash;
    for (int k = 0; k < 3; ++k) hash.add(static_cast<int>(s.cell.periodic()[std::size_t(k)]));
    for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b) hash.add(s.cell.rows()(a, b));
    for (int const z : s.species) hash.add(z);
    for (auto const& r : s.positions)
        for (int a = 0; a < 3; ++a) hash.add(r[a]);
    hash.add(level);
    return fmt::format("{:016x}", hash.value());
}

struct Labelling::Book {
    LabellingOptions options;
    dft::Engine const& engine;
    jobs::Queue& queue;
    jobs::Journal& journal;
    fs::path root;
    Logger log;
    std::string level;
    std::map<std::string, Wish> wishes{};
    std::vector<std::string> order{};  // of wishes
    std::map<std::pair<std::string, std::string>, Track> tracks{};
    /// Attempts whose end the queue has told and nobody has judged: of a structure that was not
    /// asked for at that time.
    std::map<std::pair<std::string, int>, jobs::Ended> unread{};
    std::string held{};
    Clock::time_point held_since{};
    bool probing =
        false;  ///< the last outcome was a hold: one calculation tries whether it is gone
    std::string version{};  ///< of the program, as the last label has it

    Track& track(std::string const& key, std::string const& start) {
        auto const [at, is_new] = tracks.try_emplace({key, start});
        if (is_new) at->second.step = first_step(options);
        return at->second;
    }
    void replay();
    void note(LabelOutcome const& outcome);
    void retry(std::string const& key);
    void record(LabelOutcome outcome);
    void begin(std::string const& key, dft::Start const& start);
    void judge_and_record(std::string const& key, dft::Start const& start,
                          jobs::Ended const& ended);
    void release();
    [[nodiscard]] LabelOutcome judge(std::string const& key, dft::Start const& start,
                                     jobs::Ended const& ended);
    [[nodiscard]] dft::Start const* start_of(std::string const& task, std::string* key);
    /// Of the starts that gave labels the one to keep.
    [[nodiscard]] Track const* best(std::string const& key) const;
};

void Labelling::Book::replay() {
    for (auto const& entry : journal.entries()) {
        if (entry.kind == "label.outcome") {
            auto const outcome = LabelOutcome::of(json::parse(entry.json));
            track(outcome.key, outcome.start).add(outcome);
            note(outcome);
        } else if (entry.kind == "label.retry") {
            retry(json::parse(entry.json).at("key"));
        }
    }
    for (auto& ended : jobs::ended_in(journal.entries()))
        if (ended.task.starts_with("label-"))
            unread.insert_or_assign({ended.task, ended.number}, ended);
}

void Labelling::Book::note(LabelOutcome const& outcome) {
    probing = outcome.kind == LabelOutcome::Kind::hold;
    if (outcome.kind == LabelOutcome::Kind::accept && !outcome.version.empty())
        version = outcome.version;
}

void Labelling::Book::retry(std::string const& key) {
    for (auto at = tracks.lower_bound({key, ""}); at != tracks.end() && at->first.first == key;
         ++at)
        if (at->second.phase == Track::Phase::given_up) at->second.restart(first_step(options));
}

void Labelling::Book::record(LabelOutcome outcome) {
    outcome.name = wishes.at(outcome.key).record.name;
    journal.append("label.outcome", outcome.json().dump());
    auto const before = version;
    note(outcome);
    if (!before.empty() && version != before)
        log.warn(
            "{}: labels were made by version {} of the program, and now by {}: see that both give "
            "the same for one structure, or begin another campaign",
            outcome.directory, before, version);
    track(outcome.key, outcome.start).add(outcome);
    auto const shown = outcome.name.empty() ? outcome.key : outcome.name;
    if (outcome.kind == LabelOutcome::Kind::give_up)
        log.warn("{} ({}) gets no label: {}", shown, outcome.start, outcome.text);
    else if (outcome.kind == LabelOutcome::Kind::retry)
        log.info("{} ({}): {}", shown, outcome.start, outcome.text);
}

/// Adds the next attempt of a start to the queue.
void Labelling::Book::begin(std::string const& key, dft::Start const& start) {
    auto& t = track(key, start.name);
    auto const& structure = wishes.at(key).record.structure;
    jobs::Attempt attempt;
    attempt.task = task_of(key, start.name);
    attempt.number = t.number + 1;
    attempt.directory = fs::path{"labels"} / key.substr(0, 2) / key /
                        fmt::format("{}.{}", start.name, attempt.number);
    attempt.resources = options.resources;
    attempt.resources.seconds = t.step.seconds;
    attempt.resources.memory = t.step.memory;
    if (auto const end = unread.extract({attempt.task, attempt.number})) {
        judge_and_record(key, start, end.mapped());
        return;
    }
    if (!queue.knows(attempt.task, attempt.number)) {
        auto const remedy = remedy_of(t.step, options.resources);
        try {
            attempt.script = engine.script(remedy);
            queue.add(attempt, engine.input_files(structure, start, remedy));
        } catch (Error const& e) {
            if (e.kind() == ErrorKind::io) throw;
            LabelOutcome refused{key, start.name, attempt.number, LabelOutcome::Kind::give_up};
            refused.step = t.step;
            refused.text = e.what();
            record(refused);
            return;
        }
    }
    t.phase = Track::Phase::on_way;
}

void Labelling::Book::judge_and_record(std::string const& key, dft::Start const& start,
                                       jobs::Ended const& ended) {
    auto const outcome = judge(key, start, ended);
    record(outcome);
    if (outcome.kind == LabelOutcome::Kind::hold && held.empty()) {
        held = outcome.text;
        held_since = Clock::now();
        log.warn("no new calculation is begun: {}", outcome.text);
    }
    if (held.empty() && track(key, start.name).phase == Track::Phase::to_plan) begin(key, start);
}

/// Looks, now and then, whether what stood in the way of all is gone.
void Labelling::Book::release() {
    if (held.empty() || Clock::now() - held_since < patience) return;
    auto const obstacles = engine.obstacles();
    held_since = Clock::now();
    if (!obstacles.empty()) return;
    held.clear();
    log.info("labelling goes on");
}

dft::Start const* Labelling::Book::start_of(std::string const& task, std::string* key) {
    constexpr std::size_t prefix = 6, digits = 16;  // "label-", the key
    if (!task.starts_with("label-") || task.size() < prefix + digits + 2) return nullptr;
    *key = task.substr(prefix, digits);
    auto const name = task.substr(prefix + digits + 1);
    auto const wish = wishes.find(*key);
    if (wish == wishes.end()) return nullptr;
    for (auto const& start : wish->second.starts)
        if (start.name == name) return &start;
    return nullptr;
}

LabelOutcome Labelling::Book::judge(std::string const& key, dft::Start const& start,
                                    jobs::Ended const& ended) {
    auto const& t = track(key, start.name);
    auto const outcome =
        engine.read(root / ended.directory, wishes.at(key).record.structure, start);
    LabelOutcome result{key, start.name, ended.number};
    result.directory = ended.directory.string();
    result.node_hours = ended.node_hours;
    result.iterations = outcome.iterations;
    result.moment = outcome.total_moment.value_or(0.0);
    result.step = t.step;
    result.version = outcome.version;
    if (outcome.ok()) {
        result.energy = outcome.labels->energy.value_or(0.0);
        result.collapsed = outcome.collapsed;
        result.text = outcome.explanation;
        return result;
    }
    auto const decision = decide(t.step, t.counted + 1, outcome, ended, engine, options.ladder);
    result.kind = kind_of(decision.kind);
    result.step = decision.step;
    result.text = decision.text;
    auto const first = first_step(options);
    bool const raised = t.step.seconds > first.seconds || t.step.memory > first.memory;
    if (ended.state == jobs::State::impossible && raised) {  // what others ask for is granted
        result.kind = LabelOutcome::Kind::give_up;
        result.text += fmt::format("; it asked for {:.3g} h", t.step.seconds / 3600.0);
        if (t.step.memory > first.memory)
            result.text += fmt::format(" and {:.3g} GB", 1e-9 * t.step.memory);
    }
    if (result.kind == LabelOutcome::Kind::hold && t.holds + 1 >= most_holds) {
        result.kind = LabelOutcome::Kind::give_up;
        result.text += fmt::format(", {} times", most_holds);
    }
    return result;
}

Track const* Labelling::Book::best(std::string const& key) const {
    auto const& wish = wishes.at(key);
    std::vector<std::optional<double>> energies;
    for (auto const& start : wish.starts) {
        auto const& t = tracks.at({key, start.name});
        bool const is_there = t.phase == Track::Phase::accepted;
        energies.push_back(is_there ? std::optional{t.last.energy} : std::nullopt);
    }
    auto const lowest = dft::lowest_of(energies, wish.record.structure.positions.size());
    return lowest ? &tracks.at({key, wish.starts[*lowest].name}) : nullptr;
}

Labelling::Labelling(LabellingOptions options, dft::Engine const& engine, jobs::Queue& queue,
                     jobs::Journal& journal, fs::path root, Logger const& log)
    : book_{new Book{std::move(options), engine, queue, journal, std::move(root), log,
                     engine.level()}} {
    book_->replay();
}

Labelling::~Labelling() = default;

std::string Labelling::want(Record const& record, std::vector<double> const& predicted) {
    auto& b = *book_;
    auto const key = label_key(record.structure, b.level);
    if (b.wishes.contains(key)) return key;
    auto starts =
        dft::magnetic_starts(record.structure, b.options.starts, b.options.moments, predicted);
    // a start that a structure does not have, such as antiferromagnetic in a cell of one atom
    if (starts.empty()) starts = {dft::ferromagnetic_start(record.structure, b.options.moments)};
    for (auto const& start : starts) (void)b.track(key, start.name);
    b.wishes.emplace(key, Wish{record, std::move(starts)});
    b.order.push_back(key);
    return key;
}

void Labelling::plan() {
    auto& b = *book_;
    b.release();
    if (!b.held.empty()) return;
    auto const on_way = std::ranges::count_if(
        b.tracks, [](auto const& item) { return item.second.phase == Track::Phase::on_way; });
    bool tried = on_way > 0;
    for (auto const& key : b.order)
        for (auto const& start : b.wishes.at(key).starts) {
            auto const& t = b.track(key, start.name);
            if (t.phase != Track::Phase::to_plan) continue;
            if (b.probing && tried && !b.queue.knows(task_of(key, start.name), t.number + 1))
                continue;
            b.begin(key, start);
            tried = true;
        }
}

bool Labelling::take(jobs::Ended const& ended) {
    auto& b = *book_;
    if (!ended.task.starts_with("label-")) return false;
    std::string key;
    auto const* const start = b.start_of(ended.task, &key);
    if (start == nullptr)  // it may be asked for again
        b.unread.insert_or_assign({ended.task, ended.number}, ended);
    else if (ended.number > b.track(key, start->name).number)  // else it was told before
        b.judge_and_record(key, *start, ended);
    return true;
}

bool Labelling::knows(std::string const& key) const {
    return book_->wishes.contains(key);
}

Record const& Labelling::wish(std::string const& key) const {
    return book_->wishes.at(key).record;
}

LabelState Labelling::state(std::string const& key) const {
    auto const& b = *book_;
    LabelState s;
    bool open = false;
    Track const* lost = nullptr;
    for (auto const& start : b.wishes.at(key).starts) {
        auto const& t = b.tracks.at({key, start.name});
        if (t.phase == Track::Phase::given_up) lost = &t;
        s.attempts += t.number;
        s.node_hours += t.node_hours;
        open = open || t.phase == Track::Phase::to_plan || t.phase == Track::Phase::on_way;
        if (s.text.empty()) s.text = t.last.text;
    }
    if (open) return s;
    auto const* const best = b.best(key);
    bool const known = best != nullptr && (lost == nullptr || b.options.incomplete);
    s.kind = known ? LabelState::Kind::labelled : LabelState::Kind::quarantined;
    if (best != nullptr && !known)
        s.text = fmt::format("start {} gave no label ({}): the lowest state is not known",
                             lost->last.start, lost->last.text);
    if (!known) return s;
    s.text = best->last.text;
    s.start = best->last.start;
    s.collapsed = best->last.collapsed;
    s.iterations = best->last.iterations;
    s.total_moment = best->last.moment;
    s.version = best->last.version;
    return s;
}

std::optional<Record> Labelling::labelled(std::string const& key) const {
    auto const& b = *book_;
    if (state(key).kind != LabelState::Kind::labelled) return std::nullopt;
    auto const& wish = b.wishes.at(key);
    auto const& kept = b.best(key)->last;
    auto const start = std::find_if(wish.starts.begin(), wish.starts.end(),
                                    [&](auto const& s) { return s.name == kept.start; });
    auto const directory = b.root / kept.directory;
    auto outcome = b.engine.read(directory, wish.record.structure, *start);
    constexpr double rounding = 1e-12;
    if (!outcome.ok() || !(std::abs(outcome.labels->energy.value_or(0.0) - kept.energy) <=
                           rounding * std::abs(kept.energy)))
        throw DataError(fmt::format(
            "{}: the output is not what it was when it was read first ({}): put it "
            "back, or begin again in another directory",
            directory.string(),
            outcome.ok() ? fmt::format("energy {} eV, then {} eV",
                                       outcome.labels->energy.value_or(0.0), kept.energy)
                         : outcome.explanation));
    auto record = wish.record;
    auto const given = std::move(record.labels.properties);
    record.labels = std::move(*outcome.labels);
    record.labels.properties.insert(given.begin(), given.end());  // conditions, such as temperature
    record.level = formats::with_version(b.level, kept.version);
    return record;
}

void Labelling::retry(std::string const& key) {
    auto& b = *book_;
    b.journal.append("label.retry", json{{"key", key}}.dump());
    b.retry(key);
}

int Labelling::waiting() const {
    return static_cast<int>(std::count_if(
        book_->order.begin(), book_->order.end(),
        [&](auto const& key) { return state(key).kind == LabelState::Kind::waiting; }));
}

std::string const& Labelling::held() const {
    return book_->held;
}

}  // namespace kamacite::campaign

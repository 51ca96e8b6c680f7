#include "kamacite/jobs/queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>

#include "attempt_files.hpp"
#include "command.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "queue_book.hpp"
#include "queue_judge.hpp"
#include "queue_submit.hpp"

namespace kamacite::jobs {

namespace fs = std::filesystem;

namespace {
/// Fit for names of jobs, files and directories alike.
[[maybe_unused]] bool is_name(std::string const& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
    });
}
}  // namespace

struct Queue::Parts {
    fs::path root;
    std::string campaign;
    Book book;
    std::unique_ptr<Scheduler> scheduler;
    Limits limits;
    std::string setup;
    Logger log;
    std::string held{};
    double not_before = 0.0;
    int array = limits.array;  ///< tasks of the next one: fewer while the scheduler has no room
    bool was_silent = false;

    [[nodiscard]] Answer ask();
    void adopt(Answer const& answer);
    [[nodiscard]] std::optional<Ended> settle(Item& item, Answer const& answer);
    std::optional<Ended> give_up(Item& item, Verdict const& verdict);
    void cancel(Item const& item);
    void cancel_job(Job& job);
    void submit();
    /// Hands over one batch; false if no more can be now.
    /// \param passed_over  resources that were refused a moment ago
    bool submit_one(std::vector<Resources>& passed_over);
    void hold(std::string const& why);
};

Queue::Queue(fs::path directory, std::string campaign, Journal& journal,
             std::unique_ptr<Scheduler> scheduler, Limits const& limits, std::string setup,
             Logger const& log)
    : parts_{new Parts{fs::absolute(directory).lexically_normal(), campaign,
                       Book{journal, campaign}, std::move(scheduler), limits, std::move(setup),
                       log}} {
    KAMACITE_EXPECTS(is_name(campaign));
}

Queue::~Queue() = default;

void Queue::add(Attempt const& attempt, std::map<std::string, std::string> const& files) {
    KAMACITE_EXPECTS(is_name(attempt.task) && attempt.directory.is_relative());
    if (knows(attempt.task, attempt.number)) return;
    auto const directory = parts_->root / attempt.directory;
    // Whatever is there without being in the journal is of an add() that was cut off: nobody ran
    // it.
    std::error_code absent;
    for (auto const& entry : fs::directory_iterator{directory, absent})
        if (entry.path().filename().string().starts_with("claim."))
            throw InputError(
                fmt::format("{}: jobs of another campaign have been here, which this "
                            "journal does not know: choose another directory",
                            directory.string()));
    fs::remove_all(directory, absent);
    auto all = files;
    all["attempt.sh"] = attempt.script + "\n";
    io::write_text_directory(directory, all);
    parts_->book.record("job.added", {{"task", attempt.task},
                                      {"number", attempt.number},
                                      {"directory", attempt.directory.string()},
                                      {"resources", json_of(attempt.resources)}});
}

bool Queue::knows(std::string const& task, int number) const {
    return parts_->book.items.contains({task, number});
}

void Queue::tick(std::function<void(Ended const&)> const& ended) {
    auto& p = *parts_;
    auto const answer = p.ask();
    p.adopt(answer);
    std::vector<Key> open;
    for (auto const& [key, item] : p.book.items)
        if (item.phase == Phase::handed_over ||
            (item.phase == Phase::planned &&
             (item.cancelled || item.refusals >= p.limits.refusals)))
            open.push_back(key);
    for (auto const& key : open) {
        std::optional<Ended> end;
        try {
            end = p.settle(p.book.items.at(key), answer);
        } catch (SystemError const& e) {  // nothing is concluded while the disk is full
            p.hold(e.what());
            return;
        }
        if (!end) continue;
        ended(*end);  // may add attempts
        p.book.record_ended(*end);
    }
    try {
        p.book.record_watches();
    } catch (SystemError const& e) {
        p.hold(e.what());
        return;
    }
    p.submit();
}

Census Queue::census() const {
    Census census;
    for (auto const& [key, item] : parts_->book.items) {
        if (item.phase == Phase::planned) ++census.planned;
        if (item.phase == Phase::handed_over) ++(item.runs ? census.running : census.pending);
    }
    census.node_hours = parts_->book.spent;
    census.node_hours_committed = parts_->book.committed();
    census.held = parts_->held;
    return census;
}

void Queue::cancel_all() {
    parts_->book.record("job.cancel_all", nlohmann::ordered_json::object());
    for (auto& [name, job] : parts_->book.jobs) parts_->cancel_job(job);
}

Answer Queue::Parts::ask() {
    if (book.jobs.empty()) return Answer{std::vector<Status>{}};
    auto answer = scheduler->ask(campaign + "-");
    if (!answer && !was_silent) log.warn("{} does not answer; waiting for it", scheduler->name());
    if (answer && was_silent) log.info("{} answers again", scheduler->name());
    was_silent = !answer;
    return Answer{std::move(answer)};
}

/// Jobs whose receipt was lost, with this program's last life or on the way, are in the queue under
/// their names.
void Queue::Parts::adopt(Answer const& answer) {
    for (auto const& [name, job] : book.jobs) {
        auto const id = job.id.empty() ? answer.id_of(name) : "";
        if (id.empty()) continue;
        log.info("job {} ({}) was handed over before its number was known: adopted", id, name);
        book.record("job.submitted", {{"name", name}, {"id", id}, {"adopted", true}});
    }
}

std::optional<Ended> Queue::Parts::settle(Item& item, Answer const& answer) {
    if (item.phase == Phase::planned && item.cancelled)
        return never_ran(item, jobs::State::cancelled, "the campaign was cancelled");
    if (item.phase == Phase::planned)
        return never_ran(item, jobs::State::impossible,
                         fmt::format("refused {} times: {}", item.refusals, item.refused));
    auto const& job = book.jobs.at(item.job);
    auto verdict = judge(item, job, root, answer, limits.grace);
    switch (verdict.kind) {
        case Verdict::Kind::wait:
            if (item.cancelled) cancel_job(book.jobs.at(item.job));
            return std::nullopt;
        case Verdict::Kind::ended:
            return verdict.ended;
        case Verdict::Kind::lost:
            return give_up(item, verdict);
        case Verdict::Kind::impossible:
            break;
    }
    cancel(item);
    // It may have begun nevertheless, a moment ago.
    auto const claim = take_claim(root / item.attempt.directory, item.generation);
    if (claim.owner != "queue") return std::nullopt;
    return never_ran(
        item, jobs::State::impossible,
        fmt::format("it would never start ({}): ask for less, or for another partition",
                    verdict.reason));
}

std::optional<Ended> Queue::Parts::give_up(Item& item, Verdict const& verdict) {
    if (item.cancelled) {
        auto end = never_ran(item, jobs::State::cancelled, verdict.reason);
        end.node_hours = verdict.node_hours;
        return end;
    }
    if (item.generation >= limits.resubmissions) {
        auto end = never_ran(item, jobs::State::node_failed,
                             fmt::format("given up after {} submissions; the last one: {}",
                                         item.generation + 1, verdict.reason));
        end.node_hours = verdict.node_hours;
        return end;
    }
    log.warn("{}, attempt {}: handed over anew: {}", item.attempt.task, item.attempt.number,
             verdict.reason);
    // A job that waits held after a failed launch would stay for ever. One that works off other
    // attempts too may be of use yet; it finds this one taken.
    if (verdict.still_listed && book.jobs.at(item.job).size == book.jobs.at(item.job).tasks)
        cancel(item);
    book.record_lost(item, verdict.reason, verdict.node_hours);
    return std::nullopt;
}

void Queue::Parts::cancel(Item const& item) {
    auto const& job = book.jobs.at(item.job);
    if (job.id.empty()) return;
    scheduler->cancel(job.tasks > 1 ? fmt::format("{}_{}", job.id, item.task) : job.id, job.name);
}

/// All of it; again and again, but not at every tick.
void Queue::Parts::cancel_job(Job& job) {
    if (job.id.empty() || now() - job.cancelled_at < limits.patience) return;
    job.cancelled_at = now();
    scheduler->cancel(job.id, job.name);
}

void Queue::Parts::hold(std::string const& why) {
    if (held != why) log.warn("nothing more is submitted: {}", why);
    held = why;
}

void Queue::Parts::submit() {
    if (now() < not_before) return;
    std::vector<Resources> passed_over;
    try {
        while (submit_one(passed_over)) {
        }
        if (!passed_over.empty()) not_before = now() + limits.patience;
    } catch (SystemError const& e) {  // the disk: what runs goes on, and so does what was submitted
        not_before = now() + limits.patience;
        hold(e.what());
    }
}

bool Queue::Parts::submit_one(std::vector<Resources>& passed_over) {
    if (static_cast<int>(book.jobs.size()) >= limits.jobs) {
        held.clear();
        return false;
    }
    std::optional<double> affordable;
    if (limits.node_hours > 0.0) affordable = limits.node_hours - book.spent - book.committed();
    auto const batch = next_batch(book, limits, std::min(array, scheduler->largest_array()),
                                  affordable, passed_over);
    if (!batch) {
        if (passed_over.empty()) held.clear();
        return false;
    }
    if (batch->tasks.empty()) {
        hold(fmt::format(
            "the budget of {} node hours does not cover another job with its time limit "
            "({:.3f} spent, {:.3f} committed): "
            "raise it to go on",
            limits.node_hours, book.spent, book.committed()));
        return false;
    }
    if (!scheduler->has_room(batch->resources)) {
        held.clear();
        return false;
    }
    auto const name = fresh_name(campaign, book.next_batch, root);
    auto const receipt = hand_over(book, *batch, name, root, setup, *scheduler);
    using enum Receipt::Kind;
    if (receipt.kind == later || receipt.kind == refused)
        hold(fmt::format("{}: {}", scheduler->name(), receipt.message));
    if (receipt.kind == refused) {  // what others ask for may be granted
        passed_over.push_back(batch->tasks.front().front()->attempt.resources);
        return true;
    }
    if (receipt.kind == later) {  // it counts the tasks of arrays: fewer may have room
        array = batch->job.tasks / 2;
        if (array > 0) return true;
        array = 1;
        not_before = now() + limits.patience;
        return false;
    }
    array = std::min(limits.array, 2 * std::max(array, 1));
    if (passed_over.empty()) held.clear();
    if (receipt.kind == unknown)
        log.warn("job {}: no clear receipt ({}); it is looked for by its name", name,
                 receipt.message);
    return true;
}

}  // namespace kamacite::jobs

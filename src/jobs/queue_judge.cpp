#include "queue_judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "attempt_files.hpp"
#include "command.hpp"

namespace kamacite::jobs {
namespace {

using Kind = Verdict::Kind;

constexpr int answers = 3;  // without a job before it counts as lost, a quarter of the grace apart

/// Everything about one attempt at one time.
class Case {
public:
    Case(Item& item, Job const& job, std::filesystem::path const& root, Answer const& answer,
         double grace)
        : item_{item},
          job_{job},
          directory_{root / item.attempt.directory},
          answer_{answer},
          grace_{grace},
          // files of other nodes may be seen late: NFS keeps what it knows of a directory for 60 s
          settling_{std::min(grace, 60.0)} {}

    Verdict judge();

private:
    Verdict by_sentinel();
    Verdict by_status(Status const& status);
    Verdict by_absence();
    [[nodiscard]] Verdict ended(State state, std::string const& explanation) const;
    [[nodiscard]] Verdict lost(std::string const& reason) const;
    [[nodiscard]] double seconds() const;
    [[nodiscard]] double charged() const;
    [[nodiscard]] std::vector<std::string> runs() const;
    [[nodiscard]] Status const* status() const;
    bool has_settled();

    Item& item_;
    Job const& job_;
    std::filesystem::path directory_;
    Answer const& answer_;
    double grace_, settling_;
    std::optional<Claim> claim_;
    std::optional<Sentinel> sentinel_;
};

/// What is known of the job that has the claim, which after a lost reply may be another than the
/// one that was asked for last.
Status const* Case::status() const {
    if (claim_ && claim_->owner != "queue") {
        auto const space = claim_->owner.rfind(' ');
        int task = 0;
        auto const* const end = claim_->owner.data() + claim_->owner.size();
        if (space != std::string::npos &&
            std::from_chars(claim_->owner.data() + space + 1, end, task).ec == std::errc{})
            return answer_.find(claim_->owner.substr(0, space), task);
    }
    return answer_.find(item_.job, item_.task);
}

double Case::seconds() const {
    if (sentinel_) return std::max(0.0, sentinel_->end - sentinel_->begin);
    if (!claim_ || claim_->owner == "queue") return 0.0;
    auto const* const known = status();
    double const most = item_.attempt.resources.seconds;
    if (known != nullptr && known->seconds > 0.0) return std::min(known->seconds, most);
    return claim_->time > 0.0 ? std::clamp(now() - claim_->time, 0.0, most) : 0.0;
}

/// The directories of its runs, more than one of a job that was requeued.
std::vector<std::string> Case::runs() const {
    std::vector<std::string> names;
    std::error_code unreadable;
    for (auto const& entry : std::filesystem::directory_iterator{directory_, unreadable}) {
        auto name = entry.path().filename().string();
        if (name.starts_with(fmt::format("run.{}.", item_.generation)))
            names.push_back(std::move(name));
    }
    std::ranges::sort(names, {}, [](auto const& name) { return std::pair{name.size(), name}; });
    return names;
}

/// Of all runs of a job that was requeued: from the claim of the first, waiting in the queue
/// included, since how long the others ran is not written down; each has its limit.
double Case::charged() const {
    auto const n = static_cast<double>(runs().size());
    if (!claim_ || claim_->owner == "queue") return seconds();
    if (n < 2.0 || !(claim_->time > 0.0)) return std::max(1.0, seconds());  // times are whole
    double const end = sentinel_ ? sentinel_->end : now();
    return std::max(seconds(), std::min(end - claim_->time, n * item_.attempt.resources.seconds));
}

Verdict Case::ended(State state, std::string const& explanation) const {
    Ended e{item_.attempt.task, item_.attempt.number, item_.attempt.directory, state};
    e.job = job_.id;
    e.seconds = seconds();
    e.node_hours = Book::cost(job_, charged());
    e.explanation = explanation;
    if (sentinel_) {
        e.exit_code = sentinel_->exit_code;
        e.signal = e.exit_code > 128 ? e.exit_code - 128 : 0;
        e.node = sentinel_->node;
        e.directory /= sentinel_->run;
        if (!sentinel_->job.empty()) e.job = sentinel_->job;
    } else if (claim_ && claim_->owner != "queue") {
        auto const where = runs();
        if (!where.empty()) e.directory /= where.back();
    }
    return {Kind::ended, e, explanation};
}

Verdict Case::lost(std::string const& reason) const {
    return {Kind::lost,
            {},
            reason,
            Book::cost(job_, charged()),
            answer_.find(item_.job, item_.task) != nullptr};
}

bool Case::has_settled() {
    auto& since = item_.watch.over_since;
    if (since == 0.0) since = now();
    return now() - since >= settling_;
}

Verdict Case::judge() {
    sentinel_ = read_sentinel(directory_, item_.generation);
    claim_ = read_claim(directory_, item_.generation);
    if (sentinel_ && !sentinel_->told) return by_sentinel();
    if (!answer_.came()) return {};
    auto const* const known = status();
    if (known == nullptr) return by_absence();
    item_.watch.missing_since = item_.watch.missed_at = 0.0;
    item_.watch.missing_answers = 0;
    return by_status(*known);
}

Verdict Case::by_sentinel() {
    auto const* const known = status();
    int const code = sentinel_->exit_code;
    if (code != 0 && job_.size == job_.tasks && answer_.came()) {
        // Why it failed the scheduler may know better, a moment later.
        bool const may_know_more = known != nullptr && !has_ended(known->state);
        if (may_know_more && !has_settled()) return {};
        if (known != nullptr && known->state == State::out_of_memory)
            return ended(State::out_of_memory, "the scheduler: " + known->reason);
    }
    if (code == 0) return ended(State::completed, "it ended of itself");
    if (sentinel_->out_of_time) return ended(State::timeout, "cut off at its own time limit");
    return ended(State::failed, code > 128 ? fmt::format("ended by signal {}", code - 128)
                                           : fmt::format("exit code {}", code));
}

Verdict Case::by_status(Status const& known) {
    item_.runs = known.state == State::running;
    if (known.state == State::impossible)  // not at once: it may be so while nodes are down
        return has_settled() ? Verdict{Kind::impossible, {}, known.reason} : Verdict{};
    if (!has_ended(known.state)) {
        item_.watch.over_since = 0.0;
        // crashed after claiming: that job will do nothing
        if (claim_ && claim_->owner == "queue") return lost("taken back before it began");
        return {};
    }
    if (!has_settled()) return {};
    auto const what = fmt::format("the scheduler: {}{}", name_of(known.state),
                                  known.reason.empty() ? "" : " (" + known.reason + ")");
    claim_ = take_claim(directory_, item_.generation);
    if (claim_->owner == "queue") {
        if (known.state == State::cancelled) return ended(State::cancelled, what);
        return lost(what + ", before it began");
    }
    switch (known.state) {
        case State::node_failed:
            return lost(what);
        case State::completed:
        case State::failed:
            // by nobody that the scheduler knows: a node that went down, or was rebooted
            if (sentinel_) return lost(what + "; it was told to end");
            return ended(State::failed, what +
                                            "; its end was not written down: a full disk, or "
                                            "the script was killed");
        default:
            return ended(known.state, what);
    }
}

Verdict Case::by_absence() {
    item_.runs = false;
    auto& watch = item_.watch;
    if (watch.missing_since == 0.0) watch.missing_since = now();
    // The looks of two processes may be a night apart, and the scheduler have begun a moment ago.
    if (watch.missing_answers < answers && now() - watch.missed_at >= grace_ / 4.0) {
        watch.missed_at = now();
        ++watch.missing_answers;
    }
    if (now() - watch.missing_since < grace_ || watch.missing_answers < answers) return {};
    claim_ = take_claim(directory_, item_.generation);
    if (claim_->owner == "queue") return lost("the scheduler does not know it, and it never began");
    if (sentinel_ && seconds() >= 0.9 * item_.attempt.resources.seconds)
        return ended(State::timeout, "told to end, near its time limit");
    return lost(sentinel_ ? "it was told to end, and the scheduler does not know why"
                          : "it began, has not ended, and the scheduler does not know it");
}

}  // namespace

Answer::Answer(std::optional<std::vector<Status>> answer) : came_{answer.has_value()} {
    if (!came_) return;
    for (auto& status : *answer) {
        std::pair key{status.name, status.task};
        statuses_.insert_or_assign(std::move(key), std::move(status));
    }
}

Status const* Answer::find(std::string const& name, int task) const {
    auto const found = statuses_.find({name, task});
    return found == statuses_.end() ? nullptr : &found->second;
}

std::string Answer::id_of(std::string const& name) const {
    auto const found = statuses_.lower_bound({name, 0});
    return found != statuses_.end() && found->first.first == name ? found->second.id : "";
}

Verdict judge(Item& item, Job const& job, std::filesystem::path const& root, Answer const& answer,
              double grace) {
    return Case{item, job, root, answer, grace}.judge();
}

Ended never_ran(Item const& item, State state, std::string const& explanation) {
    Ended e{item.attempt.task, item.attempt.number, item.attempt.directory, state};
    e.explanation = explanation;
    return e;
}

}  // namespace kamacite::jobs

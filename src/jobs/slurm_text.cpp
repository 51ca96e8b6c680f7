#include "kamacite/jobs/slurm_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace kamacite::jobs {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0;;) {
        auto const end = text.find(separator, begin);
        parts.push_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
        if (end == std::string_view::npos) return parts;
        begin = end + 1;
    }
}

std::optional<int> number(std::string_view text) {
    int value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return value;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

template <std::size_t n>
bool contains_any(std::string_view text, std::array<std::string_view, n> const& parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](auto const& part) { return contains(text, part); });
}

/// The newest status of each task of each name.
class Newest {
public:
    void add(std::string_view tasks, Status status, std::string_view submitted) {
        std::vector<int> all{0};
        if (tasks != "N/A" && !tasks.empty()) all = slurm_tasks(tasks);
        for (int const task : all) {
            status.task = task;
            auto& [time, known] = rows_[{status.name, task}];
            if (submitted < time) continue;  // ISO 8601
            time = submitted;
            known = status;
        }
    }
    [[nodiscard]] std::vector<Status> all() const {
        std::vector<Status> result;
        for (auto const& [key, row] : rows_) result.push_back(row.second);
        return result;
    }

private:
    std::map<std::pair<std::string, int>, std::pair<std::string, Status>> rows_;
};

}  // namespace

State slurm_state(std::string_view word, std::string_view reason) {
    static constexpr std::array<std::string_view, 10> never{"DependencyNeverSatisfied",
                                                            "PartitionConfig",
                                                            "PartitionNodeLimit",
                                                            "PartitionTimeLimit",
                                                            "BadConstraints",
                                                            "AccountNotAllowed",
                                                            "QOSNotAllowed",
                                                            "InvalidAccount",
                                                            "InvalidQOS",
                                                            "InvalidPartition"};
    static constexpr std::array<std::pair<std::string_view, State>, 20> states{{
        {"PENDING", State::pending},
        {"CONFIGURING", State::pending},
        {"REQUEUED", State::pending},
        {"REQUEUE_FED", State::pending},
        {"REQUEUE_HOLD", State::pending},
        {"SPECIAL_EXIT", State::pending},
        {"RESV_DEL_HOLD", State::pending},
        {"RUNNING", State::running},
        {"COMPLETING", State::running},
        {"SUSPENDED", State::running},
        {"COMPLETED", State::completed},
        {"FAILED", State::failed},
        {"TIMEOUT", State::timeout},
        {"DEADLINE", State::timeout},
        {"OUT_OF_MEMORY", State::out_of_memory},
        {"NODE_FAIL", State::node_failed},
        {"BOOT_FAIL", State::node_failed},
        {"PREEMPTED", State::node_failed},
        {"REVOKED", State::node_failed},
        {"CANCELLED", State::cancelled},
    }};
    word = word.substr(0, word.find_first_of(" +"));  // "CANCELLED by 0", "CANCELLED+"
    for (auto const& [name, state] : states) {
        if (name != word) continue;
        bool const hopeless =
            word == "PENDING" && std::find(never.begin(), never.end(), reason) != never.end();
        // "launch failed requeued held": it waits for a person, and never began
        if (word == "PENDING" && contains(reason, "launch failed")) return State::node_failed;
        return hopeless ? State::impossible : state;
    }
    return State::running;
}

std::vector<int> slurm_tasks(std::string_view ranges) {
    std::vector<int> tasks;
    ranges = ranges.substr(0, ranges.find('%'));
    for (auto const range : split(ranges, ',')) {
        auto const step_at = range.find(':');
        auto const ends = split(range.substr(0, step_at), '-');
        auto const first = number(ends.front());
        auto const last = number(ends.back());
        if (!first || !last) continue;
        int const step = step_at == std::string_view::npos
                             ? 1
                             : std::max(1, number(range.substr(step_at + 1)).value_or(1));
        for (int task = *first; task <= *last; task += step) tasks.push_back(task);
    }
    return tasks;
}

double slurm_duration(std::string_view text) {
    if (text == "infinite" || text == "UNLIMITED") return std::numeric_limits<double>::infinity();
    double days = 0.0;
    if (auto const dash = text.find('-'); dash != std::string_view::npos) {
        days = number(text.substr(0, dash)).value_or(0);
        text.remove_prefix(dash + 1);
    }
    double seconds = 0.0;
    for (auto const part : split(text, ':')) {
        auto const value = number(part);
        if (!value) return 0.0;
        seconds = 60.0 * seconds + *value;
    }
    return 86400.0 * days + seconds;
}

std::vector<Status> parse_squeue(std::string_view text, std::string_view prefix) {
    Newest rows;
    for (auto const line : split(text, '\n')) {
        auto const f = split(line, '|');
        if (f.size() != 7 || !f[6].starts_with(prefix)) continue;
        rows.add(f[1],
                 {std::string{f[6]}, std::string{f[0]}, 0, slurm_state(f[2], f[5]),
                  std::string{f[5] == "None" ? f[2] : f[5]}, slurm_duration(f[4])},
                 f[3]);
    }
    return rows.all();
}

std::vector<Status> parse_sacct(std::string_view text, std::string_view prefix) {
    Newest rows;
    for (auto const line : split(text, '\n')) {
        auto const f = split(line, '|');
        if (f.size() != 6 || !f[5].starts_with(prefix)) continue;
        auto const id = f[0].substr(0, f[0].find('_'));
        auto tasks = f[0].substr(std::min(f[0].size(), id.size() + 1));
        if (tasks.starts_with('[')) tasks = tasks.substr(1, tasks.find(']') - 1);
        rows.add(tasks,
                 {std::string{f[5]}, std::string{id}, 0, slurm_state(f[1], ""),
                  std::string{f[1]} + " " + std::string{f[2]},
                  static_cast<double>(number(f[4]).value_or(0))},
                 f[3]);
    }
    return rows.all();
}

std::vector<Status> merged(std::vector<Status> first, std::vector<Status> const& second) {
    std::map<std::pair<std::string, int>, bool> known;
    for (auto const& s : first) known[{s.name, s.task}] = true;
    for (auto const& s : second)
        if (has_ended(s.state) && !known.contains({s.name, s.task})) first.push_back(s);
    return first;
}

Receipt parse_sbatch(int code, std::string const& out, std::string const& err) {
    using enum Receipt::Kind;
    if (code == 0) {
        auto line = std::string_view{out}.substr(0, out.find('\n'));
        line = line.substr(0, line.find(';'));  // of several clusters: "17;name"
        if (number(line)) return {accepted, std::string{line}, err};
        return {unknown, "", "sbatch printed no id: " + out + err};
    }
    // It may be in the queue although no answer came.
    static constexpr std::array<std::string_view, 9> silent{
        "Unable to contact",  "Socket timed out",   "Zero Bytes",
        "onnection",          "Transport endpoint", "timed out",
        "Unexpected message", "slurm_receive_msg",  "Communication"};
    static constexpr std::array<std::string_view, 6> limits{
        "SubmitJob",        "Resource temporarily unavailable", "temporarily unable to accept",
        "job submit limit", "Maximum number of jobs",           "MaxJobCount"};
    if (contains_any(err, limits) && !contains(err, "PerJobLimit")) return {later, "", err};
    if (contains_any(err, silent)) return {unknown, "", err};
    bool const certain = contains(err, "submission failed") || contains(err, "invalid") ||
                         contains(err, "Invalid") || contains(err, "unrecognized") ||
                         contains(err, "Unable to open file");
    return {certain ? refused : unknown, "", err};
}

}  // namespace kamacite::jobs

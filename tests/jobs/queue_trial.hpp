#pragma once
// A queue on a scheduler that does what the test says.
#include <fmt/format.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/temporary.hpp"
#include "kamacite/jobs/queue.hpp"

namespace kamacite::test {

using jobs::Attempt;
using jobs::Ended;
using jobs::Receipt;
using jobs::State;

/// What a scheduler does is said by the test; it outlives the queue.
struct Script {
    std::function<Receipt(jobs::Submission const&)> on_submit = [this](auto const& s) {
        return Receipt{Receipt::Kind::accepted, std::to_string(100 + submissions.size()), s.name};
    };
    std::vector<jobs::Submission> submissions;
    bool is_silent = false;
    std::vector<jobs::Status> statuses;
    std::vector<std::string> cancelled;
    int array = 1;
};

class Scripted final : public jobs::Scheduler {
public:
    explicit Scripted(Script& script) : script_{script} {}
    [[nodiscard]] std::string name() const override { return "scripted"; }
    [[nodiscard]] Receipt submit(jobs::Submission const& s) override {
        script_.submissions.push_back(s);
        return script_.on_submit(s);
    }
    [[nodiscard]] std::optional<std::vector<jobs::Status>> ask(std::string const&) override {
        if (script_.is_silent) return std::nullopt;
        return script_.statuses;
    }
    void cancel(std::string const& id, std::string const&) override {
        script_.cancelled.push_back(id);
    }
    [[nodiscard]] int largest_array() override { return script_.array; }
    [[nodiscard]] std::vector<std::string> obstacles(jobs::Resources const&) override { return {}; }

private:
    Script& script_;
};

struct Trial {
    test::TemporaryDirectory folder{"queue"};
    Script script;
    jobs::Limits limits;
    std::unique_ptr<jobs::Journal> journal;
    std::unique_ptr<jobs::Queue> queue;
    std::vector<Ended> told;

    Trial() {
        limits.grace = 0.0;
        limits.patience = 0.0;
        start();
    }
    /// A new life of the driver.
    void start() {
        queue.reset();
        journal = std::make_unique<jobs::Journal>(folder / "journal.jsonl");
        queue = std::make_unique<jobs::Queue>(folder.path(), "fe", *journal,
                                              std::make_unique<Scripted>(script), limits,
                                              "export SETUP=done", Logger::silent());
    }
    void add(int count, std::string const& script_text = "echo \"$SETUP\" >out", int first = 0) {
        for (int i = first; i < first + count; ++i) {
            Attempt attempt{
                fmt::format("t{}", i), 1, fmt::format("tasks/t{}/1", i), script_text, {}};
            attempt.resources.seconds = 3600.0;
            queue->add(attempt, {{"input", "x\n"}});
        }
    }
    void tick(int times = 1) {
        for (int i = 0; i < times; ++i) queue->tick([&](Ended const& e) { told.push_back(e); });
    }
    /// Runs the script of a submission, as Slurm would.
    void run(std::size_t which, int task = 0, int restart = 0) const {
        auto const& s = script.submissions.at(which);
        auto const line = fmt::format(
            "cd '{}' && SLURM_JOB_ID={} SLURM_ARRAY_TASK_ID={} SLURM_RESTART_COUNT={} bash '{}' "
            "2>/dev/null",
            s.directory.string(), 101 + which, task, restart, s.script.string());
        (void)!std::system(line.c_str());
    }
    void say(std::size_t which, State state, int task = 0) {
        auto const& s = script.submissions.at(which);
        script.statuses.push_back(
            {s.name, std::to_string(101 + which), task, state, "reason", 7.0});
    }
    [[nodiscard]] std::filesystem::path attempt(int i) const {
        return folder / fmt::format("tasks/t{}/1", i);
    }
};

}  // namespace kamacite::test

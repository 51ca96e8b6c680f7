#include "desk.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "kamacite/core/error.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/jobs/local.hpp"
#include "kamacite/jobs/slurm.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;

constexpr double stale = 1800.0;  // [s] after which a lock of another host counts as left behind

fs::path made(fs::path const& directory) {
    std::error_code error;
    fs::create_directories(directory, error);
    if (error)
        throw SystemError(fmt::format("{}: cannot be made ({}): choose another directory",
                                      directory.string(), error.message()));
    return directory;
}

/// What the names of jobs begin with: the same for ever, and another for every directory.
std::string name_of(fs::path const& directory, jobs::Journal& journal) {
    for (auto const& entry : journal.entries())
        if (entry.kind == "desk.began") return nlohmann::json::parse(entry.json).at("name");
    auto const now = std::chrono::system_clock::now().time_since_epoch().count();
    auto const hash = io::Hash64{}
                          .add(fs::absolute(directory).string())
                          .add(static_cast<std::int64_t>(now))
                          .add(static_cast<int>(getpid()))
                          .value();
    auto const name = fmt::format("km{:08x}", hash & 0xffffffffU);
    journal.append("desk.began", nlohmann::json{{"name", name}}.dump());
    return name;
}

std::string joined(std::vector<std::string> const& lines) {
    std::string text;
    for (auto const& line : lines) text += line + "\n";
    return text;
}

}  // namespace

std::unique_ptr<jobs::Scheduler> scheduler_of(config::JobOptions const& o,
                                              fs::path const& directory) {
    if (o.scheduler == config::JobOptions::Scheduler::slurm) return jobs::make_slurm();
    int const all = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    return jobs::make_local(o.cores > 0 ? o.cores : all, directory / "local");
}

Desk::Desk(fs::path const& directory, config::JobOptions const& options, Logger const& log)
    : directory_{made(directory)},
      lock_{directory_ / "lock", stale},
      journal_{directory_ / "journal.jsonl"},
      queue_{directory_,
             name_of(directory_, journal_),
             journal_,
             scheduler_of(options, directory_),
             config::limits_of(options),
             joined(options.setup),
             log} {}

void JobLine::say(Logger const& log, std::string const& prefix, jobs::Census const& census,
                  int waiting) {
    constexpr auto pause = std::chrono::seconds{10};
    auto const text = fmt::format(
        "{}jobs: {} running, {} in the queue, {} to be handed over; {} structures wait for labels; "
        "{:.3g} node-hours{}",
        prefix, census.running, census.pending, census.planned, waiting, census.node_hours,
        census.held.empty() ? "" : "; " + census.held);
    auto const now = std::chrono::steady_clock::now();
    if (text == said_ || now - when_ < pause) return;
    log.info("{}", text);
    said_ = text;
    when_ = now;
}

void expect_possible(campaign::Labelling const& labelling, jobs::Census const& census) {
    if (labelling.held().empty() || census.planned + census.pending + census.running > 0) return;
    throw SystemError(
        fmt::format("no calculation can be made: {}: mend it and run again; what "
                    "there is stays",
                    labelling.held()));
}

bool out_of_budget(mpi::Communicator const& comm, std::optional<Desk> const& desk) {
    int out = 0;
    if (desk) {
        auto const census = desk->queue().census();
        out = census.held.starts_with("the budget") && census.pending + census.running == 0;
    }
    return comm.all_reduce(mpi::Op::max, out) == 1;
}

int stopped_by_budget(Logger const& log) {
    log.warn(
        "stopped: the budget (jobs.node_hours) does not cover another job: raise it and run "
        "again to go on");
    return static_cast<int>(ErrorKind::input);
}

void wait_for_jobs(mpi::Communicator const& comm, config::JobOptions const& options,
                   StopRequest const& stop) {
    if (!comm.is_root()) return;
    constexpr auto slice = std::chrono::milliseconds{50};
    auto const until = std::chrono::steady_clock::now() +
                       std::chrono::duration<double>(config::seconds_of(options.poll));
    while (!stop.asked() && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(slice);
}

}  // namespace kamacite::apps

/// Runs attempts that each leave one line in runs.log, until all have ended; to be killed and
/// started again at any time.
///
///     jobs_driver <directory> <local|slurm> <attempts> [name=value…]
///
/// ticks: looks after which it ends with 75, if anything is left (0: it does not);
/// grace, patience, tick [s]; slots, array, pack, side, jobs; sleep: of an attempt [s], which also
/// waits while there is a file named hold in the directory
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "kamacite/core/error.hpp"
#include "kamacite/jobs/local.hpp"
#include "kamacite/jobs/queue.hpp"
#include "kamacite/jobs/slurm.hpp"

namespace {

namespace jobs = kamacite::jobs;

std::map<std::string, double> options_of(int argc, char** argv) {
    std::map<std::string, double> options{
        {"grace", 3.0}, {"patience", 1.0}, {"tick", 0.1},  {"slots", 4},  {"array", 1}, {"pack", 1},
        {"side", 1},    {"jobs", 100},     {"sleep", 0.1}, {"lock", 1.0}, {"ticks", 0}};
    for (int i = 4; i < argc; ++i) {
        std::string const text = argv[i];
        auto const at = text.find('=');
        options.at(text.substr(0, at)) = std::atof(text.c_str() + at + 1);
    }
    return options;
}

int run(std::filesystem::path const& directory, std::string const& kind, int count,
        std::map<std::string, double> const& o) {
    jobs::Lock lock{directory / "lock", 60.0};
    jobs::Journal journal{directory / "journal.jsonl"};
    jobs::SlurmOptions slurm;
    slurm.patience = slurm.submit_patience = 4.0;
    auto scheduler = kind == "slurm"
                         ? jobs::make_slurm(slurm)
                         : jobs::make_local(static_cast<int>(o.at("slots")), directory / "local");
    jobs::Limits limits;
    limits.grace = o.at("grace");
    limits.patience = o.at("patience");
    limits.array = static_cast<int>(o.at("array"));
    limits.pack = static_cast<int>(o.at("pack"));
    limits.side_by_side = static_cast<int>(o.at("side"));
    limits.jobs = static_cast<int>(o.at("jobs"));
    limits.resubmissions = 50;
    kamacite::Logger log;
    jobs::Queue queue{directory, "trial",           journal, std::move(scheduler),
                      limits,    "export MARK=set", log};
    for (int i = 0; i < count; ++i) {
        jobs::Attempt attempt{
            fmt::format("t{:03}", i), 1, fmt::format("tasks/t{:03}/1", i), "", {}};
        attempt.resources.seconds = 60.0;
        attempt.script = fmt::format(
            "[[ $MARK == set && $(<input) == {0} ]] || exit 9\nsleep {1}\n"
            "while [[ -e \"{2}/hold\" ]]; do sleep 0.2; done\n"
            "until echo \"{0} $PWD\" >>\"{2}/runs.log\"; do sleep 0.2; done\n",
            i, o.at("sleep"), std::filesystem::absolute(directory).string());
        queue.add(attempt, {{"input", fmt::format("{}\n", i)}});
    }
    int failed = 0;
    for (int looks = 1;; ++looks) {
        queue.tick([&](jobs::Ended const& e) {
            if (e.state == jobs::State::completed) return;
            ++failed;
            fmt::print("{} {}: {}\n", e.task, name_of(e.state), e.explanation);
        });
        auto const census = queue.census();
        if (census.planned + census.pending + census.running == 0) break;
        if (looks == static_cast<int>(o.at("ticks"))) return 75;
        lock.beat();
        ::usleep(static_cast<useconds_t>(1e6 * o.at("tick")));
    }
    fmt::print("done, {} failed\n", failed);
    return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    try {
        return run(argv[1], argv[2], std::atoi(argv[3]), options_of(argc, argv));
    } catch (kamacite::Error const& e) {
        fmt::print(stderr, "error: {}\n", e.what());
        return static_cast<int>(e.kind());
    }
}

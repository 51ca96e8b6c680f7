/// Against the Slurm that SLURM_CONF names: run by slurm_test.sh, hidden otherwise.
#include "kamacite/jobs/slurm.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "io/temporary.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using jobs::Receipt;
using jobs::State;

namespace {

jobs::Submission job(std::filesystem::path const& folder, jobs::Scheduler const& scheduler,
                     std::string const& name, std::string const& text,
                     jobs::Resources const& resources) {
    jobs::Submission submission{name, folder / (name + ".sh"), folder, 1, 0, resources};
    std::ofstream{submission.script} << "#!/bin/bash\n"
                                     << scheduler.header(submission) << text << "\n";
    return submission;
}

/// Until it is in a state, or for 20 s.
State wait_for(jobs::Scheduler& scheduler, std::string const& name, State wanted) {
    State last = State::pending;
    for (int i = 0; i < 100; ++i) {
        auto const all = scheduler.ask(name);
        for (auto const& status : all.value_or(std::vector<jobs::Status>{})) last = status.state;
        if (last == wanted) break;
        ::usleep(200000);
    }
    return last;
}

}  // namespace

TEST_CASE("without Slurm it is said what to do") {
    std::string const path = std::getenv("PATH");
    ::setenv("PATH", "/nowhere", 1);
    auto const report = jobs::slurm_report();
    auto scheduler = jobs::make_slurm();
    auto const receipt = scheduler->submit({"a", "a.sh", "/", 1, 0, {}});
    auto const answer = scheduler->ask("a");
    auto const obstacles = scheduler->obstacles({});
    ::setenv("PATH", path.c_str(), 1);
    CHECK(!report.installed);
    CHECK(report.mends.size() == 1);
    CHECK(receipt.kind == Receipt::Kind::later);
    CHECK(!answer);
    CHECK(obstacles.size() == 1);
}

TEST_CASE("a script's header says what it asks for") {
    jobs::Submission submission{"fe-1-ab", "job.sh", "/", 4, 2, {}};
    submission.resources.memory = 2.0e9;
    submission.resources.seconds = 61.0;
    submission.resources.partition = "long";
    submission.resources.lines = {"--gres=gpu:1"};
    auto const header = jobs::make_slurm()->header(submission);
    for (auto const* const line :
         {"#SBATCH --job-name=fe-1-ab\n", "#SBATCH --time=2\n", "#SBATCH --array=0-3%2\n",
          "#SBATCH --mem=1953125K\n", "#SBATCH --partition=long\n", "#SBATCH --gres=gpu:1\n"})
        CHECK(header.find(line) != std::string::npos);
    CHECK(header.find("account") == std::string::npos);
}

TEST_CASE("a real Slurm is seen as it is", "[.slurm]") {
    auto const report = jobs::slurm_report();
    CHECK(report.installed);
    REQUIRE(report.answers);
    CHECK(report.version.starts_with("slurm"));
    CHECK(report.largest_array == 1001);
    CHECK(!report.accounting);
    CHECK(report.remembers == 3600.0);
    REQUIRE(report.partitions.size() == 1);
    CHECK(report.partitions[0].name == "main");
    CHECK(report.partitions[0].is_default);
    CHECK(report.partitions[0].is_up);
    CHECK(report.mends.empty());

    auto scheduler = jobs::make_slurm();
    CHECK(scheduler->obstacles({}).empty());
    jobs::Resources wrong;
    wrong.partition = "nowhere";
    REQUIRE(scheduler->obstacles(wrong).size() == 1);
    CHECK(scheduler->obstacles(wrong).front().find("main") != std::string::npos);
}

TEST_CASE("a real Slurm refuses, and lets wait what never comes", "[.slurm]") {
    test::TemporaryDirectory const folder{"slurm"};
    auto scheduler = jobs::make_slurm();
    jobs::Resources wrong;
    wrong.partition = "nowhere";
    auto const receipt =
        scheduler->submit(job(folder.path(), *scheduler, "wrong-1", "true", wrong));
    CHECK(receipt.kind == Receipt::Kind::refused);
    CHECK(receipt.message.find("partition") != std::string::npos);

    jobs::Resources large;
    large.processes = 1000;
    auto const waits = scheduler->submit(job(folder.path(), *scheduler, "large-1", "true", large));
    if (waits.kind == Receipt::Kind::accepted) {
        CHECK(wait_for(*scheduler, "large-1", State::impossible) == State::impossible);
        scheduler->cancel(waits.id, "large-1");
        CHECK(wait_for(*scheduler, "large-1", State::cancelled) == State::cancelled);
    } else {
        CHECK(waits.kind == Receipt::Kind::refused);
    }
}

TEST_CASE("what bears another name is not cancelled", "[.slurm]") {
    test::TemporaryDirectory const folder{"slurm"};
    auto scheduler = jobs::make_slurm();
    auto const receipt =
        scheduler->submit(job(folder.path(), *scheduler, "mine-1", "sleep 30", {}));
    REQUIRE(receipt.kind == Receipt::Kind::accepted);
    CHECK(wait_for(*scheduler, "mine-1", State::running) == State::running);
    scheduler->cancel(receipt.id, "mine-2");
    ::sleep(1);
    CHECK(wait_for(*scheduler, "mine-1", State::running) == State::running);
    scheduler->cancel(receipt.id, "mine-1");
    CHECK(wait_for(*scheduler, "mine-1", State::cancelled) == State::cancelled);
}

#include "kamacite/jobs/slurm_text.hpp"

#include <cmath>
#include <fstream>
#include <sstream>

#include "support/catch.hpp"

using namespace kamacite::jobs;

namespace {

Status const* find(std::vector<Status> const& all, std::string const& name, int task = 0) {
    for (auto const& s : all)
        if (s.name == name && s.task == task) return &s;
    return nullptr;
}

}  // namespace

TEST_CASE("every word of Slurm's has a state") {
    CHECK(slurm_state("PENDING", "Priority") == State::pending);
    CHECK(slurm_state("PENDING", "PartitionConfig") == State::impossible);
    CHECK(slurm_state("PENDING", "DependencyNeverSatisfied") == State::impossible);
    CHECK(slurm_state("PENDING", "BeginTime") == State::pending);
    CHECK(slurm_state("PENDING", "launch failed requeued held") == State::node_failed);
    CHECK(slurm_state("COMPLETING", "None") == State::running);
    CHECK(slurm_state("CANCELLED by 0", "") == State::cancelled);
    CHECK(slurm_state("CANCELLED+", "") == State::cancelled);
    CHECK(slurm_state("FAILED", "NonZeroExitCode") == State::failed);
    CHECK(slurm_state("TIMEOUT", "TimeLimit") == State::timeout);
    CHECK(slurm_state("OUT_OF_MEMORY", "") == State::out_of_memory);
    CHECK(slurm_state("PREEMPTED", "") == State::node_failed);
    CHECK(slurm_state("NODE_FAIL", "") == State::node_failed);
    CHECK(slurm_state("A_WORD_OF_THE_FUTURE", "") == State::running);
    for (auto const state : {State::pending, State::node_failed, State::impossible})
        CHECK(state_named(name_of(state)) == state);
}

TEST_CASE("ranges of tasks and durations") {
    CHECK(slurm_tasks("4-5%2") == std::vector{4, 5});
    CHECK(slurm_tasks("0,3-5,8-12:2%2") == std::vector{0, 3, 4, 5, 8, 10, 12});
    CHECK(slurm_tasks("7") == std::vector{7});
    CHECK(slurm_tasks("nonsense").empty());
    CHECK(slurm_duration("1-02:03:04") == 93784.0);
    CHECK(slurm_duration("0:03") == 3.0);
    CHECK(slurm_duration("02:00:00") == 7200.0);
    CHECK(std::isinf(slurm_duration("infinite")));
    CHECK(slurm_duration("INVALID") == 0.0);
}

TEST_CASE("squeue: arrays, others' jobs, ids that were used again") {
    auto const all = parse_squeue(
        "2|4-5%2|PENDING|2026-11-22T08:59:26|0:00|JobArrayTaskLimit|fe-1-ab\n"
        "2|3|RUNNING|2026-11-22T08:59:26|1:05|None|fe-1-ab\n"
        "7|N/A|FAILED|2026-11-22T08:59:26|0:01|NonZeroExitCode|fe-2-cd\n"
        "8|N/A|RUNNING|2026-11-22T09:59:26|0:01|None|fe-2-cd\n"
        "9|N/A|RUNNING|2026-11-22T08:59:26|0:01|None|another\n"
        "9|N/A|RUNNING|2026-11-22T08:59:26|0:01|None|fe-3|with a bar\n"
        "slurm_load_jobs: some remark\n",
        "fe-");
    CHECK(all.size() == 4);
    REQUIRE(find(all, "fe-1-ab", 5) != nullptr);
    CHECK(find(all, "fe-1-ab", 5)->state == State::pending);
    CHECK(find(all, "fe-1-ab", 5)->id == "2");
    CHECK(find(all, "fe-1-ab", 3)->seconds == 65.0);
    CHECK(find(all, "fe-2-cd")->id == "8");
    CHECK(find(all, "fe-2-cd")->state == State::running);
}

TEST_CASE("sacct, and which of two sources counts") {
    auto const accounting = parse_sacct(
        "5|CANCELLED by 0|0:0|2026-11-22T08:59:26|4|fe-1\n"
        "15_2|FAILED|9:0|2026-11-22T08:59:26|1|fe-2\n"
        "15_[4-5%2]|PENDING|0:0|2026-11-22T08:59:26|0|fe-2\n",
        "fe-");
    CHECK(accounting.size() == 4);
    CHECK(find(accounting, "fe-1")->state == State::cancelled);
    CHECK(find(accounting, "fe-2", 2)->state == State::failed);
    CHECK(find(accounting, "fe-2", 2)->id == "15");
    CHECK(find(accounting, "fe-2", 4)->state == State::pending);

    auto const all = merged({{"fe-1", "5", 0, State::running, "", 0.0}}, accounting);
    CHECK(all.size() == 2);
    CHECK(find(all, "fe-1")->state == State::running);
    CHECK(find(all, "fe-2", 4) == nullptr);  // alive in the records alone
}

TEST_CASE("what sbatch says") {
    using Kind = Receipt::Kind;
    CHECK(parse_sbatch(0, "17\n", "").id == "17");
    CHECK(parse_sbatch(0, "17;cluster\n", "").id == "17");
    CHECK(parse_sbatch(0, "", "").kind == Kind::unknown);
    auto const kind = [](std::string const& err) { return parse_sbatch(1, "", err).kind; };
    std::string const failed = "sbatch: error: Batch job submission failed: ";
    CHECK(kind(failed + "Invalid partition name specified") == Kind::refused);
    CHECK(kind(failed + "Invalid account or account/partition combination specified") ==
          Kind::refused);
    CHECK(kind(failed + "Requested node configuration is not available") == Kind::refused);
    CHECK(kind("sbatch: unrecognized option '--nonsense'") == Kind::refused);
    CHECK(kind("sbatch: error: QOSMaxSubmitJobPerUserLimit\n" + failed +
               "Job violates accounting/QOS policy (job submit limit, user's size and/or time "
               "limits)") == Kind::later);
    CHECK(kind("sbatch: error: AssocMaxSubmitJobLimit\n" + failed + "Job violates …") ==
          Kind::later);
    CHECK(kind("sbatch: error: QOSMaxWallDurationPerJobLimit\n" + failed +
               "Job violates accounting/QOS policy (job submit limit, user's size and/or time "
               "limits)") == Kind::refused);
    CHECK(kind(failed + "Resource temporarily unavailable") == Kind::later);
    CHECK(kind(failed + "Unable to contact slurm controller (connect failure)") == Kind::unknown);
    CHECK(kind(failed + "Socket timed out on send/recv operation") == Kind::unknown);
    CHECK(kind(failed + "Zero Bytes were transmitted or received") == Kind::unknown);
    CHECK(kind("") == Kind::unknown);
}

TEST_CASE("lists that a real Slurm has printed") {
    std::ifstream file{KAMACITE_SHARED_DATA "/samples/slurm/sacct_P.txt"};
    if (!file) {
        WARN("skipped: " KAMACITE_SHARED_DATA "/samples/slurm is not there");
        return;
    }
    // the columns that parse_sacct() reads, of jobs without steps
    std::string text;
    for (std::string line; std::getline(file, line);) {
        std::vector<std::string> f;
        std::istringstream fields{line};
        for (std::string field; std::getline(fields, field, '|');) f.push_back(field);
        if (f.at(0).find('.') == std::string::npos)
            text += f[0] + "|" + f[3] + "|" + f[4] + "|" + f[9] + "|0|x-" + f[2] + "\n";
    }
    auto const all = parse_sacct(text, "x-");
    REQUIRE(find(all, "x-arr", 2) != nullptr);
    CHECK(find(all, "x-arr", 2)->state == State::failed);
    CHECK(find(all, "x-arr", 3)->state == State::completed);
    CHECK(find(all, "x-fe_to")->state == State::timeout);
    CHECK(find(all, "x-sleep")->state == State::cancelled);
}

#include "kamacite/jobs/queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>

#include "kamacite/core/error.hpp"
#include "queue_trial.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using jobs::Attempt;
using jobs::Ended;
using jobs::Receipt;
using jobs::State;
using test::Trial;

TEST_CASE("an attempt goes its way and is told once") {
    Trial trial;
    trial.add(1);
    trial.add(1);
    CHECK(trial.queue->knows("t0", 1));
    CHECK(!trial.queue->knows("t0", 2));
    trial.tick();
    REQUIRE(trial.script.submissions.size() == 1);
    CHECK(trial.queue->census().pending == 1);
    trial.say(0, State::running);
    trial.tick();
    CHECK(trial.queue->census().running == 1);
    trial.run(0);
    trial.tick(2);
    REQUIRE(trial.told.size() == 1);
    CHECK(trial.told[0].state == State::completed);
    CHECK(trial.told[0].directory == "tasks/t0/1/run.0.0");
    CHECK(trial.told[0].job == "101");
    std::string out;
    std::getline(std::ifstream{trial.attempt(0) / "run.0.0/out"}, out);
    CHECK(out == "done");
    CHECK(!std::filesystem::exists(trial.attempt(0) / "out"));
    trial.start();
    trial.add(1);
    trial.tick(2);
    CHECK(trial.told.size() == 1);
    CHECK(trial.script.submissions.size() == 1);
}

TEST_CASE("who is told is told again if he dies over it") {
    Trial trial;
    trial.add(1);
    trial.tick();
    trial.run(0);
    CHECK_THROWS(trial.queue->tick([](Ended const&) { throw DataError("died"); }));
    trial.start();
    trial.tick();
    CHECK(trial.told.size() == 1);
}

TEST_CASE("a second job of one attempt leaves it alone") {
    Trial trial;
    trial.limits.grace = 0.0;
    trial.start();
    trial.add(1,
              "echo run >>\"$OLDPWD/../../runs\"; echo run >>" + (trial.folder / "runs").string());
    trial.script.on_submit = [](auto const&) { return Receipt{}; };  // no reply
    trial.tick();
    CHECK(trial.script.submissions.size() == 1);
    SECTION("the first is late and finds itself taken back") {
        trial.tick(4);
        REQUIRE(trial.script.submissions.size() == 2);
        trial.run(0);
        CHECK(!std::filesystem::exists(trial.folder / "runs"));
        trial.run(1);
        trial.tick();
        REQUIRE(trial.told.size() == 1);
        CHECK(trial.told[0].directory == "tasks/t0/1/run.1.0");
    }
    SECTION("the first has run although nobody knows it") {
        trial.run(0);
        trial.tick(4);
        CHECK(trial.script.submissions.size() == 1);
        CHECK(trial.told.size() == 1);
    }
    SECTION("it is found by its name, and adopted") {
        trial.say(0, State::pending);
        trial.start();
        trial.tick(5);
        CHECK(trial.script.submissions.size() == 1);
        CHECK(trial.journal->entries().back().kind == "job.submitted");
        CHECK(trial.journal->entries().back().json.find("adopted") != std::string::npos);
    }
    SECTION("silence says nothing") {
        trial.script.is_silent = true;
        trial.tick(10);
        CHECK(trial.script.submissions.size() == 1);
    }
}

TEST_CASE("a requeued job runs in a fresh directory, one that has ended does not") {
    Trial trial;
    trial.add(1, "[[ -e $OLDPWD/never ]]; echo >>trace; exit 5");
    trial.tick();
    trial.run(0);
    std::filesystem::remove(trial.attempt(0) / "ended.0.0.json");  // killed before it told
    trial.run(0, 0, 1);
    CHECK(std::filesystem::exists(trial.attempt(0) / "run.0.1/trace"));
    trial.run(0, 0, 2);
    CHECK(!std::filesystem::exists(trial.attempt(0) / "run.0.2"));
    auto const owner = trial.attempt(0) / "claim.0/owner";  // the first began half an hour ago
    std::string name;
    double since = 0.0;
    std::ifstream in{owner};
    std::getline(in, name) >> since;
    std::ofstream{owner} << fmt::format("{}\n{:.0f}\n", name, since - 1800.0);
    trial.tick();
    REQUIRE(trial.told.size() == 1);
    CHECK_THAT(trial.told[0].node_hours, WithinAbs(0.5, 0.02));  // it is charged, too
    CHECK(trial.told[0].state == State::failed);
    CHECK(trial.told[0].exit_code == 5);
    CHECK(trial.told[0].directory == "tasks/t0/1/run.0.1");
}

TEST_CASE("what the scheduler says of jobs that did not tell their end") {
    Trial trial;
    auto const [said, began, state] = GENERATE(table<State, bool, State>({
        {State::timeout, true, State::timeout},
        {State::out_of_memory, true, State::out_of_memory},
        {State::cancelled, true, State::cancelled},
        {State::cancelled, false, State::cancelled},
        {State::failed, true, State::failed},
        {State::completed, true, State::failed},
    }));
    trial.add(1);
    trial.tick();
    if (began) {
        trial.run(0);
        std::filesystem::remove(trial.attempt(0) / "ended.0.0.json");
    }
    trial.say(0, said);
    trial.tick(2);
    CAPTURE(name_of(said), began);
    REQUIRE(trial.told.size() == 1);
    CHECK(trial.told[0].state == state);
    CHECK(trial.script.submissions.size() == 1);
}

TEST_CASE("a failed node costs a submission, not an attempt, and not for ever") {
    Trial trial;
    // Slurm may call a job failed that the end of its node told to end.
    auto const said = GENERATE(State::node_failed, State::failed);
    trial.limits.resubmissions = 2;
    trial.start();
    trial.add(1);
    for (std::size_t i = 0; i < 3; ++i) {
        trial.tick();
        REQUIRE(trial.script.submissions.size() == i + 1);
        if (said == State::failed) {
            auto const claim = trial.attempt(0) / fmt::format("claim.{}", i);
            std::filesystem::create_directories(claim);
            std::ofstream{claim / "owner"} << trial.script.submissions[i].name << " 0\n1\n";
            std::ofstream{trial.attempt(0) / fmt::format("ended.{}.0.json", i)}
                << R"({"told":true,"exit_code":143,"begin":1,"end":2})";
        }
        trial.say(i, said);
        trial.tick();
    }
    trial.tick();
    CHECK(trial.script.submissions.size() == 3);
    REQUIRE(trial.told.size() == 1);
    CHECK(trial.told[0].state == State::node_failed);
}

TEST_CASE("a job that can never start is taken out and told") {
    Trial trial;
    trial.add(1);
    trial.tick();
    trial.say(0, State::impossible);
    trial.tick(2);
    REQUIRE(trial.told.size() == 1);
    CHECK(trial.told[0].state == State::impossible);
    CHECK(trial.script.cancelled == std::vector<std::string>{"101"});
    trial.run(0);  // it starts nevertheless
    CHECK(!std::filesystem::exists(trial.attempt(0) / "run.0.0"));
}

TEST_CASE("what is refused is held, and tried again later") {
    Trial trial;
    trial.limits.patience = 1000.0;
    trial.start();
    trial.add(3);
    auto const kind = GENERATE(Receipt::Kind::refused, Receipt::Kind::later);
    trial.script.on_submit = [&](auto const&) { return Receipt{kind, "", "no such account"}; };
    trial.tick(3);
    CHECK(trial.script.submissions.size() == 1);
    CHECK(trial.queue->census().held == "scripted: no such account");
    CHECK(trial.queue->census().planned == 3);
    trial.start();
    trial.script.on_submit = [](auto const&) { return Receipt{Receipt::Kind::accepted, "1", ""}; };
    trial.tick();
    CHECK(trial.script.submissions.size() == 4);
    CHECK(trial.queue->census().held.empty());
}

TEST_CASE("what is refused does not stand in the way of others, and ends after a while") {
    Trial trial;
    trial.add(1);
    Attempt longer{"longer", 1, "tasks/longer/1", "true", {}};
    longer.resources.seconds = 7200.0;
    trial.queue->add(longer, {});
    trial.add(1, "true", 1);
    trial.script.on_submit = [&](auto const& s) {
        if (s.resources.seconds < 7200.0) return Receipt{Receipt::Kind::accepted, "1", ""};
        return Receipt{Receipt::Kind::refused, "", "more than the partition allows"};
    };
    trial.limits.refusals = 3;
    trial.limits.grace = 1e6;
    trial.start();
    trial.tick();
    CHECK(trial.script.submissions.size() == 3);  // each one once
    CHECK(trial.queue->census().held == "scripted: more than the partition allows");
    CHECK(trial.queue->census().planned == 1);
    trial.tick();
    trial.start();  // the refusals are in the journal
    trial.tick(3);
    CHECK(std::ranges::count(trial.script.submissions, 7200.0,
                             [](auto const& s) { return s.resources.seconds; }) == 3);
    REQUIRE(trial.told.size() == 1);
    CHECK(trial.told[0].task == "longer");
    CHECK(trial.told[0].state == State::impossible);
    CHECK(trial.told[0].explanation == "refused 3 times: more than the partition allows");
    CHECK(trial.queue->census().planned == 0);
    CHECK(trial.queue->census().held.empty());
}

TEST_CASE("an array is made smaller where the scheduler has no room for all of it") {
    Trial trial;
    trial.script.array = 1000;
    trial.limits.grace = 1e6;
    trial.start();
    int live = 0;
    trial.script.on_submit = [&](auto const& s) {
        if (live + s.count > 13) return Receipt{Receipt::Kind::later, "", "submit limit"};
        live += s.count;
        return Receipt{Receipt::Kind::accepted, std::to_string(live), ""};
    };
    trial.add(40);
    trial.tick();
    CHECK(live == 13);
    live = 0;  // they have ended
    trial.tick();
    CHECK(live == 13);
    live = 0;
    trial.tick();
    CHECK(live == 13);
    live = 0;
    trial.tick(2);
    CHECK(live == 1);
    CHECK(trial.queue->census().planned == 0);
}

TEST_CASE("the budget counts what runs with its time limit") {
    Trial trial;
    trial.limits.node_hours = 2.5;
    trial.start();
    trial.add(4);
    trial.tick();
    CHECK(trial.script.submissions.size() == 2);
    CHECK(trial.queue->census().node_hours_committed == 2.0);
    CHECK(trial.queue->census().held.find("budget") != std::string::npos);
    trial.run(0);  // in no time
    trial.tick();
    CHECK(trial.script.submissions.size() == 3);
}

TEST_CASE("arrays and packs") {
    Trial trial;
    trial.script.array = 3;
    trial.limits.pack = 2;
    trial.limits.side_by_side = 2;
    trial.start();
    trial.add(7);
    trial.tick();
    REQUIRE(trial.script.submissions.size() == 2);
    CHECK(trial.script.submissions[0].count == 3);
    CHECK(trial.script.submissions[0].resources.processes == 2);
    CHECK(trial.script.submissions[1].count == 1);
    for (int task : {0, 1, 2}) trial.run(0, task);
    trial.run(1);
    trial.tick();
    CHECK(trial.told.size() == 7);
    for (auto const& e : trial.told) CHECK(e.state == State::completed);
}

TEST_CASE("an attempt of a pack that takes too long is cut off alone") {
    Trial trial;
    trial.limits.pack = 2;
    trial.start();
    for (int i = 0; i < 2; ++i) {
        Attempt attempt{fmt::format("t{}", i),
                        1,
                        fmt::format("tasks/t{}/1", i),
                        i == 0 ? "sleep 30" : "true",
                        {}};
        attempt.resources.seconds = 1.0;
        trial.queue->add(attempt, {});
    }
    trial.tick();
    trial.run(0);
    trial.tick();
    REQUIRE(trial.told.size() == 2);
    CHECK(trial.told[0].state == State::timeout);
    CHECK(trial.told[1].state == State::completed);
}

TEST_CASE("cancelling takes back what is planned and what was handed over") {
    Trial trial;
    trial.limits.jobs = 1;
    trial.start();
    trial.add(2);
    trial.tick();
    trial.queue->cancel_all();
    trial.start();
    trial.say(0, State::cancelled);
    trial.tick(3);
    CHECK(trial.told.size() == 2);
    for (auto const& e : trial.told) CHECK(e.state == State::cancelled);
    CHECK(trial.script.submissions.size() == 1);
    CHECK(!trial.script.cancelled.empty());
}

TEST_CASE("an add that was cut off is done again, and foreign claims are respected") {
    Trial trial;
    std::filesystem::create_directories(trial.attempt(0));
    std::ofstream{trial.attempt(0) / "half"} << "x";
    trial.add(1);
    CHECK(!std::filesystem::exists(trial.attempt(0) / "half"));
    std::filesystem::create_directories(trial.attempt(1) / "claim.0");
    CHECK_THROWS_AS(trial.add(1, "true", 1), InputError);
}

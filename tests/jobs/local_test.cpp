#include "kamacite/jobs/local.hpp"

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "io/temporary.hpp"
#include "kamacite/jobs/journal.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using jobs::Receipt;
using jobs::State;

namespace {

struct Place {
    test::TemporaryDirectory folder{"local"};
    std::filesystem::path path = folder / "jobs";

    [[nodiscard]] jobs::Submission job(std::string const& name, std::string const& script) const {
        auto const file = folder / (name + ".sh");
        std::ofstream{file} << script << "\n";
        jobs::Submission submission{name, file, folder.path(), 1, 0, {}};
        return submission;
    }
    [[nodiscard]] bool has(std::string const& name) const {
        return std::filesystem::exists(folder / name);
    }
    /// What a job writes into a file, waited for.
    [[nodiscard]] int number_in(std::string const& name) const {
        for (int i = 0; i < 600; ++i, ::usleep(50000))
            if (int number = 0; std::ifstream{folder / name} >> number) return number;
        throw std::runtime_error{name + " was not written"};
    }
};

/// Whether a process has ended, or does so within some seconds.
bool is_gone(int process) {
    for (int i = 0; i < 200; ++i, ::usleep(50000)) {
        std::string state, skipped;
        std::ifstream in{"/proc/" + std::to_string(process) + "/stat"};
        if (!(in >> skipped >> skipped >> state) || state == "Z") return true;
    }
    return false;
}

/// What is said of a job once it has ended, or after some seconds.
std::optional<jobs::Status> wait_for(jobs::Scheduler& scheduler, std::string const& name) {
    std::optional<jobs::Status> last;
    for (int i = 0; i < 200; ++i) {
        auto const all = scheduler.ask("").value();
        for (auto const& status : all)
            if (status.name == name) last = status;
        if (last && has_ended(last->state)) return last;
        ::usleep(50000);
    }
    return last;
}

}  // namespace

TEST_CASE("a local job's end is told, also to the next scheduler") {
    Place const place;
    auto scheduler = jobs::make_local(4, place.path);
    CHECK(scheduler->submit(place.job("good", "echo x >made")).kind == Receipt::Kind::accepted);
    CHECK(scheduler->submit(place.job("bad", "exit 3")).kind == Receipt::Kind::accepted);
    CHECK(wait_for(*scheduler, "good")->state == State::completed);
    CHECK(wait_for(*scheduler, "bad")->state == State::failed);
    CHECK(place.has("made"));
    auto next = jobs::make_local(4, place.path);
    CHECK(wait_for(*next, "good")->state == State::completed);
    CHECK(next->ask("goo")->size() == 1);
    // a name is used once
    CHECK(next->submit(place.job("good", "echo y >again")).kind == Receipt::Kind::unknown);
    CHECK(!place.has("again"));
}

TEST_CASE("slots") {
    Place const place;
    auto scheduler = jobs::make_local(2, place.path);
    auto two = place.job("two", "sleep 1");
    two.resources.processes = 2;
    CHECK(scheduler->has_room(two.resources));
    CHECK(scheduler->submit(two).kind == Receipt::Kind::accepted);
    CHECK(!scheduler->has_room({}));
    CHECK(scheduler->submit(place.job("more", "true")).kind == Receipt::Kind::later);
    two.resources.threads = 2;
    CHECK(scheduler->submit(two).kind == Receipt::Kind::refused);
    CHECK(scheduler->obstacles(two.resources).size() == 1);
    CHECK(wait_for(*scheduler, "two")->state == State::completed);
    CHECK(scheduler->submit(place.job("more", "true")).kind == Receipt::Kind::accepted);
    CHECK(wait_for(*scheduler, "more")->state == State::completed);
}

TEST_CASE("a local job's time limit, cancelling, and processes that vanish") {
    Place const place;
    auto scheduler = jobs::make_local(9, place.path);
    auto slow = place.job("slow", "sleep 60");
    slow.resources.seconds = 1.0;
    CHECK(scheduler->submit(slow).kind == Receipt::Kind::accepted);
    // what a script leaves in the background goes with it
    CHECK(scheduler->submit(place.job("leaver", "sleep 600 & echo $! >left; exit 0")).kind ==
          Receipt::Kind::accepted);
    CHECK(scheduler->submit(place.job("unwanted", "sleep 60")).kind == Receipt::Kind::accepted);
    CHECK(scheduler->submit(place.job("victim", "sleep 600 & echo $! >orphan; wait")).kind ==
          Receipt::Kind::accepted);
    auto const process = place.path / "victim" / "begun" / "process";
    auto const orphan = place.number_in("orphan");
    nlohmann::json victim;
    std::ifstream{process} >> victim;
    ::kill(victim.at("process").get<int>(), SIGKILL);
    CHECK(wait_for(*scheduler, "victim")->state == State::node_failed);
    scheduler->cancel("unwanted", "another");
    CHECK(scheduler->ask("unwanted")->front().state != State::cancelled);
    scheduler->cancel("unwanted", "unwanted");
    CHECK(wait_for(*scheduler, "unwanted")->state == State::cancelled);
    CHECK(wait_for(*scheduler, "slow")->state == State::timeout);
    CHECK(wait_for(*scheduler, "leaver")->state == State::completed);
    CHECK(is_gone(orphan));
    CHECK(is_gone(place.number_in("left")));
}

TEST_CASE("a local job that is cancelled before it has begun does not run") {
    Place const place;
    auto scheduler = jobs::make_local(9, place.path);
    for (std::string const name : {"a", "b", "c", "d"}) {
        auto const job = place.job(name, "sleep 60");
        CHECK(scheduler->submit(job).kind == Receipt::Kind::accepted);
        scheduler->cancel(name, name);
    }
    for (std::string const name : {"a", "b", "c", "d"})
        CHECK(wait_for(*scheduler, name)->state == State::cancelled);
}

TEST_CASE("a process number that was used again is not the job") {
    Place const place;
    auto scheduler = jobs::make_local(2, place.path);
    std::filesystem::create_directories(place.path / "old" / "begun");
    std::ofstream{place.path / "old" / "job.json"} << R"({"time":1,"cores":1})";
    std::string boot;
    std::getline(std::ifstream{"/proc/sys/kernel/random/boot_id"}, boot);
    nlohmann::json const me{{"process", ::getpid()}, {"started", 1}, {"boot", boot}, {"time", 1}};
    std::ofstream{place.path / "old" / "begun" / "process"} << me.dump();
    CHECK(scheduler->ask("old")->front().state == State::node_failed);

    // written down but never begun: nobody will begin it any more
    std::filesystem::create_directories(place.path / "never");
    std::ofstream{place.path / "never" / "job.json"} << R"({"time":1,"cores":1})";
    CHECK(scheduler->ask("never")->empty());
    CHECK(std::filesystem::exists(place.path / "never" / "begun" / "given_up"));
}

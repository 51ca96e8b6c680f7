#include "kamacite/campaign/labelling.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "campaign/scripted_engine.hpp"
#include "io/temporary.hpp"
#include "kamacite/campaign/label_journal.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/jobs/local.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using namespace kamacite::campaign;
using Kind = LabelState::Kind;
using test::ScriptedEngine;

namespace {

Record record_of(int n, unsigned seed = 1) {
    return {test::rattled_bcc(n, seed), {}, "s" + std::to_string(n), "f", "", "", ""};
}

/// A place where structures are labelled, by one process after the other.
struct Place {
    explicit Place(ScriptedEngine const& e, std::vector<std::string> starts = {"ferromagnetic"})
        : engine{e} {
        options.starts = std::move(starts);
        setenv("RUNS", (directory() / "runs").c_str(), 1);
    }

    [[nodiscard]] std::filesystem::path directory() const { return folder.path(); }

    /// Another process: all it knows is on the disk.
    void open() {
        labelling.reset();
        queue.reset();
        journal.reset();
        journal.emplace(directory() / "journal.jsonl");
        queue.emplace(directory(), "test", *journal, jobs::make_local(4, directory() / "local"),
                      jobs::Limits{}, "", Logger::silent());
        labelling.emplace(options, engine, *queue, *journal, directory(), Logger::silent());
    }
    void settle() {
        for (int i = 0; i < 400 && labelling->waiting() > 0 && labelling->held().empty(); ++i) {
            labelling->plan();
            queue->tick([&](jobs::Ended const& e) { CHECK(labelling->take(e)); });
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
    }
    [[nodiscard]] int runs() const {
        std::ifstream file{directory() / "runs"};
        int n = 0;
        for (std::string line; std::getline(file, line);) ++n;
        return n;
    }

    test::TemporaryDirectory folder{"labelling"};
    ScriptedEngine const& engine;
    LabellingOptions options{};
    std::optional<jobs::Journal> journal;
    std::optional<jobs::Queue> queue;
    std::optional<Labelling> labelling;
};

}  // namespace

TEST_CASE("a label's key tells structures and levels apart to the last bit", "[campaign]") {
    auto const s = test::rattled_bcc(1, 1);
    auto moved = s;
    moved.positions[0][1] = std::nextafter(moved.positions[0][1], 9.0);
    auto other = s;
    other.species[1] = 28;
    CHECK(label_key(s, "a") == label_key(test::rattled_bcc(1, 1), "a"));
    CHECK(label_key(s, "a") != label_key(s, "b"));
    CHECK(label_key(s, "a") != label_key(moved, "a"));
    CHECK(label_key(s, "a") != label_key(other, "a"));
}

TEST_CASE("of several magnetic starts the lowest energy is the label", "[campaign]") {
    ScriptedEngine engine{1};
    engine.plan[ScriptedEngine::at(2, "ferromagnetic", 0)] = "-1.0";
    engine.plan[ScriptedEngine::at(2, "antiferromagnetic", 0)] = "-2.0";
    engine.plan[ScriptedEngine::at(2, "nonmagnetic", 0)] = "bad_geometry";
    Place place{engine, {"ferromagnetic", "antiferromagnetic", "nonmagnetic"}};
    place.open();
    auto const key = place.labelling->want(record_of(1));
    place.settle();
    auto state = place.labelling->state(key);
    CHECK(state.kind == Kind::quarantined);  // nonmagnetic may have been lower
    CHECK(state.text.find("start nonmagnetic gave no label") == 0);
    CHECK(!place.labelling->labelled(key));
    place.options.incomplete = true;
    place.open();
    CHECK(place.labelling->want(record_of(1)) == key);
    state = place.labelling->state(key);
    CHECK(state.kind == Kind::labelled);
    CHECK(state.start == "antiferromagnetic");
    CHECK(state.attempts == 3);
    auto const record = place.labelling->labelled(key);
    REQUIRE(record);
    CHECK(record->labels.energy == -2.0);
    CHECK(record->level == "scripted");
    CHECK(record->family == "f");
}

TEST_CASE("a failure goes up the ladder, and another process knows of all", "[campaign]") {
    ScriptedEngine engine{2};
    engine.plan[ScriptedEngine::at(2, "ferromagnetic", 0)] = "not_converged";
    engine.plan[ScriptedEngine::at(2, "ferromagnetic", 1)] = "not_converged";
    engine.plan[ScriptedEngine::at(2, "ferromagnetic", 2)] = "-3.5";
    Place place{engine};
    place.open();
    auto const key = place.labelling->want(record_of(1));
    place.settle();
    CHECK(place.labelling->state(key).kind == Kind::labelled);
    CHECK(place.labelling->state(key).attempts == 3);
    CHECK(place.runs() == 3);

    place.open();
    CHECK(place.labelling->want(record_of(1)) == key);
    CHECK(place.labelling->state(key).kind == Kind::labelled);
    CHECK(place.labelling->waiting() == 0);
    place.settle();
    CHECK(place.runs() == 3);
    CHECK(place.labelling->labelled(key)->labels.energy == -3.5);
    CHECK(history_of(place.journal->entries(), key).size() == 3);
}

TEST_CASE("what cannot be labelled is set aside alone, and tried again when asked", "[campaign]") {
    ScriptedEngine engine{0};
    engine.plan[ScriptedEngine::at(2, "ferromagnetic", 0)] = "bad_geometry";
    Place place{engine};
    place.open();
    auto const bad = place.labelling->want(record_of(1));
    auto const good = place.labelling->want(record_of(2));
    place.settle();
    CHECK(place.labelling->state(bad).kind == Kind::quarantined);
    CHECK(place.labelling->state(bad).text == "bad geometry");
    CHECK_FALSE(place.labelling->labelled(bad));
    CHECK(place.labelling->state(good).kind == Kind::labelled);
    CHECK(given_up_in(place.journal->entries()).size() == 1);

    engine.plan.clear();
    place.open();
    (void)place.labelling->want(record_of(1));
    CHECK(place.labelling->state(bad).kind == Kind::quarantined);
    place.labelling->retry(bad);
    CHECK(given_up_in(place.journal->entries()).empty());
    place.settle();
    CHECK(place.labelling->state(bad).kind == Kind::labelled);
    CHECK(place.labelling->state(bad).attempts == 2);
}

TEST_CASE("what stops every calculation holds all and spends no attempt", "[campaign]") {
    ScriptedEngine engine{0};
    engine.plan[ScriptedEngine::at(2, "ferromagnetic", 0)] = "missing_program";
    Place place{engine};
    place.open();
    auto const key = place.labelling->want(record_of(1));
    place.settle();
    CHECK(place.labelling->held().find("missing program") != std::string::npos);
    CHECK(place.labelling->state(key).kind == Kind::waiting);
    int const before = place.runs();
    place.labelling->plan();
    place.queue->tick([](auto const&) {});
    CHECK(place.runs() == before);

    engine.plan.clear();  // mended: the next process goes on
    place.open();
    (void)place.labelling->want(record_of(1));
    place.settle();
    CHECK(place.labelling->state(key).kind == Kind::labelled);
}

TEST_CASE("after a hold one calculation tries whether it is gone, in every process", "[campaign]") {
    ScriptedEngine engine{0};
    for (int n = 1; n <= 3; ++n)
        engine.plan[ScriptedEngine::at(2 * n * n * n, "ferromagnetic", 0)] = "missing_program";
    Place place{engine};
    auto const open = [&] {
        place.open();
        std::vector<std::string> keys;
        for (int n = 1; n <= 3; ++n) keys.push_back(place.labelling->want(record_of(n)));
        return keys;
    };
    (void)open();
    place.settle();
    CHECK(!place.labelling->held().empty());
    auto const open_jobs = [&] {
        auto const census = place.queue->census();
        return census.planned + census.pending + census.running;
    };
    for (int i = 0; i < 400 && open_jobs() > 0; ++i) {  // what was on its way beside the first
        place.queue->tick([&](jobs::Ended const& e) { CHECK(place.labelling->take(e)); });
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    int const before = place.runs();
    for (int look = 1; look <= 3; ++look) {  // as cron has it
        (void)open();
        place.settle();
        CHECK(!place.labelling->held().empty());
        CHECK(place.runs() == before + look);
    }
    engine.plan.clear();
    auto const keys = open();
    place.settle();
    for (auto const& key : keys) CHECK(place.labelling->state(key).kind == Kind::labelled);
}

TEST_CASE("an output that is not what it was is no label", "[campaign]") {
    ScriptedEngine const engine{0};
    Place place{engine};
    place.open();
    auto const key = place.labelling->want(record_of(1));
    place.settle();
    REQUIRE(place.labelling->labelled(key));
    for (auto const& entry : std::filesystem::recursive_directory_iterator{place.directory()})
        if (entry.path().filename() == "result") std::ofstream{entry.path()} << "-1.5\n";
    CHECK_THROWS_AS(place.labelling->labelled(key), DataError);
}

TEST_CASE("what ends while nobody wants it is known when it is wanted", "[campaign]") {
    ScriptedEngine const engine{0};
    Place place{engine};
    place.open();
    auto const key = place.labelling->want(record_of(1));
    place.labelling->plan();
    place.queue->tick([&](jobs::Ended const& e) { CHECK(place.labelling->take(e)); });
    place.open();  // a process that looks before it knows what it wants
    for (int i = 0; i < 200 && place.queue->census().pending + place.queue->census().running +
                                       place.queue->census().planned >
                                   0;
         ++i) {
        place.queue->tick([&](jobs::Ended const& e) { CHECK(place.labelling->take(e)); });
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    place.open();
    (void)place.labelling->want(record_of(1));
    place.settle();
    CHECK(place.labelling->state(key).kind == Kind::labelled);
    CHECK(place.runs() == 1);
}

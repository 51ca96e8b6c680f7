#include "kamacite/campaign/rounds.hpp"

#include "io/temporary.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::campaign;

TEST_CASE("a journal tells how far a campaign is", "[campaign]") {
    test::TemporaryDirectory const folder{"rounds"};
    auto const path = folder.path() / "journal.jsonl";
    {
        jobs::Journal journal{path};
        CHECK(progress_of(journal.entries()).current() == 0);
        record(journal, 0, Chosen{12, 12, 1.0, 12});
        CHECK(progress_of(journal.entries()).current() == 0);
        record(journal, 0, Labelled{11, 1, 0.5, {}, {}, 0.0, 0.0});
        CHECK(progress_of(journal.entries()).current() == 1);
        record_work(journal, "train-001", 1, false, false, "time");
        record_work(journal, "train-001", 2, false, true, "crash");
        record_work(journal, "train-001", 3, true, false, "");
        Trained t{"m.h5", 11, TestError{0.01, 0.001}, {}, {{"B", {1.25, 0.5}}}};
        record(journal, 1, t);
    }
    jobs::Journal journal{path};
    auto const p = progress_of(journal.entries());
    CHECK(p.current() == 1);
    CHECK(p.rounds.at(0).chosen->considered == 12);
    CHECK(p.rounds.at(0).labelled->quarantined == 1);
    CHECK_FALSE(p.rounds.at(0).labelled->energy);
    auto const& trained = *p.rounds.at(1).trained;
    CHECK(trained.energy->rmse == 0.01);
    CHECK_FALSE(trained.forces);
    CHECK(trained.properties.at("B").value == 1.25);
    auto const& effort = p.efforts.at("train-001");
    CHECK(effort.done);
    CHECK(effort.number == 3);
    CHECK(effort.counted == 1);
    CHECK(p.ended.empty());

    record_end(journal, "enough");
    CHECK(progress_of(journal.entries()).ended == "enough");
    journal.append("label.retry", R"({"key":"k"})");
    auto const again = progress_of(journal.entries());
    CHECK(again.ended.empty());
    CHECK(again.retried == std::vector<std::string>{"k"});
}

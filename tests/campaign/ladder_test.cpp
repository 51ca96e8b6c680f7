#include "kamacite/campaign/ladder.hpp"

#include "campaign/scripted_engine.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::campaign;
using dft::Failure;
using jobs::State;
using Kind = Decision::Kind;

namespace {

dft::Outcome failed(Failure failure) {
    dft::Outcome o;
    o.failure = failure;
    o.explanation = "seen";
    return o;
}

jobs::Ended ended(State state, int exit_code = 1) {
    jobs::Ended e;
    e.state = state;
    e.exit_code = exit_code;
    return e;
}

Decision after(Failure failure, State state, Step const& last = {0, 100.0, 1e9, 1},
               int attempts = 1, LadderOptions options = {5, 1.5, 200.0, 2.0, 3e9}) {
    test::ScriptedEngine const engine{2};
    return decide(last, attempts, failed(failure), ended(state), engine, options);
}

}  // namespace

TEST_CASE("what ran out of time gets more, up to a limit", "[campaign]") {
    auto d = after(Failure::out_of_time, State::failed);
    CHECK(d.kind == Kind::retry);
    CHECK(d.step.seconds == 150.0);
    CHECK(d.step.rung == 0);
    d = after(Failure::out_of_time, State::failed, d.step, 2);
    CHECK(d.step.seconds == 200.0);
    d = after(Failure::out_of_time, State::failed, d.step, 3);
    CHECK(d.kind == Kind::give_up);
    // the output just ends, and the scheduler knows why
    CHECK(after(Failure::killed, State::timeout).step.seconds == 150.0);
    // what the output says of itself counts more than where the clock was
    CHECK(after(Failure::not_converged, State::timeout).step.rung == 1);
}

TEST_CASE("what ran out of memory gets more, up to a limit", "[campaign]") {
    CHECK(after(Failure::killed, State::out_of_memory).step.memory == 2e9);
    CHECK(after(Failure::out_of_memory, State::failed, {0, 100.0, 2e9, 1}).step.memory == 3e9);
    CHECK(after(Failure::out_of_memory, State::failed, {0, 100.0, 3e9, 1}).kind == Kind::give_up);
    // where memory is not limited it is tried once more
    CHECK(after(Failure::out_of_memory, State::failed, {0, 100.0, 0.0, 1}).kind == Kind::retry);
    CHECK(after(Failure::out_of_memory, State::failed, {0, 100.0, 0.0, 2}).kind == Kind::give_up);
}

TEST_CASE("what does not converge goes up the ladder to its end", "[campaign]") {
    Step step{0, 100.0, 0.0, 1};
    for (int rung = 1; rung <= 2; ++rung) {
        auto const d = after(Failure::not_converged, State::failed, step, rung);
        REQUIRE(d.kind == Kind::retry);
        CHECK(d.step.rung == rung);
        CHECK(d.step.seconds == 100.0);
        step = d.step;
    }
    CHECK(after(Failure::not_converged, State::failed, step, 3).kind == Kind::give_up);
}

TEST_CASE("what nobody understands is tried twice", "[campaign]") {
    for (auto const failure :
         {Failure::unknown, Failure::killed, Failure::incomplete, Failure::stopped}) {
        auto const d = after(failure, State::failed);
        CHECK(d.kind == Kind::retry);
        CHECK(d.step.alike == 2);
        CHECK(after(failure, State::failed, d.step, 2).kind == Kind::give_up);
    }
}

TEST_CASE("what would fail again is given up, what stops all is held", "[campaign]") {
    for (auto const failure : {Failure::bad_geometry, Failure::bad_input, Failure::wrong_structure})
        CHECK(after(failure, State::failed).kind == Kind::give_up);
    for (auto const failure : {Failure::missing_file, Failure::missing_program, Failure::disk_full})
        CHECK(after(failure, State::failed).kind == Kind::hold);
    CHECK(after(Failure::unknown, State::cancelled).kind == Kind::give_up);
    CHECK(after(Failure::unknown, State::impossible).kind == Kind::hold);
    CHECK(after(Failure::unknown, State::node_failed).kind == Kind::give_up);
}

TEST_CASE("attempts are counted", "[campaign]") {
    CHECK(after(Failure::not_converged, State::failed, {0, 100.0, 0.0, 1}, 5).kind ==
          Kind::give_up);
    CHECK(after(Failure::not_converged, State::failed, {0, 100.0, 0.0, 1}, 4).kind == Kind::retry);
}

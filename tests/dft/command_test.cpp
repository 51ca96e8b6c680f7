#include "kamacite/dft/command.hpp"

#include <nlohmann/json.hpp>

#include "samples.hpp"

using namespace kamacite;
using namespace kamacite::dft;

namespace {

Structure const pair{
    Cell{2.87 * Mat3::Identity()}, {26, 6}, {Vec3(0.1, 0, 0), Vec3(1.4, 1.4, 1.5)}};
Start const start{"ferromagnetic", {2.5, 0.0}};

/// Runs the engine as a job would: its files, its script, its reading.
Outcome run(std::string const& command, CommandSettings settings = {}) {
    settings.command = command;
    settings.level = "test";
    auto const engine = make_command(settings);
    test::TemporaryFolder const folder;
    for (auto const& [name, text] : engine->input_files(pair, start, {}))
        (void)folder.file(name, text);
    (void)folder.file("job.sh", engine->script({0, 0.0, 3}));
    auto const line = "cd '" + folder.path().string() + "' && bash job.sh";
    (void)!std::system(line.c_str());
    return engine->read(folder.path(), pair, start);
}

std::string const relabel =
    "sed -e '2s/^/energy=-3.5 stress=\"1 0 0 0 2 0 0 0 3\" /' "
    "-e '2s/:initial_magmoms:R:1/:magmoms:R:1:forces:R:3/' -e '3,4s/$/ 0.1 0.2 -0.3/' "
    "structure.xyz > labelled.xyz";

}  // namespace

TEST_CASE("a command labels the structure that it finds", "[dft]") {
    auto const outcome = run(relabel, {{}, {}, "echo program 1.2", true, true, true});
    CAPTURE(outcome.explanation);
    REQUIRE(outcome.ok());
    CHECK(*outcome.labels->energy == -3.5);
    CHECK(outcome.labels->forces[1] == Vec3(0.1, 0.2, -0.3));
    CHECK((*outcome.labels->stress)(2, 2) == 3.0);
    CHECK(outcome.labels->moments == start.moments);
    CHECK(outcome.version == "program 1.2");
}

TEST_CASE("a command that fails is told why", "[dft]") {
    CHECK(run("no_such_program structure.xyz").failure == Failure::missing_program);
    CHECK(run("true").failure == Failure::killed);
    CHECK(run("echo 'No space left on device' >&2; false").failure == Failure::disk_full);
    CHECK(run("cp structure.xyz labelled.xyz").failure == Failure::incomplete);
    CHECK(run(relabel + "; truncate -s -20 labelled.xyz").failure == Failure::killed);
    CHECK(run(relabel + "; sed -i '$d' labelled.xyz").failure == Failure::incomplete);
    CHECK(run(relabel + "; sed -i 's/^C /Ni /' labelled.xyz").failure == Failure::wrong_structure);
    CHECK(run(relabel + "; cat labelled.xyz labelled.xyz > x; mv x labelled.xyz").failure ==
          Failure::wrong_structure);
    CHECK(run(relabel + "; sed -i s/-3.5/nan/ labelled.xyz").failure == Failure::incomplete);
    CHECK(run("true > labelled.xyz").failure == Failure::killed);
    CHECK(run("echo one; echo 'ValueError: no such basis' >&2; echo; false").explanation ==
          "the command left no labelled.xyz; command.err ends with: ValueError: no such basis");
    CHECK(run("echo converging; false").explanation ==
          "the command left no labelled.xyz; command.log ends with: converging");
}

TEST_CASE("a command's level is what the user tells", "[dft]") {
    CHECK_THROWS_AS(make_command({"x", "", "", true, true, false}), InputError);
    CHECK_THROWS_AS(make_command({" ", "PBE", "", true, true, false}), InputError);
    auto const level = make_command({"x", R"({"b": 1, "a": 2})", "", true, true, false})->level();
    CHECK(level == R"({"level":{"a":2,"b":1},"program":"command"})");
    CHECK(make_command({"y", "PBE", "", true, true, false})->level() ==
          R"({"level":"PBE","program":"command"})");
    CHECK(!make_command({"x", "PBE", "", true, true, false})->obstacles().empty() == true);
    CHECK(make_command({"sh x", "PBE", "", true, true, false})->obstacles().empty());
    CHECK(!make_command({"x", "PBE", "", true, true, false})->has_rung(1));
}

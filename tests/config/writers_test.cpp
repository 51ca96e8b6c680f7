#include "kamacite/config/writers.hpp"

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "kamacite/config/differences.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/tables.hpp"
#include "kamacite/core/error.hpp"
#include "sample.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::config;
using test::Sample;

namespace {

Sample parsed(std::string const& text) {
    Sample options;
    parse({"in.yaml", text}, "sample", [&](Fields& f) { fields(f, options); });
    return options;
}

std::vector<KeyDescription> described(Sample options = {}) {
    return describe([&](Fields& f) { fields(f, options); });
}

}  // namespace

TEST_CASE("a resolved input parses to the same options", "[config]") {
    Sample o;
    o.data = "some dir/a.h5";
    CHECK(parsed(resolved_input("sample", o)) == o);

    o.cutoff = 12.0 * units::bohr;
    o.limit = 1.0 / 3.0;
    o.widths = {};
    o.title = "tab\t, quote \", colon: , Å, # and ' - true";
    o.names = {"true", "12", "", "- x", "a: b", "null"};
    o.files = {};
    o.weights = {{"true", 0.5}, {"a: b", 1e-30}};
    o.optimiser = "lbfgs";
    o.memory = 3;
    o.with_ema = true;
    o.decay = 0.1;
    o.stages = {{1}, {2}, {3}};
    o.mode = test::Mode::fast;
    o.shuffle = false;
    CHECK(parsed(resolved_input("sample", o)) == o);

    o.stages.clear();
    o.weights.clear();
    CHECK(parsed(resolved_input("sample", o)) == o);
}

TEST_CASE("inputs are told apart by the names of keys", "[config]") {
    Sample const a;
    CHECK(differences(a, a).empty());
    Sample b;
    b.title = "other";
    b.with_ema = !a.with_ema;
    auto const found = differences(a, b);
    REQUIRE(found.size() == 2);
    CHECK(found[0].starts_with("title was "));
    CHECK(found[0].ends_with(" and is other"));
    CHECK(found[1].find(" was not given and is given") != std::string::npos);
    b = a;
    b.stages.resize(a.stages.size() + 1);
    REQUIRE(differences(a, b).size() == 1);
    CHECK(differences(a, b)[0].starts_with("stages had "));
}

TEST_CASE("a template parses as it is and shows every key", "[config]") {
    auto const text = input_template("sample", "Tests templates", described(), described());
    CAPTURE(text);
    Sample expected;
    expected.data = "path/to/file";
    CHECK(parsed(text) == expected);
    for (auto const* key : {"data:", "cutoff:", "limit:", "weights:", "rate:", "memory:", "decay:",
                            "epochs:", "mode:"})
        CHECK(text.find(key) != std::string::npos);
}

TEST_CASE("a template with every comment switched on is an input", "[config]") {
    // "#" and one blank is a comment, all else after "#" is YAML; of a choice one alternative
    // holds.
    std::istringstream lines{input_template("sample", "Tests templates", described(), described())};
    std::string text;
    bool other = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.find("# with optimiser") != std::string::npos) other = true;
        auto const first = line.find_first_not_of(' ');
        auto const rest = first == std::string::npos ? "" : line.substr(first + 1);
        bool const is_comment = rest.starts_with(' ') && !rest.starts_with("  ");
        if (first != std::string::npos && line[first] == '#' && !is_comment) {
            if (!std::exchange(other, false)) text += line.erase(first, 1) + "\n";
        } else {
            text += line + "\n";
        }
    }
    CAPTURE(text);
    Sample expected;
    expected.data = "path/to/file";
    expected.names = {"name"};
    expected.limit = 1.0;
    expected.with_ema = true;
    CHECK(parsed(text) == expected);
}

TEST_CASE("the schema has type, unit, bounds, default and description of every key", "[config]") {
    auto const schema = nlohmann::json::parse(input_schema("sample", "Tests schemas", described()));
    CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
    CHECK(schema["unevaluatedProperties"] == false);
    CHECK(schema["required"] == nlohmann::json::array({"data"}));
    auto const& keys = schema["properties"];
    CHECK(keys["kamacite"]["const"] == "sample");
    CHECK(keys["cutoff"]["default"] == "6.5 angstrom");
    CHECK(keys["cutoff"]["description"] == "How far atoms see");
    CHECK(keys["cutoff"]["pattern"].get<std::string>().find("angstrom|Å|bohr") !=
          std::string::npos);
    CHECK(keys["seed"]["type"] == "integer");
    CHECK(keys["seed"]["minimum"] == 0);
    CHECK(keys["optimiser"]["enum"] == nlohmann::json::array({"adam", "lbfgs"}));
    CHECK(keys["loss"]["properties"]["forces"]["minimum"] == 0);
    CHECK_FALSE(keys["limit"].contains("default"));
    CHECK(keys["stages"]["items"]["properties"]["epochs"]["type"] == "integer");
    // lbfgs brings its key, and only where it is chosen; adam is the default, and chosen if absent
    auto const& alternatives = schema["allOf"];
    REQUIRE(alternatives.size() == 2);
    CHECK(alternatives[0]["then"]["properties"].contains("rate"));
    CHECK_FALSE(alternatives[0]["if"].contains("required"));
    CHECK(alternatives[1]["if"]["properties"]["optimiser"]["const"] == "lbfgs");
    CHECK(alternatives[1]["if"]["required"] == nlohmann::json::array({"optimiser"}));
    CHECK(alternatives[1]["then"]["properties"].contains("memory"));
}

TEST_CASE("the reference has one row per key, with unit and default", "[config]") {
    auto const page = input_reference("sample", "Tests references", described());
    CHECK(page.find("| `data` | path | **required** | The dataset |") != std::string::npos);
    CHECK(page.find("| `cutoff` | length, from 1 angstrom to 20 angstrom | `6.5 angstrom` | How "
                    "far atoms see |") != std::string::npos);
    CHECK(page.find("| `stages[].epochs` |") != std::string::npos);
    CHECK(page.find("| `memory` | whole number, at least 1 | `10` | Pairs kept (with `optimiser: "
                    "lbfgs`) |") != std::string::npos);
}

TEST_CASE("the template of every command is an input of it", "[config]") {
    for (auto const& table : all_tables()) {
        CAPTURE(table.command);
        auto const text =
            input_template(table.command, table.summary, example_of(table), describe(table.make()));
        CAPTURE(text);
        auto const fresh = table.make();
        CHECK_NOTHROW(parse({"template", text}, table.command, fresh));
        auto const resolved = resolved_input(table.command, describe(fresh));
        CHECK(resolved == resolved_input(table.command, example_of(table)));
        CAPTURE(resolved);
        auto const again = table.make();
        CHECK_NOTHROW(parse({"resolved", resolved}, table.command, again));
        CHECK(resolved_input(table.command, describe(again)) == resolved);
    }
    CHECK_THROWS_AS(table_of("generat"), UsageError);
}

namespace {

/// A table of one key that is like another.
void visit(Fields& f, KeyDescription const& k) {
    using Kind = KeyDescription::Kind;
    double number = 0.0;
    long long integer = 0;
    std::string text;
    std::filesystem::path path;
    std::vector<std::filesystem::path> paths;
    std::vector<double> numbers;
    std::vector<int> integers;
    std::vector<std::string> texts;
    std::map<std::string, double> table;
    switch (k.kind) {
        case Kind::quantity:
        case Kind::number:
            return f.quantity(k.key, number, k.dimension, k.bounds);
        case Kind::quantities:
        case Kind::numbers:
            return f.quantities(k.key, numbers, k.dimension, k.bounds);
        case Kind::integer:
            return f.integer(k.key, integer, k.bounds);
        case Kind::integers:
            return f.integers(k.key, integers, k.bounds);
        case Kind::text:
            return f.text(k.key, text, k.words);
        case Kind::texts:
            return f.texts(k.key, texts, k.words);
        case Kind::table:
            return f.table(k.key, table, k.bounds, k.words);
        case Kind::path:
            return f.path(k.key, path);
        case Kind::paths:
            return f.paths(k.key, paths);
        default:
            FAIL("no example is shown of " << k.key.name);
    }
}

/// Parses the example of every key; returns how many have one.
int try_examples(std::vector<KeyDescription> const& keys) {
    int n = 0;
    for (auto const& k : keys) {
        n += try_examples(k.keys);
        for (auto const& c : k.choices) n += try_examples(c.keys);
        if (k.key.example.empty()) continue;
        ++n;
        CAPTURE(k.key.name, k.key.example);
        CHECK_NOTHROW(parse({"example", k.key.name + ": " + k.key.example + "\n"}, "any",
                            [&](Fields& f) { visit(f, k); }));
    }
    return n;
}

}  // namespace

TEST_CASE("the example of a key is a value of it", "[config]") {
    int n = 0;
    for (auto const& table : all_tables()) n += try_examples(describe(table.make()));
    CHECK(n > 30);
}

TEST_CASE("a template sets what its example sets, and shows the rest", "[config]") {
    Sample example;
    example.data = "iron.h5";
    example.cutoff = 5.5;
    example.optimiser = "lbfgs";
    example.memory = 7;
    example.with_ema = true;
    example.stages = {{4}, {9}};
    auto const text = input_template("sample", "Tests templates", described(example), described());
    CAPTURE(text);
    CHECK(parsed(text) == example);
    auto const has = [&](std::string const& part) { return text.find(part) != std::string::npos; };
    CHECK(has("\ndata: iron.h5\n"));
    CHECK(has("\ncutoff: 5.5 angstrom\n"));
    CHECK(has("\noptimiser: lbfgs\n"));
    CHECK(has("\nmemory: 7\n"));
    CHECK(has("\n# with optimiser: adam\n# Step"));
    CHECK(has("\n#rate: "));
    CHECK(has("\nema:\n"));
    CHECK(has("\n    epochs: 4\n  - epochs: 9\n"));
    CHECK(has("\n#seed: 1\n"));
    CHECK(has("\n#loss:\n#  # Weight of forces"));
}

#include "kamacite/config/writers.hpp"

#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

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

TEST_CASE("a template parses as it is and shows every key", "[config]") {
    auto const text = input_template("sample", "Tests templates", described());
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
    std::istringstream lines{input_template("sample", "Tests templates", described())};
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
        auto const text = input_template(table.command, table.summary, describe(table.make()));
        CAPTURE(text);
        auto const fresh = table.make();
        CHECK_NOTHROW(parse({"template", text}, table.command, fresh));
        auto const resolved = resolved_input(table.command, describe(fresh));
        CAPTURE(resolved);
        auto const again = table.make();
        CHECK_NOTHROW(parse({"resolved", resolved}, table.command, again));
        CHECK(resolved_input(table.command, describe(again)) == resolved);
    }
    CHECK_THROWS_AS(table_of("generat"), UsageError);
}

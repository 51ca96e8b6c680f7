// Sets of symmetry functions as inputs ask for them.
#include <nlohmann/json.hpp>

#include "kamacite/config/describe.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/tables.hpp"
#include "kamacite/config/train.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::config;

namespace {

template <class Options>
Options parsed(std::string const& text) {
    Options options;
    parse({"in.yaml", text}, "train", [&](Fields& f) { fields(f, options); });
    return options;
}

std::string complaint(std::string const& descriptors) {
    try {
        (void)parsed<DescribeOptions>("data: a.h5\ndescriptors:\n" + descriptors);
    } catch (InputError const& e) {
        return e.what();
    }
    return "no complaint";
}

Descriptors iron(std::string const& text) {
    return descriptors_of(parsed<TrainOptions>("data: a.h5\n" + text), {26});
}

}  // namespace

TEST_CASE("an input without power and four-body functions has the classic set", "[config]") {
    auto const d = iron("");
    CHECK(d.functions().power.empty());
    CHECK(d.functions().triple.empty());
    CHECK(d.width() == standard_descriptors({26}).width());
}

TEST_CASE("an input asks for power and four-body functions by a recipe", "[config]") {
    std::string const text =
        "descriptors:\n"
        "  moment_eta: [0.02 1/angstrom^2, 0.1 1/angstrom^2]\n"
        "  power_degrees: [0, 2, 4]\n"
        "  triple:\n"
        "    - {}\n"
        "    - {p: 2, s: 3, weights: all}\n";
    auto const d = iron(text);
    CHECK(d.functions().power.size() == 3 * 3);
    REQUIRE(d.functions().triple.size() == 2 + 8);
    CHECK(d.functions().triple[0].powers == std::array{1, 1, 1});
    CHECK(d.functions().triple[2].powers == std::array{2, 1, 3});
    CHECK(d.functions().triple[9].weights[2].eta == 0.1);
    // and the resolved input asks for the same
    auto const options = parsed<TrainOptions>("data: a.h5\n" + text);
    auto const again = descriptors_of(parsed<TrainOptions>(resolved_input("train", options)), {26});
    CHECK(again.functions().power == d.functions().power);
    CHECK(again.functions().triple == d.functions().triple);
}

TEST_CASE("power and four-body functions one by one, for every element or some", "[config]") {
    auto const options = parsed<TrainOptions>(
        "data: a.h5\n"
        "functions:\n"
        "  radial: [{}]\n"
        "  power:\n"
        "    - {degree: 3, centre: Fe}\n"
        "    - {degree: 0, centre: Fe, b: {eta: 0.2 1/angstrom^2, cutoff: 4 angstrom}}\n"
        "  triple:\n"
        "    - {centre: Ni}\n"
        "    - {centre: Ni, c: {neighbour: Fe, shift: 2 angstrom}}\n");
    auto const d = descriptors_of(options, {26, 28});
    CHECK(d.size(26) == 2 + 3 + 4);  // pairs of equal weights are unordered, of others ordered
    CHECK(d.size(28) == 2 + 4 + 3);
    auto const& power = d.functions().power;
    CHECK(power[0].degree == 3);
    CHECK(power[6].a == Gaussian{0.03, 0.0, {CutoffForm::poly3, 5.3, 0.0}});
    CHECK(power[6].b == Gaussian{0.2, 0.0, {CutoffForm::poly3, 4.0, 0.0}});
    CHECK(d.functions().triple[6].neighbours[2] == 26);
    CHECK(d.functions().triple[6].weights[2].shift == 2.0);
    CHECK_THROWS_AS(descriptors_of(options, {26}), InputError);  // nickel is not among them
}

TEST_CASE("wrong powers and degrees are told with line, key and bounds", "[config]") {
    auto const power = complaint("  triple:\n    - {p: 1}\n    - {q: 5}\n");
    CAPTURE(power);
    CHECK(power.starts_with("in.yaml:5: descriptors.triple[1].q: "));
    CHECK(power.find('4') != std::string::npos);
    auto const degree = complaint("  power_degrees: [2, 17]\n");
    CAPTURE(degree);
    CHECK(degree.starts_with("in.yaml:3: descriptors.power_degrees"));
    CHECK(complaint("  triple: [{r: 1}]\n").find("descriptors.triple[0].r") != std::string::npos);
    CHECK(complaint("  power_degrees: [0, 16]\n") == "no complaint");
}

TEST_CASE("the schema of training knows the four-body functions", "[config]") {
    auto const schema =
        nlohmann::json::parse(input_schema("train", "", describe(table_over<TrainOptions>())));
    auto const& set = schema["properties"]["descriptors"]["properties"];
    CHECK(set["triple"]["items"]["properties"]["p"]["maximum"] == 4);
    CHECK(set["power_degrees"]["anyOf"][0]["items"]["maximum"] == 16);
}

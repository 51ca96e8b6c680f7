// What inputs of training and description must hold to, told with line and key.
#include "kamacite/config/describe.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/train.hpp"
#include "kamacite/core/error.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::config;

namespace {

template <class Options = TrainOptions>
std::string complaint(std::string const& text) {
    Options options;
    try {
        parse({"in.yaml", "data: a.h5\n" + text}, "any", [&](Fields& f) { fields(f, options); });
    } catch (InputError const& e) {
        return e.what();
    }
    return "no complaint";
}

void check_told(std::string const& text, std::string const& expected) {
    auto const told = complaint(text);
    CAPTURE(text, told);
    CHECK(told.starts_with("in.yaml:" + expected));
}

}  // namespace

TEST_CASE("a training input that cannot be carried out is refused at its key", "[config]") {
    CHECK(complaint("") == "no complaint");
    check_told("elements: [Xx]\n", "2: elements[0]: 'Xx' (not one of its values)");
    check_told("elements: [Fe, Ni, Fe]\n", "2: elements[2]: Fe is given twice: remove one");
    check_told("model:\n  energy: {activation: relu}\n",
               "3: model.energy.activation: relu is refused for energies");
    check_told("model:\n  energy: false\n", "3: model: nothing is predicted");
    check_told("model: {properties: [{outputs: [a, b]}, {outputs: [b]}]}\n",
               "2: model.properties[1].outputs[0]: 'b' is predicted twice");
    check_told("model: {properties: [{outputs: [a], conditions: [t, a]}]}\n",
               "2: model.properties[0].conditions[1]: 'a' is what is to be predicted");
    check_told("split: {validation: 0.5,\n  test: 0.5}\n",
               "3: split.test: validation 0.5 and test 0.5 leave nothing");
    CHECK(complaint("split: {method: family, validation: 0.5, test: 0.5}\n") == "no complaint");
    check_told("split: {validation_families: [a, b], test_families: [c, b]}\n",
               "2: split.test_families[1]: 'b' is held out for validation already");
    check_told("split: {name: a/b}\n", "2: split.name: 'a/b' (it becomes part of a file name)");
    check_told("stages: []\n", "2: stages: none given");
    check_told("loss: {energy_weight: 0, forces_weight: 0, stress_weight: 0}\n",
               "2: loss: the weights of energies, forces and stress are all 0");
    check_told("model: {moment: {}}\nloss:\n  moments_weight: 0\n",
               "4: loss.moments_weight: 0, so the moment head learns nothing");
}

TEST_CASE("sets of functions that make no sense are refused at their key", "[config]") {
    std::string const none = "radial_centred: 0, radial_shifted: 0, angular_eta: []";
    check_told("descriptors: {" + none + "}\n", "2: descriptors: there is no function");
    CHECK(complaint<DescribeOptions>("descriptors: {" + none + "}\n")
              .starts_with("in.yaml:2: descriptors: there is no function"));
    CHECK(complaint<DescribeOptions>("elements: [Fe, Fe]\n")
              .starts_with("in.yaml:2: elements[1]: Fe is given twice"));
    CHECK(complaint("descriptors: {" + none + "}\nfunctions: {radial: [{}]}\n") == "no complaint");
    check_told("descriptors: {cutoff_radial: 3 angstrom, first_shift: 3 angstrom}\n",
               "2: descriptors.first_shift: 3 Å (not below cutoff_radial, 3 Å)");
    check_told("descriptors: {zeta: []}\n", "2: descriptors.zeta: none given");
    check_told("descriptors: {angular_eta: [], power_degrees: [2]}\n",
               "2: descriptors.moment_eta: none given");
}

TEST_CASE("functions one by one are told by their place in the list", "[config]") {
    check_told("functions: {}\n", "2: functions: there is none");
    check_told("functions:\n  angular:\n    - {}\n    - {zeta: 2.5}\n",
               "5: functions.angular[1].zeta: 2.5 (of a wide function a whole number up to 16)");
    CHECK(complaint("functions: {angular: [{zeta: 2.5, shape: narrow}]}\n") == "no complaint");
    check_told("functions:\n  radial:\n    - {}\n    - {centre: Xx}\n",
               "5: functions.radial[1].centre: 'Xx' (not one of its values)");
    check_told("elements: [Fe]\nfunctions:\n  radial: [{}]\n  power:\n    - {b: {neighbour: Ni}}\n",
               "6: functions.power[0].b.neighbour: Ni (the model does not know it)");
    check_told("elements: [Fe, Ni]\nfunctions:\n  radial: [{centre: Fe}]\n",
               "3: functions: none is for atoms of Ni");
    CHECK(complaint("elements: [Fe, Ni]\nfunctions: {radial: [{centre: Fe}, {centre: Ni}]}\n") ==
          "no complaint");
}

TEST_CASE("what is wrong with functions for the elements of the data is known", "[config]") {
    TrainOptions options;
    options.listed = true;
    options.functions.radial.resize(1);
    options.functions.triple.resize(2);
    options.functions.triple[1].c.neighbour = "C";
    CHECK(faults_of(options, {6, 26}).empty());
    auto const faults = faults_of(options, {26});
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].key == "functions.triple[1].c.neighbour");
}

#include "kamacite/kim/portable_model.hpp"

#include <limits>

#include "kamacite/core/error.hpp"
#include "model/random_model.hpp"
#include "n2p2/refusal.hpp"
#include "potential/eam_support.hpp"
#include "support/catch.hpp"
#include "support/check_potential.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using test::says;

namespace {

/// A model with everything that changes an energy.
Model full_model(std::uint64_t seed) {
    auto const made = test::random_model({26, 28}, seed);
    auto functions = made.descriptors().functions();
    Cutoff const c{CutoffForm::poly2, 4.1, 0.1};
    Gaussian const g{0.3, 0.2, c}, h{0.1, 1.1, c};
    functions.compact_radial.push_back({26, 28, {-0.7, 4.0, CutoffForm::poly2, true}});
    functions.compact_angular.push_back({CompactAngularFunction::Form::wide,
                                         26,
                                         26,
                                         28,
                                         {0.1, 4.0, CutoffForm::poly1, false},
                                         {20.0, 170.0, CutoffForm::exponential, false}});
    functions.power.push_back({28, 26, 28, g, h, 3});
    functions.triple.push_back({28, {26, 26, 28}, {g, h, g}, {1, 0, 1}});
    Descriptors descriptors{{28, 26}, functions};
    auto scaling = Scaling::none(2, descriptors.width());
    RandomStream random{seed, "scaling", 1};
    for (double& x : scaling.centre.reshaped()) x = random.uniform();
    for (double& x : scaling.inverse.reshaped()) x = 0.1 + 0.1 * random.uniform();
    scaling.inverse(1, 0) = 0.0;
    Head energy = made.heads()[0];
    energy.shift = {-17.0 / 3.0, -3460.9};
    energy.layers = {{{3, 4}, {Activation::silu, Activation::tanh}},
                     {{5}, {Activation::reversed_sigmoid}}};
    Model model{std::move(descriptors), std::move(scaling), {made.heads()[1], energy}, seed};
    model.set_short_range(Zbl{{1.0, 2.6}, {{{26, 28}, {1.2, 2.7}}}});
    Matrix linear(2, model.descriptors().width() + 1);
    for (double& x : linear.reshaped()) x = 0.1 * random.uniform();
    model.set_linear(std::move(linear));
    return model;
}

std::string parameters_of(Committee const& committee) {
    std::vector<std::string> warnings;
    return kim::texts_of("iron_nickel", committee, warnings).at("model.json");
}

Structure alloy() {
    auto s = test::rattled_bcc(2, 1);
    for (std::size_t i = 0; i < s.species.size(); i += 3) s.species[i] = 28;
    return s;
}

std::string parse_message(std::string const& text) {
    return test::refusal_of([&] { return kim::parse_parameters(text, "model.json"); });
}

/// A text with something in it replaced, which must be there.
std::string with(std::string text, std::string const& from, std::string const& to) {
    auto const at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("what is written for KIM gives the same bits", "[kim]") {
    std::vector<Model> members;
    for (std::uint64_t seed : {1, 2, 3}) members.push_back(full_model(seed));
    Committee const committee{members};
    auto const back = kim::parse_parameters(parameters_of(committee), "model.json");
    CHECK(back.elements == std::vector<int>{28, 26});
    CHECK(back.cutoff == committee.cutoff());
    REQUIRE(back.members.size() == 3);
    auto const s = alloy();
    for (std::size_t m = 0; m < 3; ++m) {
        auto const p = test::predict(committee.members()[m], s);
        auto const q = test::predict(*back.potentials()[m], s);
        CHECK(p.energies == q.energies);
        CHECK(p.forces == q.forces);
        CHECK(p.virials == q.virials);
        CHECK(q.moments.empty());
    }
}

TEST_CASE("the files of a portable model name the model, its driver and its parameters", "[kim]") {
    std::vector<std::string> warnings;
    auto const texts = kim::texts_of("Fe_1", Committee{{full_model(1)}}, warnings);
    REQUIRE(texts.size() == 2);
    auto const& lists = texts.at("CMakeLists.txt");
    for (char const* text : {"project(Fe_1 ", "DRIVER_NAME \"kamacite_driver\"",
                             "PARAMETER_FILES \"model.json\"", "KIM-API-ITEMS"})
        CHECK(says(lists, text));
    REQUIRE(warnings.size() == 1);
    CHECK(says(warnings[0], "moment"));
}

TEST_CASE("names that KIM does not take are refused", "[kim]") {
    Committee const committee{{full_model(1)}};
    std::vector<std::string> warnings;
    for (char const* name : {"", "iron-kim", "1_iron", "iron kim", "..", "é", "kamacite_driver"}) {
        CAPTURE(name);
        CHECK_THROWS_AS(kim::texts_of(name, committee, warnings), UsageError);
    }
}

TEST_CASE("models that KIM has no words for are refused", "[kim]") {
    auto const made = test::random_model({26}, 1);
    auto const message = [](Model const& model) {
        return test::refusal_of([&] { return parameters_of(Committee{{model}}); });
    };
    CHECK(says(message({made.descriptors(), made.scaling(), {made.heads()[1]}, 1}), "energy head"));
    auto broken = made;
    broken.parameters()[3] = std::numeric_limits<double>::quiet_NaN();
    CHECK(says(message(broken), "must be finite"));
}

TEST_CASE("an embedded-atom file is its own parameters", "[kim]") {
    auto const setfl = test::eam_text();
    auto const texts = kim::texts_of("FeCr", setfl);
    CHECK(says(texts.at("CMakeLists.txt"), "\"model.setfl\""));
    auto const back = kim::parse_parameters(texts.at("model.setfl"), "model.setfl");
    CHECK(back.elements == std::vector<int>{26, 24});
    auto s = test::rattled_bcc(2, 1);
    s.species[3] = 24;
    EmbeddedAtom const potential{parse_eam(setfl, "made")};
    CHECK(back.cutoff == potential.cutoff());
    CHECK(test::predict(*back.potentials()[0], s).forces == test::predict(potential, s).forces);
    CHECK(
        says(test::refusal_of([&] { return kim::texts_of("x", setfl.substr(0, 4000)); }), "ends"));
}

TEST_CASE("parameters that are damaged are refused with the name of the file", "[kim]") {
    auto const text = parameters_of(Committee{{full_model(1)}});
    CHECK(parse_message(text) == "no DataError");
    for (auto const& bad :
         {std::string{}, text.substr(0, text.size() / 2), std::string{"[1, 2]"},
          with(text, "\"centre\"", "\"center\""), with(text, "\"shift\":[", "\"shift\":[1.0,"),
          with(text, "\"widths\":[", "\"widths\":[2,"), with(text, "\"silu\"", "\"sillu\""),
          with(text, "\"parameters\":[", "\"parameters\":[0.5,"),
          with(text, "\"radial\":[[", "\"radial\":[[1.0,"),
          with(text, "\"elements\":[28,26]", "\"elements\":[28,26,24]"),
          with(text, "\"linear\":[[", "\"linear\":[[0.0,"),
          with(text, "\"version\":1", "\"version\":2")}) {
        auto const message = parse_message(bad);
        CAPTURE(message, bad.substr(0, 200));
        CHECK(message.starts_with("model.json: "));
        CHECK(says(message, "convert the model again"));
    }
    CHECK(says(parse_message(with(text, "\"version\":1", "\"version\":2")), "install the driver"));
    CHECK(says(parse_message(with(text, "\"parameters\":[", "\"parameters\":[0.5,")), "(needs "));
}

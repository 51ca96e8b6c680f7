#include <filesystem>

#include "kamacite/core/error.hpp"
#include "model/random_model.hpp"
#include "n2p2/refusal.hpp"
#include "n2p2/sample.hpp"
#include "support/catch.hpp"
#include "support/check_potential.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using test::says;

namespace {

n2p2::Files files_of(std::map<std::string, std::string> const& texts) {
    n2p2::Files files{{"input.nn", texts.at("input.nn")},
                      {"scaling.data", texts.at("scaling.data")},
                      "written",
                      {}};
    for (auto const& [name, text] : texts)
        if (name.starts_with("weights."))
            files.weights[std::stoi(name.substr(8, 3))] = {name, text};
    return files;
}

Model written_and_read(Model const& model) {
    std::vector<std::string> warnings;
    auto back = n2p2::make_model(files_of(n2p2::texts_of(model, warnings)), {}, warnings);
    return back;
}

/// Every number of both models, bit by bit.
void check_same(Model const& a, Model const& b) {
    auto const values = [](Model const& m) {
        return std::vector<double>(m.parameters().begin(), m.parameters().end());
    };
    CHECK(values(a) == values(b));
    CHECK(a.heads() == b.heads());
    CHECK(a.scaling().centre == b.scaling().centre);
    CHECK(a.scaling().inverse == b.scaling().inverse);
    CHECK(a.scaling().smallest == b.scaling().smallest);
    CHECK(a.scaling().largest == b.scaling().largest);
    CHECK(a.descriptors().elements() == b.descriptors().elements());
    auto const& f = a.descriptors().functions();
    auto const& g = b.descriptors().functions();
    CHECK(f.radial == g.radial);
    CHECK(f.angular == g.angular);
    CHECK(f.compact_radial == g.compact_radial);
    CHECK(f.compact_angular == g.compact_angular);
}

std::string message_of(Model const& model) {
    std::vector<std::string> warnings;
    return test::refusal_of([&] { return n2p2::texts_of(model, warnings); });
}

}  // namespace

TEST_CASE("import, export, import is the identity", "[n2p2]") {
    auto sample = test::water();
    sample.functions.insert(sample.functions.end(),
                            {"H 12 0.37 0.1 6", "O 13 0.013 0.2 -1 3.5 6", "H 20 O -0.7 4.3 p2a",
                             "H 21 O H 0.1 4.7 -60 60 p3", "O 22 O H 0.1 4.9 20 170 e",
                             "O 23 0 5.1 p4a", "H 24 0 5 0 90 p1", "O 25 0 5 0.1 89.9 p3"});
    auto const words = GENERATE(as<std::string>{}, "", "scale_symmetry_functions\n",
                                "scale_symmetry_functions\ncenter_symmetry_functions\n",
                                "scale_symmetry_functions_sigma\n");
    bool const bohr = GENERATE(false, true);
    CAPTURE(words, bohr);
    sample.general = "number_of_elements 2\nelements H O\ncutoff_type 6 0.15\n" + words +
                     "scale_min_short -0.7\nscale_max_short 1.9\nnormalize_nodes\n"
                     "mean_energy -12.51\nconv_energy 1.7512\nconv_length 2.5\n"
                     "atom_energy O -3.2571\n";
    sample.network += "element_nodes_short O 2 7\n";
    fill(sample, {{4, 3}, {4, 7}});
    auto const model =
        sample.model(bohr ? n2p2::Units{units::bohr, units::hartree} : n2p2::Units{});
    check_same(model, written_and_read(model));
}

TEST_CASE("networks of every activation and of narrow layers come back", "[n2p2]") {
    auto sample = test::water();
    sample.network =
        "global_hidden_layers_short 2\nglobal_nodes_short 4 3\n"
        "global_activation_short t s l\n"
        "element_hidden_layers_short O 8\nelement_nodes_short O 2 1 3 2 2 1 2 2\n"
        "element_activation_short O p r g c S e h l l\n";
    fill(sample, {{4, 3}, {2, 1, 3, 2, 2, 1, 2, 2}});
    check_same(sample.model(), written_and_read(sample.model()));
    auto narrow = test::water();
    narrow.network += "element_nodes_short O 1 2\nelement_nodes_short O 2 2\n";
    fill(narrow, {{4, 3}, {2, 2}});
    check_same(narrow.model(), written_and_read(narrow.model()));
}

TEST_CASE("a model of kamacite gives the same energies and forces when written", "[n2p2]") {
    auto made = test::random_model({26, 28}, 3);
    auto scaling = made.scaling();
    scaling.smallest.setConstant(-0.5);
    scaling.largest.setConstant(17.25);
    scaling.inverse(1, 2) = 0.0;  // switched off
    Head energy = made.heads()[0];
    energy.shift = {-3460.9, -17.0};
    Model model{made.descriptors(), scaling, {energy, made.heads()[1]}, 7};
    std::vector<std::string> warnings;
    auto const texts = n2p2::texts_of(model, warnings);
    REQUIRE(warnings.size() == 1);
    CHECK(says(warnings[0], "moment"));
    auto const back = n2p2::make_model(files_of(texts), {}, warnings);
    auto s = test::rattled_bcc(2, 1);
    for (std::size_t i = 0; i < s.species.size(); i += 3) s.species[i] = 28;
    auto const a = test::predict(model, s);
    auto const b = test::predict(back, s);
    CHECK_THAT(b.energy(), WithinRel(a.energy(), 1e-13));
    for (std::size_t i = 0; i < a.forces.size(); ++i)
        CHECK((a.forces[i] - b.forces[i]).norm() < 1e-11);
    CHECK(back.extrapolation(s, find_neighbours(s, back.cutoff())) ==
          model.extrapolation(s, find_neighbours(s, back.cutoff())));
    check_same(back, written_and_read(back));
}

TEST_CASE("elements are sorted as n2p2 does", "[n2p2]") {
    auto const made = test::random_model({26, 28}, 3);
    Model const model{Descriptors{{28, 26}, made.descriptors().functions()},
                      made.scaling(),
                      {made.heads()[0]},
                      7};
    auto const back = written_and_read(model);
    CHECK(back.descriptors().elements() == std::vector<int>{26, 28});
    auto s = test::rattled_bcc(2, 1);
    for (std::size_t i = 0; i < s.species.size(); i += 3) s.species[i] = 28;
    CHECK_THAT(test::predict(back, s).energy(), WithinRel(test::predict(model, s).energy(), 1e-13));
}

TEST_CASE("what n2p2 cannot express is refused by name", "[n2p2]") {
    auto const made = test::random_model({26}, 3);
    auto const with = [&](FunctionSet set, Head head) {
        Descriptors descriptors{{26}, std::move(set)};
        auto scaling = Scaling::none(1, descriptors.width());
        return Model{std::move(descriptors), std::move(scaling), {std::move(head)}, 1};
    };
    auto const& plain = made.descriptors().functions();
    CHECK(says(message_of(with(plain, Head{})), "silu"));
    Head head;
    head.activation = Activation::tanh;
    CHECK(message_of(with(plain, head)) == "no DataError");
    Head flat = head;
    flat.hidden = {};
    CHECK(says(message_of(with(plain, flat)), "hidden layer"));
    Head moment = head;
    moment.kind = Head::Kind::moment;
    CHECK(says(message_of(with(plain, moment)), "energy head"));
    auto cutoffs = plain;
    cutoffs.radial[0].cutoff.form = CutoffForm::cosine;
    CHECK(says(message_of(with(cutoffs, head)), "cutoff"));
    auto power = plain;
    Gaussian const g{0.1, 0.0, plain.radial[0].cutoff};
    power.power.push_back({26, 26, 26, g, g, 2});
    CHECK(says(message_of(with(power, head)), "power functions"));
    auto triple = plain;
    triple.triple.push_back({26, {26, 26, 26}, {g, g, g}, {1, 1, 1}});
    CHECK(says(message_of(with(triple, head)), "triple functions"));
    FunctionSet windows;
    windows.compact_angular = {{CompactAngularFunction::Form::wide, 26, 26, 26,
                                Window{0.0, 4.0, CutoffForm::poly2, false},
                                Window{0.0, 90.0, CutoffForm::poly3, false}}};
    CHECK(says(message_of(with(windows, head)), "different forms"));
}

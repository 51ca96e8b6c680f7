#include <algorithm>
#include <cmath>
#include <cstring>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "n2p2/refusal.hpp"
#include "n2p2/sample.hpp"
#include "support/catch.hpp"
#include "support/check_potential.hpp"

using namespace kamacite;
using test::says;

namespace {

/// Energy of one network as n2p2 computes it: layer by layer, node by node.
double network_energy(std::vector<double> x, std::vector<int> const& sizes,
                      std::vector<double> const& w, bool normalize) {
    std::size_t at = 0;
    for (std::size_t l = 0; l + 1 < sizes.size(); ++l) {
        auto const inputs = static_cast<std::size_t>(sizes[l]);
        auto const outputs = static_cast<std::size_t>(sizes[l + 1]);
        std::vector<double> next(outputs);
        for (std::size_t o = 0; o < outputs; ++o) {
            double z = w[at + inputs * outputs + o];
            for (std::size_t i = 0; i < inputs; ++i) z += w[at + i * outputs + o] * x[i];
            if (normalize) z /= static_cast<double>(inputs);
            next[o] = l == 0 ? std::tanh(z) : l == 1 ? std::log1p(std::exp(z)) : z;
        }
        at += (inputs + 1) * outputs;
        x = next;
    }
    return x[0];
}

std::string message_of(test::Sample const& sample) {
    try {
        (void)sample.model();
    } catch (Error const& e) {
        return e.what();
    }
    return {};
}

std::vector<std::string> warnings_of(n2p2::Files const& files) {
    std::vector<std::string> warnings;
    (void)n2p2::make_model(files, {}, warnings);
    return warnings;
}

}  // namespace

TEST_CASE("functions are in the order of n2p2, kind by kind", "[n2p2]") {
    auto const model = test::water().model();
    auto const& radial = model.descriptors().functions().radial;
    // cutoff, then η, then r_s, then the neighbour
    std::vector<std::array<double, 4>> found;
    for (auto const& f : radial)
        if (f.centre == 1)
            found.push_back({f.cutoff.radius, f.eta, f.shift, static_cast<double>(f.neighbour)});
    CHECK(found == std::vector<std::array<double, 4>>{
                       {5, 0.3, 0, 1}, {6, 0.05, 0.5, 1}, {6, 0.1, 0, 1}, {6, 0.1, 0, 8}});
    std::vector<std::array<double, 5>> angular;  // form, r_s, ζ, λ, second neighbour
    for (auto const& f : model.descriptors().functions().angular)
        if (f.centre == 1)
            angular.push_back({static_cast<double>(f.form), f.shift, f.zeta, f.lambda,
                               static_cast<double>(f.second)});
    CHECK(angular == std::vector<std::array<double, 5>>{{3, 0, 1, -1, 1},
                                                        {3, 0, 1, 1, 8},
                                                        {3, 0, 4, 1, 1},
                                                        {3, 0.2, 1, 1, 8},
                                                        {9, 0, 2, 1, 8}});
}

TEST_CASE("functions of all types keep their rows of scaling.data", "[n2p2]") {
    test::Sample sample;
    sample.elements = {26};
    sample.general = "number_of_elements 1\nelements Fe\ncutoff_type 1\n";
    // Written in the order of n2p2: windows by form, elements, upper end, lower end, angles.
    sample.functions = {"Fe 2 Fe 1 0 5",
                        "Fe 3 Fe Fe 1 1 1 5",
                        "Fe 9 Fe Fe 1 1 1 5",
                        "Fe 12 1 0 5",
                        "Fe 13 1 0 1 1 5",
                        "Fe 20 Fe 0 4 p2",
                        "Fe 20 Fe -1 5 p2",
                        "Fe 20 Fe 0 5 p2",
                        "Fe 20 Fe 0 4 p2a",
                        "Fe 21 Fe Fe 0 5 0 120 e",
                        "Fe 22 Fe Fe 0 5 0 120 p1",
                        "Fe 23 0 5 p4a",
                        "Fe 24 0 5 0 90 p3",
                        "Fe 25 0 5 0 90 p3"};
    fill(sample, {{4, 3}});
    auto& ranges = sample.ranges[0];
    for (std::size_t k = 0; k < ranges.size(); ++k) ranges[k].smallest = static_cast<double>(k);
    for (std::size_t i = 0; i < 4 * ranges.size(); ++i)  // a row of the first layer for each
        sample.weights[0][i] = static_cast<double>(i / 4);
    std::reverse(sample.functions.begin(), sample.functions.end());
    auto const model = sample.model();
    std::vector<double> rows, weights;
    for (Eigen::Index k = 0; k < model.scaling().smallest.cols(); ++k) {
        rows.push_back(model.scaling().smallest(0, k));
        weights.push_back(model.parameters()[static_cast<std::size_t>(4 * k)]);
    }
    CHECK(weights == rows);
    // radial 2 12, angular 3 9 13, compact radial 20 23, compact angular 21 22 24 25
    CHECK(rows == std::vector<double>{0, 3, 1, 2, 4, 5, 6, 7, 8, 11, 9, 10, 12, 13});
    auto const& set = model.descriptors().functions();
    CHECK(set.radial[1].neighbour == every_element);
    CHECK(set.angular[2].first == every_element);
    CHECK(set.compact_radial[3].radial == Window{0.0, 4.0, CutoffForm::poly2, true});
    CHECK(set.compact_angular[0].angular == Window{0.0, 120.0, CutoffForm::exponential, false});
}

TEST_CASE("every form of scaling, of nodes and of energies is folded in", "[n2p2]") {
    auto sample = test::water();
    auto const plain = sample.model();
    struct Case {
        char const* words;
        bool scale, centre, sigma;
    };
    auto const form = GENERATE(
        Case{"", false, false, false}, Case{"scale_symmetry_functions\n", true, false, false},
        Case{"center_symmetry_functions\n", false, true, false},
        Case{"scale_symmetry_functions\ncenter_symmetry_functions\n", true, true, false},
        Case{"scale_symmetry_functions_sigma\n", false, false, true},
        // n2p2 looks for sigma last
        Case{"scale_symmetry_functions\nscale_symmetry_functions_sigma\n", true, false, false},
        Case{"scale_symmetry_functions_sigma\ncenter_symmetry_functions\n", false, true, false});
    bool const more = GENERATE(false, true);
    CAPTURE(form.words, more);
    sample.general =
        "number_of_elements 2\nelements H O\ncutoff_type 2\n" + std::string{form.words};
    double low = 0.0, high = 1.0, mean = 0.0, division = 1.0;
    if (more) {
        low = -0.5;
        high = 1.5;
        mean = -12.5;
        division = 1.75;
        sample.general +=
            "scale_min_short -0.5\nscale_max_short 1.5\nnormalize_nodes\nmean_energy -12.5\n"
            "conv_energy 1.75\nconv_length 2.5\natom_energy O -3.25\n";
    }
    auto const s = test::wet_box();
    auto const neighbours = find_neighbours(s, plain.cutoff());
    auto const g = plain.descriptors().evaluate(neighbours, s.species);
    double expected = 0.0;
    for (int i = 0; i < s.size(); ++i) {
        std::size_t const e = s.species[static_cast<std::size_t>(i)] == 1 ? 0 : 1;
        std::vector<double> x;
        for (std::size_t column = 0; column < sample.ranges[e].size(); ++column) {
            auto const& r = sample.ranges[e][column];
            double const value = g(i, static_cast<Eigen::Index>(column));
            double const centre = form.centre || form.sigma ? r.mean
                                  : form.scale              ? r.smallest
                                                            : 0.0;
            double const width = form.sigma ? r.sigma : r.largest - r.smallest;
            bool const scaled = form.scale || form.sigma;
            x.push_back(scaled ? low + (high - low) * (value - centre) / width : value - centre);
        }
        expected += mean + (more && e == 1 ? -3.25 : 0.0) +
                    network_energy(x, sample.sizes[e], sample.weights[e], more) / division;
    }
    auto const model = sample.model();
    CHECK_THAT(test::predict(model, s).energy(), WithinRel(expected, 1e-12));

    // The same files in other units: lengths and energies follow.
    n2p2::Units const units{units::bohr, units::hartree};
    auto large = s;
    large.cell = Cell{s.cell.rows() * units::bohr};
    for (auto& r : large.positions) r *= units::bohr;
    CHECK_THAT(test::predict(sample.model(units), large).energy(),
               WithinRel(expected * units::hartree, 1e-12));
}

TEST_CASE("a model that was read has forces and virials", "[n2p2]") {
    auto const model = test::water().model();
    test::check_forces_and_virial(model, test::wet_box());
}

TEST_CASE("an output that is not linear is one more layer of one node", "[n2p2]") {
    auto sample = test::water();
    sample.general += "normalize_nodes\nmean_energy 0.5\nconv_energy 1.75\nconv_length 1\n";
    auto const plain = sample.model();  // its energies are 0.5 + y/1.75
    sample.network.replace(sample.network.find("t p l"), 5, "t p c");
    auto const model = sample.model();
    CHECK(model.heads()[0].hidden.size() + model.heads()[0].layers.size() > 2);
    auto const s = test::wet_box();
    auto const linear = test::predict(plain, s).energies;
    auto const cosine = test::predict(model, s).energies;
    for (std::size_t i = 0; i < linear.size(); ++i)
        CHECK_THAT(cosine[i], WithinAbs(0.5 + std::cos(1.75 * (linear[i] - 0.5)) / 1.75, 1e-13));
    test::check_forces_and_virial(model, s);
}

TEST_CASE("type 9 takes any exponent that n2p2 takes", "[n2p2]") {
    test::Sample sample;
    sample.elements = {26};
    sample.general = "number_of_elements 1\nelements Fe\ncutoff_type 6\n";
    sample.functions = {"Fe 9 Fe Fe 0.05 1 2.5 5", "Fe 9 Fe Fe 0.05 -1 20 5"};
    fill(sample, {{2}});
    sample.network =
        "global_hidden_layers_short 1\nglobal_nodes_short 2\nglobal_activation_short t l\n";
    auto const d = sample.model().descriptors();
    // a right angle with legs of 2 and 3 Å
    Structure const s{Cell{20.0 * Mat3::Identity(), {false, false, false}},
                      {26, 26, 26},
                      {Vec3(0, 0, 0), Vec3(2, 0, 0), Vec3(0, 3, 0)}};
    auto const g = d.evaluate(find_neighbours(s, d.cutoff()), s.species);
    auto const weight = [](double r, double r_c) {
        double const x = r / r_c;
        return std::exp(-0.05 * r * r) * (((15 - 6 * x) * x - 10) * x * x * x + 1);
    };
    double const weights = weight(2, 5) * weight(3, 5);
    CHECK_THAT(g(0, 0), WithinRel(std::pow(2.0, 1.0 - 2.5) * weights, 1e-13));
    CHECK_THAT(g(0, 1), WithinRel(std::pow(2.0, 1.0 - 20.0) * weights, 1e-13));
}

TEST_CASE("networks may differ from element to element", "[n2p2]") {
    auto sample = test::water();
    auto const wanted = std::vector<Head::Layers>{
        {{4, 3}, {Activation::tanh, Activation::softplus}},
        {{5, 2, 6}, {Activation::gaussian, Activation::cosine, Activation::reversed_sigmoid}}};
    sample.network +=
        "element_hidden_layers_short O 3\nelement_nodes_short O 5 2 6\n"
        "element_activation_short O g c S l\n";
    fill(sample, {{4, 3}, {5, 2, 6}});
    CHECK(sample.model().heads()[0].layers == wanted);

    // one layer of RuNNer's form, and all of n2p2's, where both have two numbers
    auto two = test::water();
    two.network += "element_nodes_short O 2 7\nelement_nodes_short H 9 8\n";
    fill(two, {{9, 8}, {4, 7}});
    CHECK(two.model().heads()[0].layers[0].widths == std::vector<int>{9, 8});
    CHECK(two.model().heads()[0].layers[1].widths == std::vector<int>{4, 7});

    auto same = test::water();
    same.network =
        "global_hidden_layers_short 2\nglobal_nodes_short 4 3\n"
        "global_activation_short e e l\n";
    CHECK(same.model().heads()[0].layers.empty());
    CHECK(same.model().heads()[0].activation == Activation::exponential);
    CHECK(same.model().heads()[0].hidden == std::vector<int>{4, 3});
}

TEST_CASE("errors of input.nn name the file, the line, the keyword and the mend", "[n2p2]") {
    auto const check = [](std::string const& line, std::vector<std::string> const& parts) {
        CAPTURE(line);
        auto sample = test::water();
        sample.general += line + "\n";  // line 5
        auto const message = message_of(sample);
        CAPTURE(message);
        CHECK_THROWS_AS(sample.model(), InputError);
        for (auto const& part : parts) {
            CAPTURE(part);
            CHECK(says(message, part));
        }
        auto const place = message.find(parts[0]) + parts[0].size();
        CHECK(message.rfind(": ") > place);  // the mend follows the reason
    };
    check("use_electrostatics", {"sample/input.nn:5: use_electrostatics", "electrostatic"});
    check("nnp_type 4G-HDNNP", {"input.nn:5: nnp_type", "'4G-HDNNP'"});
    check("cutoff_type 1", {"input.nn:5: cutoff_type", "line 3"});
    check("global_symfunction_short 2 1 0 6", {"input.nn:5: global_symfunction_short"});
    check("scale_min_short 2", {"scale_max_short"});
    check("mean_energy 1", {"input.nn", "conv_energy"});
    check("atom_energy Fe 1", {"input.nn:5: atom_energy", "'Fe'"});
    check("atom_energy H nan", {"input.nn:5: atom_energy", "'nan'"});
    check("symfunction_short H 2 H 1 0 6x", {"input.nn:5", "'6x'"});
    check("symfunction_short H 4 H 1 0 6", {"input.nn:5", "type 4"});
    check("symfunction_short H 2 H 1 0", {"input.nn:5", "5 arguments"});
    check("symfunction_short H 2 H 1 0 6 7", {"input.nn:5", "'7'"});
    check("symfunction_short H 2 H 1 0 -6", {"input.nn:5", "-6"});
    check("symfunction_short H 9 H H 1 1 0.5 6", {"input.nn:5", "0.5"});
    check("symfunction_short H 20 H 0 6 p5", {"input.nn:5", "'p5'"});
    check("symfunction_short H 21 H H 0 6 -10 60 p2", {"input.nn:5", "[-10, 60]"});
    check("element_activation_short O 1 2 t", {"input.nn:5", "single nodes"});
    check("element_nodes_short O 5 5 5", {"input.nn:5", "4 arguments"});
}

TEST_CASE("what is missing or wrong in the general part is told", "[n2p2]") {
    auto const without = [](std::string const& from, std::string const& to) {
        auto sample = test::water();
        for (auto* text : {&sample.general, &sample.network})
            if (auto const at = text->find(from); at != std::string::npos)
                text->replace(at, from.size(), to);
        CHECK_THROWS_AS(sample.model(), InputError);
        return message_of(sample);
    };
    CHECK(says(without("elements O H", "elements O"), "number_of_elements"));
    CHECK(says(without("elements O H", "elements O Hx"), "Hx"));
    CHECK(says(without("cutoff_type 2 0.0", ""), "cutoff_type"));
    CHECK(says(without("cutoff_type 2 0.0", "cutoff_type 9"), "9"));
    CHECK(says(without("cutoff_type 2 0.0", "cutoff_type 2 1.5"), "1.5"));
    CHECK(says(without("t p l", "t q l"), "'q'"));
    CHECK(says(without("t p l", "t l"), "global_activation_short"));
    CHECK(says(without("global_nodes_short 4 3", ""), "global_nodes_short"));
    CHECK(says(without("global_nodes_short 4 3", "global_nodes_short 4 0"), "0"));
    auto lonely = test::water();
    std::erase_if(lonely.functions, [](std::string const& f) { return f[0] == 'O'; });
    CHECK(says(message_of(lonely), "element O has no symmetry function"));
}

TEST_CASE("unknown keywords are warnings, known ones without effect are not", "[n2p2]") {
    auto sample = test::water();
    CHECK(warnings_of(sample.files()).empty());
    sample.general += "epochs 10\nrunner_mode 3\n! comment\nTest_fraction 0.1\n";
    auto const warnings = warnings_of(sample.files());
    REQUIRE(warnings.size() == 1);
    CHECK(says(warnings[0], "sample/input.nn:8: Test_fraction"));
    for (auto const& [from, to] : {std::pair{"cutoff_type 2 0.0", "cutoff_type 2 0.5"},
                                   {"cutoff_type 2 0.0", "cutoff_type 0\ncutoff_alpha 0.5"}}) {
        auto inner = test::water();
        inner.general.replace(inner.general.find(from), std::strlen(from), to);
        CHECK(says(warnings_of(inner.files()).at(0), "input.nn:3: cutoff_type: α = 0.5"));
        CHECK(inner.model().descriptors().functions().radial[0].cutoff.inner == 0.0);
    }
    auto both = test::water();
    both.general += "center_symmetry_functions\n";
    CHECK(says(warnings_of(both.files()).at(0),
               "input.nn:4: scale_symmetry_functions_sigma: it has no effect"));
    auto line = test::water();
    line.functions.push_back("H 21 O O 0 5 30 120 p2");  // zero in line: nothing to warn of
    fill(line, {{4, 3}, {4, 3}});
    CHECK(warnings_of(line.files()).empty());
    line.functions.push_back("O 22 O O 0 5 120 240 p2");
    fill(line, {{4, 3}, {4, 3}});
    CHECK(says(warnings_of(line.files()).at(0), "in line"));
    auto relu = test::water();
    relu.network =
        "global_hidden_layers_short 2\nglobal_nodes_short 4 3\n"
        "global_activation_short r t l\n";
    CHECK(says(warnings_of(relu.files()).at(0), "relu"));
    auto twice = test::water();
    twice.functions.push_back("H 2 H 0.3 0 5");
    fill(twice, {{4, 3}, {4, 3}});
    CHECK(says(warnings_of(twice.files()).at(0), "the same"));
}

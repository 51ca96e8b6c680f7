#include "kamacite/config/input.hpp"

#include <filesystem>
#include <fstream>

#include "kamacite/core/error.hpp"
#include "sample.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::config;
using test::Sample;

namespace {

Sample parsed(std::string const& text) {
    Sample options;
    parse({"in.yaml", text}, "sample", [&](Fields& f) { fields(f, options); });
    return options;
}

std::string complaint(std::string const& text) {
    try {
        (void)parsed(text);
    } catch (InputError const& e) {
        return e.what();
    }
    return "no complaint";
}

bool holds(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

std::string const needed = "data: a.h5\n";

}  // namespace

TEST_CASE("an input is read into the places that its table names", "[config]") {
    auto const o = parsed(
        "kamacite: sample\n"
        "data: a.h5\n"
        "cutoff: 12 bohr\n"
        "widths: [0.1 1/angstrom^2, 0.2 0.3 1/angstrom^2]\n"
        "seed: 7\n"
        "layers: [3, 4]\n"
        "names: one\n"
        "loss:\n  forces: 2.5\n  weights: {bcc: 2, fcc: 0.5}\n"
        "optimiser: lbfgs\n"
        "memory: 9\n"
        "ema:\n  decay: 0.9\n"
        "stages:\n  - epochs: 3\n  - {}\n"
        "mode: fast\n"
        "shuffle: false\n");
    CHECK(o.data == "a.h5");
    CHECK(o.cutoff == 12.0 * units::bohr);
    CHECK(o.widths == std::vector{0.1, 0.2, 0.3});
    CHECK(o.seed == 7);
    CHECK(o.layers == std::vector{3, 4});
    CHECK(o.names == std::vector<std::string>{"one"});
    CHECK(o.forces == 2.5);
    CHECK(o.weights == std::map<std::string, double>{{"bcc", 2.0}, {"fcc", 0.5}});
    CHECK(o.optimiser == "lbfgs");
    CHECK(o.memory == 9);
    CHECK(o.with_ema);
    CHECK(o.decay == 0.9);
    REQUIRE(o.stages.size() == 2);
    CHECK(o.stages[0].epochs == 3);
    CHECK(o.stages[1].epochs == 10);
    CHECK(o.mode == test::Mode::fast);
    CHECK_FALSE(o.shuffle);
}

TEST_CASE("what an input leaves out keeps its default", "[config]") {
    Sample const defaults;
    auto const o = parsed(needed);
    CHECK(o.cutoff == defaults.cutoff);
    CHECK(o.widths == defaults.widths);
    CHECK(o.optimiser == "adam");
    CHECK_FALSE(o.with_ema);
    CHECK(o.stages.size() == 1);
    CHECK(o.shuffle);
}

TEST_CASE("complaints name file, line and full key", "[config]") {
    CHECK(holds(complaint(needed + "cutoff: 6.5\n"),
                "in.yaml:2: cutoff: '6.5' (a number without a unit"));
    CHECK(holds(complaint(needed + "loss:\n  forces: -1\n"),
                "in.yaml:3: loss.forces: '-1' (out of bounds): must be at least 0"));
    CHECK(holds(complaint(needed + "stages:\n  - epochs: 1\n  - epochs: many\n"),
                "in.yaml:4: stages[1].epochs: 'many' (not a whole number)"));
    CHECK(holds(complaint(needed + "loss:\n  weights: {bcc: x}\n"),
                "in.yaml:3: loss.weights.bcc: 'x'"));
    CHECK(holds(complaint(needed + "layers: [1, 2.5]\n"), "in.yaml:2: layers[1]: '2.5'"));
}

TEST_CASE("an unknown key is refused with the key that was meant", "[config]") {
    CHECK(complaint(needed + "cutof: 3 angstrom\n") ==
          "in.yaml:2: cutof: unknown key (did you mean 'cutoff'?): correct it");
    CHECK(holds(complaint(needed + "loss:\n  force: 3\n"),
                "loss.force: unknown key (did you mean 'forces'?)"));
    CHECK(holds(complaint(needed + "zzzzzzz: 3\n"), "in.yaml:2: zzzzzzz: unknown key: remove it"));
}

TEST_CASE("a key of another alternative is refused with its place", "[config]") {
    CHECK(complaint(needed + "memory: 4\n") ==
          "in.yaml:2: memory: has no meaning here (it belongs to 'optimiser: lbfgs'): remove it");
    CHECK(holds(complaint(needed + "optimiser: adm\n"),
                "(not one of its values) (did you mean 'adam'?)"));
    // the keys of an alternative that is not known are not complained of
    CHECK_FALSE(holds(complaint(needed + "optimiser: lbgs\nmemory: 4\n"), "memory"));
}

TEST_CASE("missing, repeated, empty and misplaced values are refused", "[config]") {
    CHECK(holds(complaint("seed: 1\n"), "in.yaml:1: data: missing (required): add it"));
    CHECK(holds(complaint(needed + "seed: 1\nseed: 2\n"),
                "in.yaml:3: seed: given twice (first in line 2)"));
    CHECK(holds(complaint(needed + "seed:\n"), "in.yaml:2: seed: has no value"));
    CHECK(holds(complaint(needed + "seed: [1]\n"),
                "in.yaml:2: seed: a list (one value is expected)"));
    CHECK(holds(complaint(needed + "loss: 3\n"),
                "in.yaml:2: loss: '3' (keys with values are expected)"));
    CHECK(holds(complaint(needed + "stages: 3\n"), "in.yaml:2: stages: '3' (a list is expected)"));
    CHECK(holds(complaint(needed + "shuffle: maybe\n"), "write true or false"));
    CHECK(holds(complaint(needed + "seed: 99999999999\n"), "(out of bounds)"));
    CHECK(holds(complaint("data: ''\n"), "an empty text (a value is required)"));
}

TEST_CASE("all complaints come at once, in order", "[config]") {
    auto const all = complaint(needed + "cutoff: 6.5\nseed: x\nwrong: 1\n");
    CHECK(holds(all, ":2: cutoff"));
    CHECK(holds(all, ":3: seed"));
    CHECK(holds(all, ":4: wrong"));
}

TEST_CASE("what is no input at all is refused with its line", "[config]") {
    CHECK(holds(complaint(""), "in.yaml:1: an empty input"));
    CHECK(holds(complaint("# only a comment\n"), "an empty input"));
    CHECK(holds(complaint("- a\n- b\n"), "in.yaml:1: a list (keys with values are expected)"));
    CHECK(holds(complaint("just words"), "'just words' (keys with values are expected)"));
    CHECK(holds(complaint("loss:\n\tforces: 1\n"), "in.yaml:2: a tab in the indentation"));
    CHECK(holds(complaint("data: [1, 2\n"), "not YAML"));
    CHECK(holds(complaint("data: a\n---\ndata: b\n"), "a second document"));
    CHECK(holds(complaint(std::string("data: a\0b", 9)), "not a text file"));
    CHECK(holds(complaint("kamacite: train\ncutoff: 6.5\n"),
                "kamacite: 'train' (not one of its values)"));
}

TEST_CASE("a file that is no input is not shown whole", "[config]") {
    std::string text = "2\nLattice=\"3 0 0 0 3 0 0 0 3\" Properties=species:S:1:pos:R:3\n";
    for (int i = 0; i < 2000; ++i) text += "Fe 0.0 0.0 0.0\n";
    auto const all = complaint(text);
    CAPTURE(all);
    CHECK(all.size() < 250);
    CHECK(holds(all, "in.yaml:1: '2 Lattice="));
    CHECK(holds(all, "this is no YAML input; 'kamacite init' writes one"));
    CHECK(complaint(needed + "seed: " + std::string(5000, '7')).size() < 250);
    CHECK(complaint(needed + "seed: 1 K\n" + std::string(3000, 'x') + ": 1\n").size() < 400);
    CHECK(complaint(needed + "mode: \"" + std::string(3000, 'x') + "\"\n").size() < 250);
    CHECK(holds(complaint(needed + "mode: \"" + std::string(59, 'x') + "ÅÅÅ\"\n"), "xÅ…'"));
}

TEST_CASE("an input must be UTF-8", "[config]") {
    CHECK(holds(complaint("data: a.h5\ntitle: M\xf6ssbauer\n"),
                "in.yaml:2: byte 0xF6 is not UTF-8 (an input must be)"));
    for (auto const* wrong : {"\x80", "\xc0\xaf", "\xe2\x82", "\xf8\x88\x80\x80\x80"})
        CHECK(holds(complaint("data: a.h5\ntitle: " + std::string{wrong} + "\n"), "is not UTF-8"));
    CHECK(parsed("data: a.h5\ntitle: Å μ_B € 𝛼\n").title == "Å μ_B € 𝛼");
}

namespace {

/// A recipe whose values depend on each other.
struct Fit {
    int low = 1, high = 2;
    std::vector<std::string> elements{"Fe"};
    std::string solute;
    std::map<std::string, double> parts;
};

void fields(Fields& f, Fit& fit) {
    Words const symbols{"Fe", "Ni", "C"};
    f.texts({"elements", ""}, fit.elements, symbols);
    f.text({"solute", ""}, fit.solute, symbols);
    f.table({"parts", ""}, fit.parts, {0.0}, symbols);
    f.section({"range", ""}, [&](Fields& s) {
        s.integer({"low", ""}, fit.low);
        s.integer({"high", ""}, fit.high);
        s.demand([&]() -> std::vector<Fault> {
            if (fit.low < fit.high) return {};
            return {{"high", "not above low: raise it"}};
        });
    });
    f.demand([&]() -> std::vector<Fault> {
        if (fit.elements.size() > 2) return {{"elements[2]", "too many"}, {"", "all in all wrong"}};
        if (fit.elements.size() == 2) throw InputError("a pair");
        return {};
    });
}

std::string fault(std::string const& text) {
    Fit fit;
    try {
        parse({"in.yaml", text}, "fit", [&](Fields& f) { fields(f, fit); });
    } catch (InputError const& e) {
        return e.what();
    }
    return "no complaint";
}

}  // namespace

TEST_CASE("texts that must be one of some names are held to them", "[config]") {
    CHECK(fault("elements: [Fe]\nsolute: Ni\nparts: {C: 1}\n") == "no complaint");
    CHECK(fault("solute: ''\n") == "no complaint");
    CHECK(fault("elements:\n  - Fe\n  - FE\n") ==
          "in.yaml:3: elements[1]: 'FE' (not one of its values) (did you mean 'Fe'?): write one of "
          "Fe, Ni, C");
    CHECK(holds(fault("solute: Nickel\n"), "in.yaml:1: solute: 'Nickel' (not one of its values)"));
    CHECK(holds(fault("parts: {Fe: 1, Xx: 2}\n"), "in.yaml:1: parts.Xx: 'Xx' (not one of"));
}

TEST_CASE("what depends on several keys is told at one of them", "[config]") {
    CHECK(fault("range:\n  low: 5\n  high: 3\n") ==
          "in.yaml:3: range.high: not above low: raise it");
    // of keys that are not given, at what would hold them
    CHECK(fault("\nrange:\n  low: 5\n") == "in.yaml:3: range.high: not above low: raise it");
    CHECK(fault("elements:\n  - Fe\n  - Ni\n  - C\n") ==
          "in.yaml:4: elements[2]: too many\nin.yaml:1: all in all wrong");
    CHECK(fault("elements: [Fe, Ni]\n") == "in.yaml:1: a pair");
    // not where a value is wrong already, in whose place a default stands
    CHECK(fault("range: {low: x, high: 0}\n") ==
          "in.yaml:1: range.low: 'x' (not a whole number): write digits, e.g. '100'");
    CHECK(holds(fault("range: {lw: 5, high: 1}\n"), "range.lw: unknown key"));
    CHECK_FALSE(holds(fault("range: {lw: 5, high: 1}\n"), "not above"));
}

TEST_CASE("what is wrong with an input that parses is told with its line", "[config]") {
    Input const input{"in.yaml",
                      "data: a.h5\nloss:\n  weights: {bcc: 1}\nstages:\n  - epochs: 1\n"};
    CHECK_NOTHROW(refuse(input, {}));
    try {
        refuse(input, {{"loss.weights.bcc", "a"},
                       {"stages[0].epochs", "b"},
                       {"stages[7]", "c"},
                       {"seed", "d"}});
        CHECK(false);
    } catch (InputError const& e) {
        CHECK(std::string{e.what()} ==
              "in.yaml:3: loss.weights.bcc: a\nin.yaml:5: stages[0].epochs: b\n"
              "in.yaml:4: stages[7]: c\nin.yaml:1: seed: d");
    }
}

TEST_CASE("an absent section can be switched off and an absent one stays so", "[config]") {
    CHECK(parsed(needed + "ema:\n").with_ema);
    CHECK_FALSE(parsed(needed + "ema: false\n").with_ema);
}

TEST_CASE("the command of an input is told by its first key", "[config]") {
    CHECK(command_of({"in.yaml", "kamacite: train\n"}) == "train");
    CHECK_THROWS_AS(command_of({"in.yaml", "data: 3\n"}), InputError);
    CHECK_THROWS_AS(command_of({"in.yaml", "words"}), InputError);
}

TEST_CASE("every rank reads the same input, or has the same error", "[config]") {
    auto const& comm = test::world();
    auto const file = std::filesystem::temp_directory_path() / "kamacite_config_input_test.yaml";
    if (comm.is_root()) std::ofstream{file} << "data: a.h5\nseed: 5\n";
    comm.barrier();
    CHECK(read_options<Sample>(file, "sample", comm).seed == 5);
    comm.barrier();
    if (comm.is_root()) std::filesystem::remove(file);
    comm.barrier();
    CHECK_THROWS_AS(read_input(file, comm), MissingError);
    CHECK_THROWS_AS(read_input(file.parent_path(), comm), MissingError);
}

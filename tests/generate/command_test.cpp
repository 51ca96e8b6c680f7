#include <filesystem>

#include "kamacite/config/generate.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/generate/check.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
namespace fs = std::filesystem;

namespace {

config::GenerateOptions options_of(fs::path const& file) {
    return config::read_options<config::GenerateOptions>(file, "generate", test::world());
}

/// Every structure of a plan, one after the other.
std::vector<Record> made(generate::Plan const& plan) {
    std::vector<Record> records;
    for (long long i = 0; i < generate::count(plan); ++i) {
        auto result = generate::make(plan, i);
        if (auto* record = std::get_if<Record>(&result)) records.push_back(std::move(*record));
    }
    return records;
}

void check_equal(std::vector<Record> const& p, std::vector<Record> const& q) {
    REQUIRE(p.size() == q.size());
    for (std::size_t i = 0; i < p.size(); ++i) {
        CAPTURE(i, p[i].name);
        CHECK(p[i].structure.cell.rows() == q[i].structure.cell.rows());
        CHECK(p[i].structure.cell.periodic() == q[i].structure.cell.periodic());
        CHECK(p[i].structure.species == q[i].structure.species);
        CHECK(p[i].structure.positions == q[i].structure.positions);
        CHECK(p[i].name == q[i].name);
        CHECK(p[i].family == q[i].family);
        CHECK(p[i].trajectory == q[i].trajectory);
        CHECK(p[i].source == q[i].source);
        CHECK(p[i].recipe == q[i].recipe);
        CHECK_FALSE(p[i].labels.energy);
    }
}

void check_refused(std::string const& recipe, std::string const& part) {
    config::Input const input{"wrong.yaml", "kamacite: generate\nrecipes:\n  - name: a\n" + recipe};
    config::GenerateOptions options;
    std::string complaint;
    try {
        config::parse(input, "generate", [&](config::Fields& f) { config::fields(f, options); });
    } catch (InputError const& error) {
        complaint = error.what();
    }
    CAPTURE(complaint);
    CHECK(complaint.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("the command writes the same records on any number of ranks", "[generate][system]") {
    auto const plan = options_of(fs::path{KAMACITE_SOURCE_DIR} / "inputs/tiny/generate.yaml").plan;
    auto const expected = made(plan);
    REQUIRE(expected.size() == 27);
    for (int const ranks : {1, 2, 3, 4}) {
        CAPTURE(ranks);
        auto const file = fs::path{KAMACITE_RUN_DIR} / ("ranks" + std::to_string(ranks) + ".h5");
        check_equal(dataset::read_all(file, test::world()), expected);
    }
}

TEST_CASE("a resolved input describes the same plan", "[generate]") {
    auto const name = GENERATE("tiny/generate.yaml", "generate/iron.yaml", "generate/bcc_ev.yaml");
    CAPTURE(name);
    auto const options = options_of(fs::path{KAMACITE_SOURCE_DIR} / "inputs" / name);
    config::GenerateOptions again;
    config::Input const resolved{"resolved", config::resolved_input("generate", options)};
    config::parse(resolved, "generate", [&](config::Fields& f) { config::fields(f, again); });
    generate::check(again.plan);
    REQUIRE(generate::count(again.plan) == generate::count(options.plan));
    auto const n = generate::count(options.plan);
    for (long long i = 0; i < n; i += 1 + n / 60) {
        auto const p = generate::make(options.plan, i);
        auto const q = generate::make(again.plan, i);
        REQUIRE(p.index() == q.index());
        if (p.index() == 0) check_equal({std::get<Record>(p)}, {std::get<Record>(q)});
    }
}

TEST_CASE("wrong inputs are refused by the name of their key", "[generate]") {
    check_refused("    lattice_constants: -2.8 angstrom\n", "recipes[0].lattice_constants");
    check_refused("    lattice_constants: 2.8\n", "recipes[0].lattice_constants");
    check_refused("    volumes: 11 angstrom\n", "recipes[0].volumes");
    check_refused("    latices: [bcc]\n", "latices");
    check_refused("", "wrong.yaml:3: recipes[0].lattice_constants: no size is given");
    std::string const size = "    lattice_constants: 2.8 angstrom\n";
    auto const refused = [&](std::string const& more, std::string const& part) {
        check_refused(size + more, "wrong.yaml:5: recipes[0]." + part);
    };
    refused("    elements: [Xx]\n", "elements[0]: 'Xx' (not one of its values)");
    refused("    lattices: [zzz]\n", "lattices[0]: 'zzz' (not one of its values)");
    refused("    supercell: [2, 2]\n", "supercell: 2 numbers are given (must be 3");
    refused("    vacancies: {count: 1}\n", "vacancies.count: 1 of 1 atom (must leave one)");
    refused("    surfaces: {planes: '000'}\n", "surfaces.planes[0]: '000'");
    refused("    surfaces: {planes: ['110', '1 0']}\n", "surfaces.planes[1]: '1 0'");
    refused("    substitution: {composition: {Fe: 0.6, Ni: 0.5}}\n",
            "substitution.composition: sums to 1.1");
    refused("    substitution: {composition: {Fe: 0.6, Nj: 0.4}}\n",
            "substitution.composition.Nj: 'Nj' (not one of its values)");
    refused("    displacements: {kind: thermal}\n", "displacements.temperatures: none given");
    refused("    minimum_distance: 2000 angstrom\n", "minimum_distance: '2000 angstrom' (out of");
    refused("    lattice_constant_range: {from: 0.001 angstrom, to: 3 angstrom, count: 2}\n",
            "lattice_constant_range.from: '0.001 angstrom' (out of bounds)");
    refused("    supercell: [1000, 1000, 1000]\n", "supercell: structures of 1e+09 atoms");
    refused("    interstitials: {count: 2}\n", "interstitials.count: 2 in 1 atoms");
    auto const further = [&](std::string const& more, std::string const& part) {
        check_refused(size + "    supercell: [2, 2, 2]\n" + more, "wrong.yaml:6: " + part);
    };
    further("    substitution: {solute: Ni, fractions: [0.5, 0.01]}\n",
            "recipes[0].substitution.fractions[1]: 0.01 of 8 atoms is 0");
    further("    substitution: {composition: {Fe: 0.99, Ni: 0.01}}\n",
            "recipes[0].substitution.composition.Ni: 0.01 of 8 atoms is none");
    further("    substitution: {solute: Fe, fractions: [0.5]}\n",
            "recipes[0].substitution.solute: Fe (the crystal has no other element)");
    further("    vacancies: {count: 2, arrangement: cluster, shell: 40}\n",
            "recipes[0].vacancies.shell: an atom has no neighbours in shell 40");
    further("  - name: a\n    volumes: 11 angstrom^3\n", "recipes[1].name: 'a' is the name of");
    check_refused("    lattices: [hcp]\n    volumes: 11 angstrom^3\n    interstitials: {}\n",
                  "wrong.yaml:6: recipes[0].interstitials.sites: sites in hcp are not known");
    check_refused(size + "    family: \"two\\nlines\"\n", "recipes[0].family: has a line break");
    check_refused(
        "    lattice_constant_range: {from: 2 angstrom, to: 3 angstrom, count: 1000000}\n"
        "    strains: {count: 1000000}\n",
        "wrong.yaml:2: recipes: 1e+12 structures (at most 100000000 in one run)");
}

TEST_CASE("an input that would write something else than a dataset is refused", "[generate]") {
    config::Input const input{"wrong.yaml",
                              "kamacite: generate\noutput: six.xyz\nrecipes:\n  - name: a\n"
                              "    volumes: 11 angstrom^3\n"};
    config::GenerateOptions options;
    CHECK_THROWS_WITH(
        config::parse(input, "generate", [&](config::Fields& f) { config::fields(f, options); }),
        Catch::Matchers::StartsWith("wrong.yaml:2: output: 'six.xyz' (a dataset ends in .h5"));
}

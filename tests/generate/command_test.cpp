#include <filesystem>

#include "kamacite/config/generate.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
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
        generate::check(options.plan);
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
    check_refused("    lattice_constants: 2.8 angstrom\n    elements: [Xx]\n",
                  "recipe 'a': elements");
    check_refused(
        "    lattice_constants: 2.8 angstrom\n    supercell: [2, 2, 2]\n"
        "    substitution: {composition: {Fe: 0.6, Ni: 0.5}}\n",
        "recipe 'a': substitution.composition");
    check_refused("", "recipe 'a': lattice_constants");
}

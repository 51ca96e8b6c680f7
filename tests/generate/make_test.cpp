#include <algorithm>
#include <map>
#include <set>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/generate/check.hpp"
#include "kamacite/generate/distance.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using generate::Plan;
using generate::Recipe;
using generate::Refused;

namespace {

Recipe rattled_alloy() {
    Recipe r;
    r.name = "alloy";
    r.crystals.lattices = {"bcc", "fcc"};
    r.crystals.volumes = {11.0, 11.8};
    r.crystals.cell = generate::CellChoice::conventional;
    r.crystals.supercell = {2, 2, 2};
    r.substitution = generate::Substitution{"Ni", {0.125, 0.5}, {}, {}, {}};
    r.strains = generate::Strains{generate::Strains::Kind::sobol, 0.03, 2, {}};
    r.displacements = generate::Displacements{};
    r.displacements->temperatures = {100.0, 300.0};
    r.repetitions = 2;
    return r;
}

Recipe volumes() {
    Recipe r;
    r.name = "ev";
    r.family = "bcc_ev";
    r.crystals.lattice_constant_range = generate::Range{2.6, 3.2, 13};
    return r;
}

Recipe carbon() {
    Recipe r;
    r.name = "carbon";
    r.crystals.lattice_constants = {2.85};
    r.crystals.cell = generate::CellChoice::conventional;
    r.crystals.supercell = {3, 3, 3};
    r.interstitials = generate::Interstitials{{"octahedral", "tetrahedral"}, "C", 2, 0.0};
    r.vacancies = generate::Vacancies{1, generate::Arrangement::at_interstitial, 1};
    r.repetitions = 3;
    return r;
}

Record made(Plan const& plan, long long i) {
    auto result = generate::make(plan, i);
    REQUIRE(std::holds_alternative<Record>(result));
    return std::get<Record>(std::move(result));
}

bool equal(Record const& p, Record const& q) {
    return p.structure.cell.rows() == q.structure.cell.rows() &&
           p.structure.positions == q.structure.positions &&
           p.structure.species == q.structure.species && p.name == q.name && p.family == q.family &&
           p.trajectory == q.trajectory && p.source == q.source && p.recipe == q.recipe;
}

}  // namespace

TEST_CASE("the count is the product of the ingredients", "[generate]") {
    CHECK(generate::count(rattled_alloy()) == 2 * 2 * 2 * 2 * 2 * 2);
    CHECK(generate::count(volumes()) == 13);
    CHECK(generate::count(Plan{1, {volumes(), carbon()}}) == 13 + 6);
}

TEST_CASE("a series runs over the lattice constants", "[generate]") {
    Plan const plan{1, {volumes()}};
    generate::check(plan);
    for (int i = 0; i < 13; ++i) {
        auto const r = made(plan, i);
        double const a = 2.6 + 0.05 * i;
        CHECK_THAT(r.structure.cell.volume(), WithinRel(0.5 * a * a * a, 1e-12));
        CHECK(r.family == "bcc_ev");
        CHECK(r.trajectory == "ev/bcc");
        CHECK_FALSE(r.labels.energy);
        check(r);
    }
}

TEST_CASE("sizes are lists and ranges one after the other, each ratio at each", "[generate]") {
    Recipe r;
    r.name = "series";
    r.crystals.lattices = {"bct"};
    r.crystals.lattice_constants = {2.8};
    r.crystals.lattice_constant_range = generate::Range{2.9, 3.0, 2};
    r.crystals.volumes = {11.0};
    r.crystals.volume_range = generate::Range{12.0, 14.0, 3};
    r.crystals.ratios = {1.0};
    r.crystals.ratio_range = generate::Range{1.1, 1.2, 2};
    Plan const plan{1, {r}};
    generate::check(plan);
    REQUIRE(generate::count(plan) == 7 * 3);
    std::vector<double> expected;  // volumes
    for (double const a : {2.8, 2.9, 3.0})
        for (double const ratio : {1.0, 1.1, 1.2}) expected.push_back(0.5 * a * a * a * ratio);
    for (double const v : {11.0, 12.0, 13.0, 14.0}) expected.insert(expected.end(), 3, v);
    for (int i = 0; i < 21; ++i)
        CHECK_THAT(made(plan, i).structure.cell.volume(),
                   WithinRel(expected[static_cast<std::size_t>(i)], 1e-12));
}

TEST_CASE("a structure does not cost more where there are many", "[generate]") {
    Recipe r = volumes();
    r.crystals.lattice_constant_range = generate::Range{2.6, 3.2, 50'000'000};
    Plan const plan{1, {r}};
    generate::check(plan);
    for (long long const i : {0LL, 24'999'999LL, 49'999'999LL})
        CHECK(made(plan, i).structure.cell.volume() > 8.0);  // a list of them would take seconds
}

TEST_CASE("structures do not depend on the order in which they are made", "[generate]") {
    Plan const plan{11, {volumes(), rattled_alloy(), carbon()}};
    generate::check(plan);
    int const n = static_cast<int>(generate::count(plan));
    std::vector<Record> forward;
    for (int i = 0; i < n; ++i) forward.push_back(made(plan, i));
    RandomStream random{1, "test", 0};
    for (int const i : permutation(n, random))
        CHECK(equal(made(plan, i), forward[static_cast<std::size_t>(i)]));
}

TEST_CASE("a recipe gives the same structures whatever stands before it", "[generate]") {
    Plan const alone{11, {rattled_alloy()}};
    Plan const behind{11, {volumes(), rattled_alloy()}};
    for (int i = 0; i < 5; ++i) CHECK(equal(made(alone, i), made(behind, 13 + i)));
    Plan const other{12, {rattled_alloy()}};
    CHECK_FALSE(made(alone, 0).structure.positions == made(other, 0).structure.positions);
}

TEST_CASE("repetitions differ and everything else is equal", "[generate]") {
    Plan const plan{5, {rattled_alloy()}};
    auto const first = made(plan, 0);
    auto const second = made(plan, 1);
    CHECK(first.structure.cell.rows() == second.structure.cell.rows());
    CHECK_FALSE(first.structure.positions == second.structure.positions);
    CHECK(first.trajectory != second.trajectory);
}

TEST_CASE("compositions are exact in every structure", "[generate]") {
    Plan const plan{5, {rattled_alloy()}};
    for (int i = 0; i < generate::count(plan); ++i) {
        auto const r = made(plan, i);
        auto const nickel = std::count(r.structure.species.begin(), r.structure.species.end(), 28);
        bool const dilute = r.trajectory.find("alloy0") != std::string::npos;
        CHECK(nickel * (dilute ? 8 : 2) == r.structure.size());
    }
    Recipe ternary = rattled_alloy();
    ternary.crystals.lattices = {"bcc"};
    ternary.substitution =
        generate::Substitution{"", {}, {{"Cr", 0.3}, {"Fe", 0.5}, {"Ni", 0.2}}, {}, {}};
    auto const r = made(Plan{1, {ternary}}, 0);  // 16 atoms: 4.8, 8, 3.2
    std::map<int, int> n;
    for (int const z : r.structure.species) ++n[z];
    CHECK(n == std::map<int, int>{{24, 5}, {26, 8}, {28, 3}});
}

TEST_CASE("the recipe of a record tells lattice, strain, seed and numbers", "[generate]") {
    Plan const plan{5, {rattled_alloy()}};
    auto const text = made(plan, 7).recipe;
    for (auto const* part : {"\"recipe\":\"alloy\"", "\"seed\":5", "\"index\":7",
                             "\"lattice\":\"bcc\"", "\"substituted_atoms\":{\"Ni\":2}",
                             "\"strain\":[[", "\"temperature\":300.0", "\"repetition\":1"})
        CHECK(text.find(part) != std::string::npos);
}

TEST_CASE("carbon and its vacancy are neighbours", "[generate]") {
    Plan const plan{3, {carbon()}};
    for (int i = 0; i < 6; ++i) {
        auto const s = made(plan, i).structure;
        CHECK(s.size() == 54 + 2 - 1);
        CHECK(std::count(s.species.begin(), s.species.end(), 6) == 2);
        CHECK_FALSE(generate::too_close(s, {}));
        // of the 54 lattice points one is empty, and it is as near to the last carbon as any was
        double const hole = i < 3 ? 0.5 * 2.85 : 2.85 * std::sqrt(5.0) / 4.0;
        Vec3 const c = s.positions.back();
        int near = 0;
        for (std::size_t j = 0; j + 2 < s.positions.size(); ++j)
            if (generate::shortest_vector(s.cell, c, s.positions[j]).norm() < hole + 1e-6) ++near;
        CHECK(near == (i < 3 ? 1 : 3));
    }
}

TEST_CASE("a structure with atoms too close is drawn again", "[generate]") {
    Recipe r;
    r.name = "hot";
    r.crystals.lattice_constants = {2.83};
    r.crystals.supercell = {2, 2, 2};
    r.displacements =
        generate::Displacements{generate::Displacements::Kind::gaussian, {0.2}, {}, 440.0};
    r.repetitions = 40;
    r.minimum_distance = 2.0;
    r.attempts = 1000;
    Plan const plan{1, {r}};
    int again = 0;
    for (int i = 0; i < 40; ++i) {
        auto const record = made(plan, i);
        CHECK_FALSE(generate::too_close(record.structure, {2.0}));
        if (record.recipe.find("\"attempt\":0,") == std::string::npos) ++again;
    }
    CHECK(again > 10);
    CHECK(again < 40);
}

TEST_CASE("a structure that stays too close is refused with the reason", "[generate]") {
    Recipe r = volumes();
    r.minimum_distance = 2.3;  // nearest neighbours of a = 2.6 … 2.65 Å are nearer
    auto const result = generate::make(Plan{1, {r}}, 0);
    REQUIRE(std::holds_alternative<Refused>(result));
    CHECK(std::get<Refused>(result).recipe == "ev");
    CHECK(std::get<Refused>(result).reason == "Fe and Fe are nearer than 2.300 Å");
    CHECK(std::holds_alternative<Record>(generate::make(Plan{1, {r}}, 12)));
}

TEST_CASE("slabs, supercells and defects combine", "[generate]") {
    Recipe r;
    r.name = "slab";
    r.crystals.lattice_constants = {2.83};
    r.crystals.supercell = {2, 3, 1};
    r.surfaces = generate::Surfaces{{"100", "110"}, {5, 7}, {0}, 10.0};
    r.vacancies = generate::Vacancies{};
    r.repetitions = 2;
    Plan const plan{1, {r}};
    generate::check(plan);
    REQUIRE(generate::count(plan) == 8);
    CHECK(made(plan, 0).structure.size() == 5 * 6 - 1);
    CHECK(made(plan, 2).structure.size() == 7 * 6 - 1);
    CHECK(made(plan, 4).structure.size() == 5 * 2 * 6 - 1);
    CHECK_FALSE(made(plan, 4).structure.cell.is_periodic());
}

TEST_CASE("terminations are series of their own, and the formula is told", "[generate]") {
    Recipe r;
    r.name = "faces";
    r.crystals.lattices = {"B2"};
    r.crystals.elements = {"Fe", "Ni"};
    r.crystals.lattice_constants = {2.85};
    r.surfaces = generate::Surfaces{{"100"}, {5}, {0, 1}, 10.0};
    Plan const plan{1, {r}};
    generate::check(plan);
    REQUIRE(generate::count(plan) == 2);
    CHECK(made(plan, 0).trajectory == "faces/B2/100/t0");
    CHECK(made(plan, 1).trajectory == "faces/B2/100/t1");
    CHECK(formula_of(made(plan, 0).structure) == "Fe3Ni2");
    CHECK(formula_of(made(plan, 1).structure) == "Fe2Ni3");
    CHECK(made(plan, 1).recipe.find("\"termination\":1,\"vacuum\":10.0,\"formula\":\"Fe2Ni3\"") !=
          std::string::npos);
}

TEST_CASE("a defect that does not fit is told with the name of the recipe", "[generate]") {
    Recipe r;
    r.name = "far";
    r.crystals.lattice_constants = {2.83};
    r.crystals.supercell = {2, 2, 2};
    r.vacancies = generate::Vacancies{2, generate::Arrangement::cluster, 40};
    Plan const plan{1, {r}};
    CHECK_THROWS_AS(generate::check(plan), InputError);
    std::string complaint;
    try {
        (void)generate::make(plan, 0);
    } catch (InputError const& error) {
        complaint = error.what();
    }
    CHECK(complaint.find("recipe 'far': an atom has no neighbours in shell 40") == 0);
}

TEST_CASE("what is left of the order of a quasi-random alloy is told", "[generate]") {
    auto recipe = rattled_alloy();
    recipe.name = "quasi";
    recipe.substitution->kind = generate::Substitution::Kind::quasi_random;
    recipe.substitution->quasi_random.sweeps = 50;
    Plan const plan{5, {volumes(), recipe}};
    generate::check(plan);
    auto const r = made(plan, 13 + 40);
    CHECK(equal(r, made(plan, 13 + 40)));
    auto const json = r.recipe;
    auto const at = json.find("\"warren_cowley\":{\"Fe-Ni\":[");
    REQUIRE(at != std::string::npos);
    // The first number is of the nearest shell: of 32 fcc or 16 bcc atoms it is small.
    CHECK(std::abs(std::stod(json.substr(at + 26))) < 0.2);
    CHECK(made(Plan{5, {rattled_alloy()}}, 40).recipe.find("warren_cowley") == std::string::npos);
}

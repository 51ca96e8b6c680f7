#include <string>

#include "kamacite/core/error.hpp"
#include "kamacite/generate/check.hpp"
#include "kamacite/generate/extent.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using generate::Plan;
using generate::Recipe;

namespace {

Recipe good() {
    Recipe r;
    r.name = "good";
    r.crystals.lattice_constants = {2.83};
    r.crystals.cell = generate::CellChoice::conventional;
    r.crystals.supercell = {2, 2, 2};
    return r;
}

/// The complaint about a plan, or nothing.
std::string complaint(Recipe const& recipe) {
    try {
        generate::check(Plan{1, {recipe}});
    } catch (InputError const& error) {
        return error.what();
    }
    return "";
}

bool names(std::string const& text, std::string const& recipe, std::string const& key) {
    CAPTURE(text);
    bool const named = text.find("recipe '" + recipe + "': " + key) == 0;
    CHECK(named);
    return named;
}

}  // namespace

TEST_CASE("a good recipe passes", "[generate]") {
    CHECK(complaint(good()).empty());
}

TEST_CASE("a wrong recipe is refused by the name of its key", "[generate]") {
    Recipe r = good();
    std::string key;
    auto const quasi = generate::Substitution::Kind::quasi_random;
    SECTION("negative lattice constant") {
        r.crystals.lattice_constants = {-2.83};
        key = "lattice_constants";
    }
    SECTION("no size") {
        r.crystals.lattice_constants.clear();
        key = "lattice_constants";
    }
    SECTION("empty range") {
        r.crystals.volume_range = generate::Range{10.0, 12.0, 0};
        key = "volume_range.count";
    }
    SECTION("unknown lattice") {
        r.crystals.lattices = {"bbc"};
        key = "lattices";
    }
    SECTION("unknown element") {
        r.crystals.elements = {"Ferrum"};
        key = "elements";
    }
    SECTION("one element for an ordered phase") {
        r.crystals.lattices = {"B2"};
        key = "elements";
    }
    SECTION("c/a of a cubic lattice") {
        r.crystals.ratios = {1.1};
        key = "ratios";
    }
    SECTION("composition that does not add up") {
        r.substitution = generate::Substitution{"", {}, {{"Fe", 0.6}, {"Ni", 0.5}}, {}, {}};
        key = "substitution.composition";
    }
    SECTION("unknown solute") {
        r.substitution = generate::Substitution{"Nickel", {0.5}, {}, {}, {}};
        key = "substitution.solute";
    }
    SECTION("fraction that is less than one atom") {
        r.substitution = generate::Substitution{"Ni", {0.01}, {}, {}, {}};
        key = "substitution.fractions";
    }
    SECTION("both ways of substitution") {
        r.substitution = generate::Substitution{"Ni", {0.5}, {{"Fe", 1.0}}, {}, {}};
        key = "substitution";
    }
    SECTION("quasi-random alloy with a solute in an ordered phase") {
        r.crystals.lattices = {"B2"};
        r.crystals.elements = {"Fe", "Al"};
        r.substitution = generate::Substitution{"Ni", {0.25}, {}, quasi, {}};
        key = "substitution.kind";
    }
    SECTION("quasi-random alloy of too many atoms") {
        r.crystals.supercell = {11, 11, 11};
        r.substitution = generate::Substitution{"Ni", {0.25}, {}, quasi, {}};
        key = "substitution.kind";
    }
    SECTION("more shells of triangles than of pairs") {
        r.substitution = generate::Substitution{"Ni", {0.25}, {}, quasi, {2, 3, 10}};
        key = "substitution.triangle_shells";
    }
    SECTION("unknown site") {
        r.interstitials = generate::Interstitials{{"octohedral"}, "C", 1, 0.0};
        key = "interstitials.sites";
    }
    SECTION("site in a lattice without sites") {
        r.crystals.lattices = {"hcp"};
        r.interstitials = generate::Interstitials{};
        key = "interstitials.sites";
    }
    SECTION("more vacancies than atoms") {
        r.vacancies = generate::Vacancies{16, generate::Arrangement::random, 1};
        key = "vacancies.count";
    }
    SECTION("vacancy at an interstitial that is not there") {
        r.vacancies = generate::Vacancies{1, generate::Arrangement::at_interstitial, 1};
        key = "vacancies.arrangement";
    }
    SECTION("termination that the crystal does not have") {
        r.crystals.supercell = {1, 1, 1};
        r.surfaces = generate::Surfaces{{"100"}, {8}, {0, 1}, 10.0};
        key = "surfaces.terminations";
    }
    SECTION("plane that is none") {
        r.crystals.supercell = {1, 1, 1};
        r.surfaces = generate::Surfaces{{"11"}, {8}, {0}, 10.0};
        key = "surfaces.planes";
    }
    SECTION("strain that turns the cell inside out") {
        r.strains = generate::Strains{generate::Strains::Kind::sobol, 0.5, 10, {}};
        key = "strains.maximum";
    }
    SECTION("negative temperature") {
        r.displacements = generate::Displacements{};
        r.displacements->temperatures = {-10.0};
        key = "displacements.temperatures";
    }
    SECTION("displacement of a single atom") {
        r.crystals.cell = generate::CellChoice::primitive;
        r.crystals.supercell = {1, 1, 1};
        r.displacements = generate::Displacements{};
        r.displacements->temperatures = {300.0};
        key = "displacements";
    }
    SECTION("repetitions of what is not random") {
        r.repetitions = 3;
        key = "repetitions";
    }
    SECTION("termination that is not counted from 0") {
        r.crystals.supercell = {1, 1, 1};
        r.surfaces = generate::Surfaces{{"100"}, {8}, {-1}, 10.0};
        key = "surfaces.terminations[0]";
    }
    SECTION("name of two lines") {
        r.family = "a\nb";
        key = "family: has a line break";
    }
    names(complaint(r), "good", key);
}

TEST_CASE("everything that is wrong with a recipe is told at once", "[generate]") {
    Recipe r = good();
    r.name = "bad";
    r.repetitions = 3;
    r.crystals.lattice_constants = {2.8, -1.0};
    r.crystals.elements = {"Xx"};
    std::vector<std::string> keys;
    for (auto const& c : generate::complaints(r)) keys.push_back(c.key);
    CHECK(keys == std::vector<std::string>{"repetitions", "elements[0]", "lattice_constants[1]"});
}

TEST_CASE("the extent of a recipe is that of what it makes", "[generate]") {
    Recipe slabs = good();
    slabs.crystals.lattices = {"bcc", "fcc"};
    slabs.crystals.supercell = {2, 1, 1};
    slabs.surfaces = generate::Surfaces{{"100", "110", "111"}, {5, 8}, {0}, 10.0};
    slabs.vacancies = generate::Vacancies{2, generate::Arrangement::random, 1};
    slabs.repetitions = 3;
    Recipe carbon = good();
    carbon.crystals.lattices = {"fcc", "bcc"};
    carbon.crystals.lattice_constants = {3.5, 3.6, 3.7};
    carbon.interstitials = generate::Interstitials{{"octahedral", "tetrahedral"}, "C", 2, 0.0};
    for (auto const& recipe : {good(), slabs, carbon}) {
        Plan const plan{1, {recipe}};
        generate::check(plan);
        auto const extent = generate::extent_of(recipe);
        long long atoms = 0, largest = 0, made = 0;
        for (long long i = 0; i < generate::count(plan); ++i) {
            auto const result = generate::make(plan, i);
            REQUIRE(std::holds_alternative<Record>(result));
            auto const n = std::get<Record>(result).structure.size();
            ++made;
            atoms += n;
            if (n > largest) largest = n;
            if (i == extent.largest_index) CHECK(n == extent.largest);
        }
        CHECK(extent.structures == made);
        CHECK(extent.atoms == atoms);
        CHECK(extent.largest == largest);
    }
}

TEST_CASE("slabs of another composition than the crystal are remarked on", "[generate]") {
    Recipe r = good();
    r.crystals.lattices = {"B2"};
    r.crystals.elements = {"Fe", "Ni"};
    r.crystals.supercell = {2, 1, 1};
    r.surfaces = generate::Surfaces{{"100", "110"}, {4, 5}, {0}, 10.0};
    auto const all = generate::remarks(r);
    REQUIRE(all.size() == 1);
    CHECK(all[0].find("slabs 100 of B2 with 5 layers from termination 0 are Fe3Ni2") == 0);
    r.crystals.lattices = {"bcc"};
    r.crystals.elements = {"Fe"};
    CHECK(generate::remarks(r).empty());
}

TEST_CASE("numbers that nobody can have meant are refused at once", "[generate]") {
    Recipe r = good();
    r.crystals.supercell = {2000000000, 2000000000, 2000000000};
    CHECK(complaint(r).find("supercell: structures of 1.6e+28 atoms") != std::string::npos);
    r = good();
    r.crystals.lattice_constant_range = generate::Range{2.8, 2.9, 2000000000};
    CHECK(complaint(r).find("recipes: 2e+09 structures (at most") != std::string::npos);
    r.crystals.volume_range = generate::Range{10.0, 12.0, 2000000000};
    r.strains = generate::Strains{generate::Strains::Kind::sobol, 0.1, 2000000000, {}};
    CHECK(complaint(r).find("recipes: 8e+18 structures") != std::string::npos);
}

TEST_CASE("names of recipes are unique and there is at least one recipe", "[generate]") {
    CHECK_THROWS_AS(generate::check(Plan{1, {good(), good()}}), InputError);
    CHECK_THROWS_AS(generate::check(Plan{}), InputError);
}

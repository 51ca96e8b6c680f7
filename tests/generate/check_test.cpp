#include <string>

#include "kamacite/core/error.hpp"
#include "kamacite/generate/recipe.hpp"
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
        r.substitution = generate::Substitution{"", {}, {{"Fe", 0.6}, {"Ni", 0.5}}};
        key = "substitution.composition";
    }
    SECTION("unknown solute") {
        r.substitution = generate::Substitution{"Nickel", {0.5}, {}};
        key = "substitution.solute";
    }
    SECTION("fraction that is less than one atom") {
        r.substitution = generate::Substitution{"Ni", {0.01}, {}};
        key = "substitution.fractions";
    }
    SECTION("both ways of substitution") {
        r.substitution = generate::Substitution{"Ni", {0.5}, {{"Fe", 1.0}}};
        key = "substitution";
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
    names(complaint(r), "good", key);
}

TEST_CASE("names of recipes are unique and there is at least one recipe", "[generate]") {
    CHECK_THROWS_AS(generate::check(Plan{1, {good(), good()}}), InputError);
    CHECK_THROWS_AS(generate::check(Plan{}), InputError);
}

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "ingredients.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/generate/recipe.hpp"
#include "kamacite/generate/surface.hpp"

namespace kamacite::generate {
namespace {

/// Complains about one recipe, naming it and the key.
struct Complaints {
    std::string recipe;

    void require(bool fine, std::string const& key, std::string const& text) const {
        if (!fine) throw InputError(fmt::format("recipe '{}': {}: {}", recipe, key, text));
    }
    void positive(double value, std::string const& key) const {
        require(std::isfinite(value) && value > 0.0, key,
                fmt::format("{} (must be positive)", value));
    }
    void positive(std::vector<double> const& values, std::string const& key) const {
        for (double const value : values) positive(value, key);
    }
    void element(std::string const& symbol, std::string const& key) const {
        with(key, [&] { (void)atomic_number_of(symbol); });
    }
    /// Runs `work` and gives its complaint the name of the key.
    template <class Work>
    void with(std::string const& key, Work const& work) const {
        try {
            work();
        } catch (Error const& error) {
            require(false, key, error.what());
        }
    }
};

void check_crystals(Crystals const& crystals, Complaints const& c) {
    c.require(!crystals.lattices.empty(), "lattices", "none given (must be at least one)");
    for (auto const& name : crystals.lattices) {
        c.with("lattices", [&] { (void)lattice_of(name); });
        c.require(ratios_of(crystals).empty() || has_ratio(lattice_of(name)), "ratios",
                  fmt::format("c/a of {} is fixed: leave it out, or use bct, hcp or L1_0", name));
        int const needed = n_elements(lattice_of(name));
        c.require(std::ssize(crystals.elements) == needed, "elements",
                  fmt::format("{} elements are given for {} (must be {})", crystals.elements.size(),
                              name, needed));
    }
    for (auto const& symbol : crystals.elements) c.element(symbol, "elements");
    for (auto const& [range, key] :
         {std::pair{&crystals.lattice_constant_range, "lattice_constant_range.count"},
          std::pair{&crystals.volume_range, "volume_range.count"},
          std::pair{&crystals.ratio_range, "ratio_range.count"}})
        if (*range) c.positive((*range)->count, key);
    c.positive(values_of(crystals.lattice_constants, crystals.lattice_constant_range),
               "lattice_constants");
    c.positive(values_of(crystals.volumes, crystals.volume_range), "volumes");
    c.positive(ratios_of(crystals), "ratios");
    c.require(!sizes_of(crystals).empty(), "lattice_constants",
              "no size is given: write lattice_constants, volumes, or a range of either");
    c.require(crystals.supercell.size() == 3, "supercell",
              fmt::format("{} numbers are given (must be 3)", crystals.supercell.size()));
    for (int const n : crystals.supercell) c.positive(n, "supercell");
}

void check_surfaces(Recipe const& recipe, Complaints const& c) {
    auto const& surfaces = *recipe.surfaces;
    c.require(!surfaces.terminations.empty(), "surfaces.terminations",
              "none given (must be at least one)");
    for (auto const& plane : surfaces.planes) {
        c.with("surfaces.planes", [&] { (void)plane_of(plane); });
        for (auto const& name : recipe.crystals.lattices)
            for (int const t : surfaces.terminations) {
                int const n = n_terminations(lattice_of(name), plane_of(plane));
                c.require(t >= 0 && t < n, "surfaces.terminations",
                          fmt::format("{} ({} has {} different {} along the normal of {}): "
                                      "count from 0, or give this plane a recipe of its own",
                                      t, name, n, n == 1 ? "plane" : "planes", plane));
            }
    }
    for (int const n : surfaces.layers) c.positive(n, "surfaces.layers");
    c.require(!surfaces.planes.empty(), "surfaces.planes", "none given (must be at least one)");
    c.require(!surfaces.layers.empty(), "surfaces.layers", "none given (must be at least one)");
    c.positive(surfaces.vacuum, "surfaces.vacuum");
    c.require(recipe.crystals.supercell[2] == 1, "supercell",
              fmt::format("{} copies of a slab along its normal (must be 1): set surfaces.layers",
                          recipe.crystals.supercell[2]));
    c.require(!recipe.interstitials, "interstitials",
              "sites in a slab are not known: leave out surfaces or interstitials");
}

void check_substitution(Substitution const& substitution, int n_atoms, Complaints const& c) {
    bool const solute = !substitution.fractions.empty() || !substitution.solute.empty();
    c.require(solute != !substitution.composition.empty(), "substitution",
              "give either solute and fractions, or composition");
    if (solute) {
        c.element(substitution.solute, "substitution.solute");
        c.require(!substitution.fractions.empty(), "substitution.fractions",
                  "none given (must be at least one)");
        for (double const f : substitution.fractions) {
            c.require(f > 0.0 && f < 1.0, "substitution.fractions",
                      fmt::format("{} (must be between 0 and 1)", f));
            auto const n = std::lround(f * n_atoms);
            c.require(n > 0 && n < n_atoms, "substitution.fractions",
                      fmt::format("{} of {} atoms is {} (must leave both elements): use a larger "
                                  "supercell",
                                  f, n_atoms, n));
        }
        return;
    }
    double sum = 0.0;
    for (auto const& [symbol, part] : substitution.composition) {
        c.element(symbol, "substitution.composition");
        c.require(part >= 0.0, "substitution.composition",
                  fmt::format("{} of {} (must not be negative)", part, symbol));
        sum += part;
    }
    c.require(std::abs(sum - 1.0) < 1e-6, "substitution.composition",
              fmt::format("sums to {} (must be 1)", sum));
}

void check_defects(Recipe const& recipe, Host const& host, Complaints const& c) {
    int const n_atoms = host.structure.size();
    if (recipe.substitution) check_substitution(*recipe.substitution, n_atoms, c);
    if (recipe.interstitials) {
        auto const& added = *recipe.interstitials;
        c.require(!added.sites.empty(), "interstitials.sites", "none given (must be at least one)");
        for (auto const& site : added.sites)
            c.with("interstitials.sites", [&] { (void)site_of(site); });
        c.element(added.element, "interstitials.element");
        c.positive(added.count, "interstitials.count");
        c.require(added.separation >= 0.0, "interstitials.separation",
                  fmt::format("{} Å (must not be negative)", added.separation));
        c.require(host.parent.kind != Parent::Kind::other, "interstitials.sites",
                  fmt::format("sites in {} are not known: use a lattice derived from bcc or fcc",
                              name_of(host.lattice)));
    }
    if (!recipe.vacancies) return;
    auto const& vacancies = *recipe.vacancies;
    c.positive(vacancies.count, "vacancies.count");
    c.positive(vacancies.shell, "vacancies.shell");
    c.require(vacancies.count < n_atoms, "vacancies.count",
              fmt::format("{} of {} atoms (must leave one): use a larger supercell",
                          vacancies.count, n_atoms));
    c.require(vacancies.arrangement != Arrangement::at_interstitial || recipe.interstitials,
              "vacancies.arrangement", "at_interstitial needs interstitials");
}

void check_strains(Strains const& strains, Complaints const& c) {
    if (strains.kind == Strains::Kind::sobol) {
        c.positive(strains.count, "strains.count");
        c.require(strains.maximum > 0.0 && strains.maximum < 1.0 / 3.0, "strains.maximum",
                  fmt::format("{} (must be between 0 and 1/3): beyond, a strain may turn the cell "
                              "inside out",
                              strains.maximum));
        return;
    }
    c.require(!strains.amplitudes.empty(), "strains.amplitudes",
              "none given (must be at least one)");
    for (double const amplitude : strains.amplitudes)
        c.require(std::abs(amplitude) < 0.9, "strains.amplitudes",
                  fmt::format("{} (must be between -0.9 and 0.9)", amplitude));
}

void check_displacements(Displacements const& moved, int n_atoms, Complaints const& c) {
    c.require(
        n_atoms > 1, "displacements",
        "the structure has one atom, which any displacement leaves as it is: use a supercell");
    if (moved.kind == Displacements::Kind::gaussian) {
        c.require(!moved.amplitudes.empty(), "displacements.amplitudes",
                  "none given (must be at least one)");
        c.positive(moved.amplitudes, "displacements.amplitudes");
        return;
    }
    c.require(!moved.temperatures.empty(), "displacements.temperatures",
              "none given (must be at least one)");
    for (double const t : moved.temperatures)
        c.require(std::isfinite(t) && t >= 0.0, "displacements.temperatures",
                  fmt::format("{} K (must not be negative)", t));
    c.positive(moved.debye_temperature, "displacements.debye_temperature");
}

void check_recipe(Recipe const& recipe) {
    Complaints const c{recipe.name};
    c.require(!recipe.name.empty(), "name", "is empty (must name the recipe)");
    check_crystals(recipe.crystals, c);
    if (recipe.surfaces) check_surfaces(recipe, c);
    c.positive(recipe.repetitions, "repetitions");
    c.positive(recipe.attempts, "attempts");
    c.require(recipe.minimum_distance >= 0.0, "minimum_distance",
              fmt::format("{} Å (must not be negative)", recipe.minimum_distance));
    bool const random =
        recipe.substitution || recipe.interstitials || recipe.vacancies || recipe.displacements;
    c.require(random || recipe.repetitions == 1, "repetitions",
              fmt::format("{} (must be 1): nothing in this recipe is random, they would be equal",
                          recipe.repetitions));
    if (recipe.strains) check_strains(*recipe.strains, c);
    for (int lattice = 0; lattice < std::ssize(recipe.crystals.lattices); ++lattice) {
        Choice choice;
        choice.lattice = lattice;
        auto const host = make_host(recipe, choice);
        check_defects(recipe, host, c);
        if (recipe.displacements)
            check_displacements(*recipe.displacements, host.structure.size(), c);
    }
}

}  // namespace

void check(Plan const& plan) {
    if (plan.recipes.empty())
        throw InputError("recipes: none given (must be at least one): add one");
    std::set<std::string> names;
    for (auto const& recipe : plan.recipes) {
        check_recipe(recipe);
        if (!names.insert(recipe.name).second)
            throw InputError(
                fmt::format("recipe '{}': name: is used twice (must be unique)", recipe.name));
    }
}

}  // namespace kamacite::generate

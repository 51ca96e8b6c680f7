#include "kamacite/generate/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "ingredients.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/generate/surface.hpp"

namespace kamacite::generate {
namespace {

std::string entry(std::string const& key, std::size_t i) {
    return fmt::format("{}[{}]", key, i);
}

/// The complaints so far, and the ways to add one.
struct Found {
    std::vector<Complaint> all{};

    void require(bool fine, std::string const& key, std::string const& text) {
        if (!fine) all.push_back({key, text});
    }
    void positive(double value, std::string const& key) {
        require(std::isfinite(value) && value > 0.0, key,
                fmt::format("{} (must be positive)", value));
    }
    template <class T>
    void positive(std::vector<T> const& values, std::string const& key) {
        for (std::size_t i = 0; i < values.size(); ++i)
            positive(static_cast<double>(values[i]), entry(key, i));
    }
    void positive(std::optional<Range> const& range, std::string const& key) {
        if (!range) return;
        positive(range->from, key + ".from");
        positive(range->to, key + ".to");
        positive(range->count, key + ".count");
    }
    template <class T>
    void some(std::vector<T> const& values, std::string const& key) {
        require(!values.empty(), key, "none given (must be at least one): name one");
    }
    void element(std::string const& symbol, std::string const& key) {
        attempt(key, [&] { (void)atomic_number_of(symbol); });
    }
    void one_line(std::string const& text, std::string const& key) {
        bool const fine = std::none_of(text.begin(), text.end(), [](char c) {
            return static_cast<unsigned char>(c) < 0x20U || c == 0x7F;
        });
        require(fine, key, "has a line break or control character: leave it out");
    }
    /// Runs `work`, whose error becomes a complaint of the key.
    template <class Work>
    void attempt(std::string const& key, Work const& work) {
        try {
            work();
        } catch (Error const& error) {
            require(false, key, error.what());
        }
    }
};

void look_at_crystals(Crystals const& crystals, Found& found) {
    found.some(crystals.lattices, "lattices");
    for (std::size_t i = 0; i < crystals.elements.size(); ++i)
        found.element(crystals.elements[i], entry("elements", i));
    bool const ratios = !crystals.ratios.empty() || crystals.ratio_range;
    for (std::size_t i = 0; i < crystals.lattices.size(); ++i) {
        auto const& name = crystals.lattices[i];
        found.attempt(entry("lattices", i), [&] {
            auto const lattice = lattice_of(name);
            found.require(
                !ratios || has_ratio(lattice), crystals.ratio_range ? "ratio_range" : "ratios",
                fmt::format("c/a of {} is fixed: leave it out, or use bct, hcp or L1_0", name));
            int const needed = n_elements(lattice);
            found.require(
                std::ssize(crystals.elements) == needed, "elements",
                fmt::format("{} given, but {} takes {}: name {}", crystals.elements.size(), name,
                            needed, needed == 1 ? "one" : "two, A and B"));
        });
    }
    found.positive(crystals.lattice_constants, "lattice_constants");
    found.positive(crystals.lattice_constant_range, "lattice_constant_range");
    found.positive(crystals.volumes, "volumes");
    found.positive(crystals.volume_range, "volume_range");
    found.positive(crystals.ratios, "ratios");
    found.positive(crystals.ratio_range, "ratio_range");
    found.require(n_sizes(crystals) > 0, "lattice_constants",
                  "no size is given: write lattice_constants, volumes, or a range of either");
    found.require(crystals.supercell.size() == 3, "supercell",
                  fmt::format("{} numbers are given (must be 3, one per cell vector): write e.g. "
                              "[2, 2, 2]",
                              crystals.supercell.size()));
    found.positive(crystals.supercell, "supercell");
}

void look_at_surfaces(Recipe const& recipe, Found& found) {
    auto const& surfaces = *recipe.surfaces;
    found.some(surfaces.planes, "surfaces.planes");
    found.some(surfaces.layers, "surfaces.layers");
    found.some(surfaces.terminations, "surfaces.terminations");
    found.positive(surfaces.layers, "surfaces.layers");
    found.positive(surfaces.vacuum, "surfaces.vacuum");
    found.require(recipe.crystals.supercell[2] == 1, "supercell",
                  fmt::format("{} copies of a slab along its normal (must be 1): set "
                              "surfaces.layers",
                              recipe.crystals.supercell[2]));
    found.require(!recipe.interstitials, "interstitials",
                  "sites in a slab are not known: leave out surfaces or interstitials");
    for (std::size_t p = 0; p < surfaces.planes.size(); ++p)
        found.attempt(entry("surfaces.planes", p), [&] {
            auto const plane = plane_of(surfaces.planes[p]);
            for (auto const& name : recipe.crystals.lattices)
                for (std::size_t t = 0; t < surfaces.terminations.size(); ++t) {
                    int const n = n_terminations(lattice_of(name), plane);
                    int const wanted = surfaces.terminations[t];
                    found.require(
                        wanted >= 0 && wanted < n, entry("surfaces.terminations", t),
                        fmt::format("{} (of {} different {} of {} along the normal of {}): count "
                                    "from 0, or give this plane a recipe of its own",
                                    wanted, n, n == 1 ? "plane" : "planes", name,
                                    surfaces.planes[p]));
                }
        });
}

void look_at_fractions(Substitution const& substitution, long long n_atoms, Found& found) {
    for (std::size_t i = 0; i < substitution.fractions.size(); ++i) {
        double const f = substitution.fractions[i];
        auto const key = entry("substitution.fractions", i);
        found.require(f > 0.0 && f < 1.0, key, fmt::format("{} (must be between 0 and 1)", f));
        auto const n = std::llround(f * static_cast<double>(n_atoms));
        found.require(n > 0 && n < n_atoms, key,
                      fmt::format("{} of {} atoms is {} (must leave both elements): use a larger "
                                  "supercell",
                                  f, n_atoms, n));
    }
}

void look_at_composition(Substitution const& substitution, long long n_atoms, Found& found) {
    double sum = 0.0;
    for (auto const& [symbol, part] : substitution.composition) {
        auto const key = "substitution.composition." + symbol;
        found.element(symbol, key);
        found.require(part >= 0.0, key, fmt::format("{} (must not be negative)", part));
        sum += part;
    }
    found.require(std::abs(sum - 1.0) < 1e-6, "substitution.composition",
                  fmt::format("sums to {} (must be 1)", sum));
    if (!found.all.empty()) return;
    for (auto const& [z, n] : counts_of(substitution, 0, static_cast<int>(n_atoms))) {
        std::string const symbol{symbol_of(z)};
        found.require(n > 0 || substitution.composition.at(symbol) == 0.0,
                      "substitution.composition." + symbol,
                      fmt::format("{} of {} atoms is none: use a larger supercell",
                                  substitution.composition.at(symbol), n_atoms));
    }
}

constexpr long long most_quasi_random = 2000;

void look_at_quasi_random(Recipe const& recipe, Host const& unit, long long n_atoms, Found& found) {
    auto const& substitution = *recipe.substitution;
    auto const& wanted = substitution.quasi_random;
    found.positive(wanted.shells, "substitution.shells");
    found.positive(wanted.sweeps, "substitution.sweeps");
    found.require(wanted.triangle_shells >= 0 && wanted.triangle_shells <= wanted.shells,
                  "substitution.triangle_shells",
                  fmt::format("{} (must be 0 … shells, {}): lower it", wanted.triangle_shells,
                              wanted.shells));
    found.require(n_atoms <= most_quasi_random, "substitution.kind",
                  fmt::format("quasi_random of {} atoms (at most {}: larger alloys are about as "
                              "random as drawn): say random",
                              n_atoms, most_quasi_random));
    found.require(n_elements(unit.lattice) == 1 || !substitution.composition.empty(),
                  "substitution.kind",
                  fmt::format("quasi_random with a solute in {}, whose own elements are in order: "
                              "give composition, or say random",
                              name_of(unit.lattice)));
}

void look_at_substitution(Recipe const& recipe, Host const& unit, long long n_atoms, Found& found) {
    auto const& substitution = *recipe.substitution;
    if (substitution.kind == Substitution::Kind::quasi_random)
        look_at_quasi_random(recipe, unit, n_atoms, found);
    bool const solute = !substitution.fractions.empty() || !substitution.solute.empty();
    found.require(solute != !substitution.composition.empty(), "substitution",
                  "give either solute and fractions, or composition");
    if (!solute) return look_at_composition(substitution, n_atoms, found);
    found.element(substitution.solute, "substitution.solute");
    found.require(
        recipe.crystals.elements != std::vector{substitution.solute}, "substitution.solute",
        fmt::format("{} (the crystal has no other element): name another", substitution.solute));
    found.some(substitution.fractions, "substitution.fractions");
    look_at_fractions(substitution, n_atoms, found);
}

void look_at_interstitials(Recipe const& recipe, Host const& unit, long long n_atoms,
                           Found& found) {
    auto const& added = *recipe.interstitials;
    found.some(added.sites, "interstitials.sites");
    for (std::size_t i = 0; i < added.sites.size(); ++i)
        found.attempt(entry("interstitials.sites", i), [&] { (void)site_of(added.sites[i]); });
    found.element(added.element, "interstitials.element");
    found.positive(added.count, "interstitials.count");
    found.require(added.count <= n_atoms, "interstitials.count",
                  fmt::format("{} in {} atoms (must not be more than these): use a larger "
                              "supercell",
                              added.count, n_atoms));
    found.require(added.separation >= 0.0, "interstitials.separation",
                  fmt::format("{} Å (must not be negative)", added.separation));
    found.require(unit.parent.kind != Parent::Kind::other || recipe.surfaces, "interstitials.sites",
                  fmt::format("sites in {} are not known: use a lattice derived from bcc or fcc",
                              name_of(unit.lattice)));
}

/// Whether vacancies that lie to each other, or to an interstitial, find their shell.
void try_vacancies(Recipe const& recipe, Choice choice, Found& found) {
    auto const& vacancies = *recipe.vacancies;
    if (vacancies.arrangement == Arrangement::random || !found.all.empty()) return;
    auto const host = make_host(recipe, choice);
    int const n_host = host.structure.size();
    if (n_host > 20'000) return;  // no shell is too far in these
    RandomStream random{0, "check", 0};
    auto s = host.structure;
    if (recipe.interstitials)
        s = with_interstitial(s, host.parent, site_of(recipe.interstitials->sites.front()),
                              atomic_number_of(recipe.interstitials->element),
                              recipe.interstitials->separation, {recipe.minimum_distance}, random);
    found.attempt("vacancies.shell", [&] { (void)with_vacancies(s, n_host, vacancies, random); });
}

void look_at_vacancies(Recipe const& recipe, long long n_atoms, Found& found) {
    auto const& vacancies = *recipe.vacancies;
    found.positive(vacancies.count, "vacancies.count");
    found.positive(vacancies.shell, "vacancies.shell");
    found.require(vacancies.count < n_atoms, "vacancies.count",
                  fmt::format("{} of {} {} (must leave one): use a larger supercell",
                              vacancies.count, n_atoms, n_atoms == 1 ? "atom" : "atoms"));
    found.require(vacancies.arrangement != Arrangement::at_interstitial || recipe.interstitials,
                  "vacancies.arrangement", "at_interstitial needs interstitials: add them");
}

void look_at_strains(Strains const& strains, Found& found) {
    if (strains.kind == Strains::Kind::sobol) {
        found.positive(strains.count, "strains.count");
        found.require(strains.maximum > 0.0 && strains.maximum < 1.0 / 3.0, "strains.maximum",
                      fmt::format("{} (must be between 0 and 1/3): beyond, a strain may turn the "
                                  "cell inside out",
                                  strains.maximum));
        return;
    }
    found.some(strains.amplitudes, "strains.amplitudes");
    for (std::size_t i = 0; i < strains.amplitudes.size(); ++i)
        found.require(std::abs(strains.amplitudes[i]) < 0.9, entry("strains.amplitudes", i),
                      fmt::format("{} (must be between -0.9 and 0.9)", strains.amplitudes[i]));
}

void look_at_displacements(Displacements const& moved, Found& found) {
    if (moved.kind != Displacements::Kind::thermal) {
        found.some(moved.amplitudes, "displacements.amplitudes");
        found.positive(moved.amplitudes, "displacements.amplitudes");
        if (moved.kind == Displacements::Kind::gaussian) return;
        found.some(moved.directions, "displacements.directions");
        for (std::size_t i = 0; i < moved.directions.size(); ++i)
            found.attempt(entry("displacements.directions", i),
                          [&] { (void)plane_of(moved.directions[i]); });
        return;
    }
    found.some(moved.temperatures, "displacements.temperatures");
    for (std::size_t i = 0; i < moved.temperatures.size(); ++i)
        found.require(std::isfinite(moved.temperatures[i]) && moved.temperatures[i] >= 0.0,
                      entry("displacements.temperatures", i),
                      fmt::format("{} K (must not be negative)", moved.temperatures[i]));
    found.positive(moved.debye_temperature, "displacements.debye_temperature");
}

void look_at_host(Recipe const& recipe, Choice const& choice, Found& found) {
    auto const unit = make_unit(recipe, choice);
    double const atoms = host_atoms(recipe, unit);
    if (atoms > static_cast<double>(most_atoms))
        return found.require(
            false, "supercell",
            fmt::format("structures of {:.3g} atoms (at most {} can be made): use fewer copies",
                        atoms, most_atoms));
    auto const n_atoms = static_cast<long long>(atoms);
    if (recipe.substitution) look_at_substitution(recipe, unit, n_atoms, found);
    if (recipe.interstitials) look_at_interstitials(recipe, unit, n_atoms, found);
    if (recipe.vacancies) {
        look_at_vacancies(recipe, n_atoms, found);
        try_vacancies(recipe, choice, found);
    }
    found.require(
        !recipe.displacements || n_atoms > 1, "displacements",
        "the structure has one atom, which any displacement leaves as it is: use a supercell");
}

}  // namespace

std::vector<Complaint> complaints(Recipe const& recipe) {
    Found found;
    found.require(!recipe.name.empty(), "name", "is empty (must name the recipe): give one");
    found.one_line(recipe.name, "name");
    found.one_line(recipe.family, "family");
    found.positive(recipe.repetitions, "repetitions");
    found.positive(recipe.attempts, "attempts");
    found.require(recipe.minimum_distance >= 0.0, "minimum_distance",
                  fmt::format("{} Å (must not be negative)", recipe.minimum_distance));
    found.require(is_random(recipe) || recipe.repetitions <= 1, "repetitions",
                  fmt::format("{} (must be 1): nothing in this recipe is random, they would be "
                              "equal",
                              recipe.repetitions));
    if (recipe.strains) look_at_strains(*recipe.strains, found);
    if (recipe.displacements) look_at_displacements(*recipe.displacements, found);
    auto const before = found.all.size();
    look_at_crystals(recipe.crystals, found);
    if (found.all.size() > before) return found.all;
    if (recipe.surfaces) look_at_surfaces(recipe, found);
    if (found.all.size() > before) return found.all;
    for_hosts(recipe, [&](Choice const& choice) {
        if (found.all.size() == before) look_at_host(recipe, choice, found);  // the first tells all
    });
    return found.all;
}

std::vector<Complaint> complaints(Plan const& plan) {
    Found found;
    found.some(plan.recipes, "recipes");
    std::map<std::string, std::size_t> first;
    double structures = 0.0;
    for (std::size_t i = 0; i < plan.recipes.size(); ++i) {
        auto const& name = plan.recipes[i].name;
        auto const [other, is_new] = first.emplace(name, i);
        found.require(is_new, fmt::format("recipes[{}].name", i),
                      fmt::format("'{}' is the name of recipes[{}] too (random numbers depend on "
                                  "it): choose another, and give both the same 'family'",
                                  name, other->second));
        structures += structures_of(plan.recipes[i]);
    }
    found.require(structures <= static_cast<double>(most_structures), "recipes",
                  fmt::format("{:.3g} structures (at most {} in one run): use shorter lists, or "
                              "divide the input",
                              structures, most_structures));
    return found.all;
}

void check(Plan const& plan) {
    std::string all;
    auto const tell = [&](std::string const& where, std::vector<Complaint> const& found) {
        for (auto const& c : found)
            all += fmt::format("{}{}{}: {}", all.empty() ? "" : "\n", where, c.key, c.text);
    };
    for (auto const& recipe : plan.recipes)
        tell(fmt::format("recipe '{}': ", recipe.name), complaints(recipe));
    if (all.empty()) tell("", complaints(plan));
    if (!all.empty()) throw InputError(all);
}

}  // namespace kamacite::generate

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "ingredients.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/generate/displacement.hpp"
#include "kamacite/generate/recipe.hpp"

namespace kamacite::generate {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
T const& at(std::vector<T> const& list, long long i) {
    return list[static_cast<std::size_t>(i)];
}

/// The host's atoms as an alloy, and, if it is quasi-random, what is left of its order.
struct Alloy {
    Structure structure;
    std::vector<ShortRangeOrder> order;
};

Alloy alloy_of(Recipe const& recipe, Choice const& choice, Host const& host, RandomStream& random) {
    Alloy alloy{host.structure, {}};
    if (!recipe.substitution) return alloy;
    auto const& substitution = *recipe.substitution;
    auto& s = alloy.structure;
    s = substituted(s, counts_of(substitution, choice.fraction, s.size()), random);
    if (substitution.kind == Substitution::Kind::random) return alloy;
    auto const& wanted = substitution.quasi_random;
    auto const figures = figures_of(s, wanted.shells, wanted.triangle_shells);
    s.species = quasi_random(figures, s.species, wanted.sweeps, random);
    alloy.order = warren_cowley(figures, s.species);
    return alloy;
}

Structure with_defects(Recipe const& recipe, Choice const& choice, Host const& host, Structure s,
                       RandomStream& random) {
    int const n_host = s.size();
    if (recipe.interstitials) {
        auto const& added = *recipe.interstitials;
        for (int i = 0; i < added.count; ++i) {
            // sites are counted from perfect positions: only the first n_host atoms are offered
            Structure const before{
                s.cell, {s.species.begin(), s.species.begin() + n_host}, host.structure.positions};
            auto const one =
                with_interstitial(before, host.parent, site_of(at(added.sites, choice.site)),
                                  atomic_number_of(added.element), added.separation,
                                  {recipe.minimum_distance}, random);
            for (int j = 0; j < n_host; ++j) {
                auto const k = static_cast<std::size_t>(j);
                s.positions[k] += one.positions[k] - host.structure.positions[k];
            }
            s.positions.push_back(one.positions.back());
            s.species.push_back(one.species.back());
        }
    }
    return recipe.vacancies ? with_vacancies(s, n_host, *recipe.vacancies, random) : s;
}

/// As with_defects(); a defect that does not fit is told with the name of the recipe.
Structure try_defects(Recipe const& recipe, Choice const& choice, Host const& host,
                      Structure const& alloy, RandomStream& random) {
    try {
        return with_defects(recipe, choice, host, alloy, random);
    } catch (InputError const& error) {
        throw InputError(fmt::format("recipe '{}': {}", recipe.name, error.what()));
    }
}

Structure with_motion(Recipe const& recipe, Choice const& choice, Structure s,
                      RandomStream& random) {
    if (recipe.strains)
        s = strained(s, strain_of(*recipe.strains, static_cast<int>(choice.strain)));
    if (!recipe.displacements) return s;
    auto const& moved = *recipe.displacements;
    if (moved.kind == Displacements::Kind::single) {
        s.positions.front() += single_displacement(moved, choice.displacement).vector;
        return s;
    }
    return moved.kind == Displacements::Kind::gaussian
               ? displaced(s, at(moved.amplitudes, choice.displacement), random)
               : thermally_displaced(s, at(moved.temperatures, choice.displacement),
                                     moved.debye_temperature, random);
}

std::string_view name_of(Arrangement arrangement) {
    switch (arrangement) {
        case Arrangement::random:
            return "random";
        case Arrangement::cluster:
            return "cluster";
        case Arrangement::at_interstitial:
            return "at_interstitial";
    }
    return "";
}

/// "Fe-Ni": what is left of the order in each shell.
Json described(std::vector<ShortRangeOrder> const& order) {
    Json json = Json::object();
    for (auto const& pair : order) {
        auto& values =
            json[fmt::format("{}-{}", symbol_of(pair.kinds.first), symbol_of(pair.kinds.second))] =
                Json::array();
        for (double const alpha : pair.values) values.push_back(std::round(alpha * 1e6) / 1e6);
    }
    return json;
}

void describe_defects(Json& json, Recipe const& recipe, Choice const& choice, Host const& host,
                      std::vector<ShortRangeOrder> const& order) {
    if (recipe.surfaces)
        json["surface"] = {{"plane", at(recipe.surfaces->planes, choice.plane)},
                           {"layers", at(recipe.surfaces->layers, choice.layers)},
                           {"termination", at(recipe.surfaces->terminations, choice.termination)},
                           {"vacuum", recipe.surfaces->vacuum},
                           {"formula", formula_of(host.structure)}};
    if (recipe.substitution) {
        Json atoms = Json::object();
        for (auto const& [z, n] :
             counts_of(*recipe.substitution, choice.fraction, host.structure.size()))
            atoms[std::string{symbol_of(z)}] = n;
        json["substituted_atoms"] = atoms;
        if (!order.empty()) json["warren_cowley"] = described(order);
    }
    if (recipe.interstitials)
        json["interstitials"] = {{"site", at(recipe.interstitials->sites, choice.site)},
                                 {"element", recipe.interstitials->element},
                                 {"count", recipe.interstitials->count},
                                 {"separation", recipe.interstitials->separation}};
    if (recipe.vacancies)
        json["vacancies"] = {{"count", recipe.vacancies->count},
                             {"arrangement", name_of(recipe.vacancies->arrangement)},
                             {"shell", recipe.vacancies->shell}};
}

void describe_motion(Json& json, Recipe const& recipe, Choice const& choice) {
    if (recipe.strains) {
        Mat3 const e = strain_of(*recipe.strains, static_cast<int>(choice.strain));
        json["strain"] = {
            {e(0, 0), e(0, 1), e(0, 2)}, {e(1, 0), e(1, 1), e(1, 2)}, {e(2, 0), e(2, 1), e(2, 2)}};
    }
    if (!recipe.displacements) return;
    auto const& moved = *recipe.displacements;
    if (moved.kind == Displacements::Kind::gaussian)
        json["displacement"] = {{"amplitude", at(moved.amplitudes, choice.displacement)}};
    else if (moved.kind == Displacements::Kind::single) {
        auto const one = single_displacement(moved, choice.displacement);
        json["displacement"] = {{"amplitude", one.amplitude}, {"direction", one.direction}};
    } else
        json["displacement"] = {{"temperature", at(moved.temperatures, choice.displacement)},
                                {"debye_temperature", moved.debye_temperature}};
}

std::string describe(Plan const& plan, Recipe const& recipe, long long index, Choice const& choice,
                     Host const& host, std::vector<ShortRangeOrder> const& order, int attempt) {
    Json json;
    json["recipe"] = recipe.name;
    json["seed"] = plan.seed;
    json["index"] = index;
    json["attempt"] = attempt;
    json["lattice"] = name_of(host.lattice);
    json["elements"] = recipe.crystals.elements;
    json["lattice_constant"] = host.shape.a;
    json["ratio"] = host.shape.ratio;
    json["cell"] = recipe.crystals.cell == CellChoice::primitive ? "primitive" : "conventional";
    json["supercell"] = recipe.crystals.supercell;
    describe_defects(json, recipe, choice, host, order);
    describe_motion(json, recipe, choice);
    json["repetition"] = choice.repetition;
    json["minimum_distance"] = recipe.minimum_distance;
    return json.dump();
}

std::string series_of(Recipe const& recipe, Choice const& choice) {
    std::string series =
        fmt::format("{}/{}", recipe.name, at(recipe.crystals.lattices, choice.lattice));
    if (recipe.surfaces) {
        series += fmt::format("/{}", at(recipe.surfaces->planes, choice.plane));
        if (recipe.surfaces->terminations.size() > 1)
            series += fmt::format("/t{}", at(recipe.surfaces->terminations, choice.termination));
    }
    if (recipe.substitution) series += fmt::format("/alloy{}", choice.fraction);
    if (recipe.interstitials)
        series += fmt::format("/{}", at(recipe.interstitials->sites, choice.site));
    if (recipe.repetitions > 1) series += fmt::format("/r{}", choice.repetition);
    return series;
}

}  // namespace

long long count(Plan const& plan) {
    long long n = 0;
    for (auto const& recipe : plan.recipes) n += count(recipe);
    return n;
}

std::variant<Record, Refused> make(Plan const& plan, long long index) {
    KAMACITE_EXPECTS(index >= 0 && index < count(plan));
    std::size_t which = 0;
    while (index >= count(plan.recipes[which])) index -= count(plan.recipes[which++]);
    auto const& recipe = plan.recipes[which];
    auto const choice = choice_of(recipe, index);
    auto const host = make_host(recipe, choice);
    MinimumDistance const minimum{recipe.minimum_distance};
    RandomStream random{plan.seed, "generate/" + recipe.name, static_cast<std::uint64_t>(index)};

    std::string reason;
    int const attempts = is_random(recipe) ? recipe.attempts : 1;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        auto const alloy = alloy_of(recipe, choice, host, random);
        auto s = with_motion(recipe, choice,
                             try_defects(recipe, choice, host, alloy.structure, random), random);
        auto const pair = too_close(s, minimum);
        if (!pair)
            return Record{std::move(s),
                          {},
                          fmt::format("{}-{}", recipe.name, index),
                          recipe.family.empty() ? recipe.name : recipe.family,
                          series_of(recipe, choice),
                          "generate/" + recipe.name,
                          describe(plan, recipe, index, choice, host, alloy.order, attempt)};
        int const z1 = s.species[static_cast<std::size_t>(pair->first)];
        int const z2 = s.species[static_cast<std::size_t>(pair->second)];
        reason = fmt::format("{} and {} are nearer than {:.3f} Å", symbol_of(std::min(z1, z2)),
                             symbol_of(std::max(z1, z2)), minimum.of(z1, z2));
    }
    return Refused{recipe.name, reason};
}

}  // namespace kamacite::generate

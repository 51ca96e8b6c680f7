#include "kamacite/generate/extent.hpp"

#include <fmt/format.h>

#include <map>

#include "ingredients.hpp"

namespace kamacite::generate {
namespace {

std::map<int, long long> counts_of(Structure const& s) {
    std::map<int, long long> counts;
    for (int const z : s.species) ++counts[z];
    return counts;
}

bool same_composition(Structure const& a, Structure const& b) {
    auto const of_a = counts_of(a);
    auto of_b = counts_of(b);
    for (auto const& [z, n] : of_a)
        if (n * b.size() != of_b[z] * a.size()) return false;
    return of_a.size() == of_b.size();
}

}  // namespace

Extent extent_of(Recipe const& recipe) {
    Extent extent;
    extent.structures = count(recipe);
    auto const n = lengths_of(recipe);
    auto const hosts = n.lattice * n.plane * n.layers * n.termination;
    int const added = (recipe.interstitials ? recipe.interstitials->count : 0) -
                      (recipe.vacancies ? recipe.vacancies->count : 0);
    for_hosts(recipe, [&](Choice const& choice) {
        auto const atoms =
            static_cast<long long>(host_atoms(recipe, make_unit(recipe, choice))) + added;
        extent.atoms += atoms * (extent.structures / hosts);
        if (atoms <= extent.largest) return;
        extent.largest = atoms;
        extent.largest_index = index_of(recipe, choice);
    });
    return extent;
}

std::vector<std::string> remarks(Recipe const& recipe) {
    std::vector<std::string> all;
    if (!recipe.surfaces) return all;
    Recipe bulk = recipe;
    bulk.surfaces.reset();
    for_hosts(recipe, [&](Choice const& choice) {
        auto const slab = make_unit(recipe, choice);
        Choice of_bulk;
        of_bulk.lattice = choice.lattice;
        if (same_composition(slab.structure, make_unit(bulk, of_bulk).structure)) return;
        auto const at = [](auto const& list, long long i) {
            return list[static_cast<std::size_t>(i)];
        };
        all.push_back(fmt::format(
            "slabs {} of {} with {} layers from termination {} are {}, which is not the "
            "composition of the crystal",
            at(recipe.surfaces->planes, choice.plane), name_of(slab.lattice),
            at(recipe.surfaces->layers, choice.layers),
            at(recipe.surfaces->terminations, choice.termination), formula_of(slab.structure)));
    });
    return all;
}

}  // namespace kamacite::generate

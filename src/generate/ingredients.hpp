#pragma once
/// \file
/// Which combination of a recipe's ingredients an index stands for.
#include "kamacite/generate/recipe.hpp"

namespace kamacite::generate {

/// Lattice constants and volumes of a recipe; they are counted as one list, which is never made: it
/// may be long, and every structure needs one entry.
[[nodiscard]] long long n_sizes(Crystals const& crystals);

/// Whether repetitions of a structure of the recipe differ.
[[nodiscard]] bool is_random(Recipe const& recipe);

/// Position of each ingredient in its list; 0 where the recipe does not have it.
struct Choice {
    long long lattice = 0, size = 0, ratio = 0, plane = 0, layers = 0, termination = 0,
              fraction = 0, site = 0, strain = 0, displacement = 0, repetition = 0;
};

/// How many values each ingredient has (all ≥ 1 in a checked recipe).
[[nodiscard]] Choice lengths_of(Recipe const& recipe);
[[nodiscard]] Choice choice_of(Recipe const& recipe, long long index);
[[nodiscard]] long long index_of(Recipe const& recipe, Choice const& choice);
/// As count(), of a recipe that is not checked: it may be more than a whole number can be.
[[nodiscard]] double structures_of(Recipe const& recipe);

/// Atomic numbers and how many atoms of each, for alloy `fraction` of `s`-sized structures.
[[nodiscard]] std::vector<std::pair<int, int>> counts_of(Substitution const& substitution,
                                                         long long fraction, int n_atoms);

/// The crystal or slab before defects.
struct Host {
    Structure structure;
    Parent parent;
    Lattice lattice;
    Shape shape;
};
[[nodiscard]] Host make_unit(Recipe const& recipe, Choice const& choice);  ///< one cell or slab
[[nodiscard]] Host make_host(Recipe const& recipe, Choice const& choice);  ///< its supercell
/// Atoms of make_host(), of a recipe that is not checked: too many for a whole number, perhaps.
[[nodiscard]] double host_atoms(Recipe const& recipe, Host const& unit);

/// Visits the choices whose hosts differ in their atoms: not in size, c/a or what comes later.
template <class Visit>
void for_hosts(Recipe const& recipe, Visit const& visit) {
    auto const n = lengths_of(recipe);
    Choice choice;
    for (choice.lattice = 0; choice.lattice < n.lattice; ++choice.lattice)
        for (choice.plane = 0; choice.plane < n.plane; ++choice.plane)
            for (choice.layers = 0; choice.layers < n.layers; ++choice.layers)
                for (choice.termination = 0; choice.termination < n.termination;
                     ++choice.termination)
                    visit(choice);
}

}  // namespace kamacite::generate

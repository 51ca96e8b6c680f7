#pragma once
/// \file
/// Which combination of a recipe's ingredients an index stands for.
#include "kamacite/generate/recipe.hpp"

namespace kamacite::generate {

/// Lattice constants and volumes of a recipe in one list.
struct Size {
    double value = 0.0;
    enum class Kind { lattice_constant, volume } kind = Kind::lattice_constant;
};

[[nodiscard]] std::vector<double> values_of(std::vector<double> const& list,
                                            std::optional<Range> const& range);
[[nodiscard]] std::vector<Size> sizes_of(Crystals const& crystals);
[[nodiscard]] std::vector<double> ratios_of(Crystals const& crystals);  ///< empty: the ideal one

/// Position of each ingredient in its list; 0 where the recipe does not have it.
struct Choice {
    int lattice = 0, size = 0, ratio = 0, plane = 0, layers = 0, termination = 0, fraction = 0,
        site = 0, strain = 0, displacement = 0, repetition = 0;
};

/// How many values each ingredient has (all ≥ 1 in a checked recipe).
[[nodiscard]] Choice lengths_of(Recipe const& recipe);
[[nodiscard]] Choice choice_of(Recipe const& recipe, long long index);

/// Atomic numbers and how many atoms of each, for alloy `fraction` of `s`-sized structures.
[[nodiscard]] std::vector<std::pair<int, int>> counts_of(Substitution const& substitution,
                                                         int fraction, int n_atoms);

/// The crystal or slab and its supercell, before defects.
struct Host {
    Structure structure;
    Parent parent;
    Lattice lattice;
    Shape shape;
};
[[nodiscard]] Host make_host(Recipe const& recipe, Choice const& choice);

}  // namespace kamacite::generate

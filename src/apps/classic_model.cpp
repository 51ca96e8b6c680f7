#include "classic_model.hpp"

#include "kamacite/descriptors/recipe.hpp"
#include "kamacite/generate/displacement.hpp"
#include "kamacite/generate/lattice.hpp"

namespace kamacite::apps {
namespace {

constexpr double lattice_constant = 2.87;  // [Å]
constexpr double rattle = 0.1;             // [Å]
constexpr std::uint64_t seed = 1;

Recipe classic_recipe() {
    Recipe recipe;
    recipe.form = CutoffForm::poly2;
    recipe.radial_centred = 10;
    recipe.radial_shifted = 0;
    recipe.cutoff_angular = 6.5;
    recipe.angular_eta = {0.012, 0.03, 0.06, 0.1, 0.15, 0.25};
    recipe.zeta = {1, 6};
    return recipe;
}

}  // namespace

Structure rattled_crystal(int atoms, std::vector<int> const& elements) {
    int n = 1;
    while (2LL * n * n * n < atoms) ++n;
    auto const cell = generate::make_lattice(generate::Lattice::bcc, {lattice_constant, 1.0},
                                             generate::CellChoice::conventional, {elements[0]});
    RandomStream random{seed, "crystal of bench kernel", 0};
    auto structure = generate::displaced(supercell(cell, {n, n, n}), rattle, random);
    if (elements.size() > 1)
        for (int& z : structure.species) z = elements[random.below(elements.size())];
    return structure;
}

Model classic_model() {
    auto descriptors = standard_descriptors({26}, classic_recipe());
    auto const sample = rattled_crystal(54, {26});
    auto const g =
        descriptors.evaluate(find_neighbours(sample, descriptors.cutoff()), sample.species);
    ScalingSums sums{{26}, descriptors.width()};
    sums.add(g, sample.species);
    auto scaling = ScalingSums::scaling({26}, descriptors.width(), sums.sums(), sums.extremes());
    Head energy;
    energy.hidden = {10, 10};
    energy.activation = Activation::tanh;
    return Model{std::move(descriptors), std::move(scaling), {energy}, seed};
}

}  // namespace kamacite::apps

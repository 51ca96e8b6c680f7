#include "ingredients.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/generate/surface.hpp"

namespace kamacite::generate {
namespace {

constexpr std::array digits{&Choice::lattice,      &Choice::size,      &Choice::ratio,
                            &Choice::plane,        &Choice::layers,    &Choice::termination,
                            &Choice::fraction,     &Choice::site,      &Choice::strain,
                            &Choice::displacement, &Choice::repetition};

template <class T>
int length(std::vector<T> const& list) {
    return static_cast<int>(list.size());
}

template <class T>
T const& at(std::vector<T> const& list, int i) {
    return list[static_cast<std::size_t>(i)];
}

std::vector<int> species_of(std::vector<std::string> const& symbols) {
    std::vector<int> species;
    for (auto const& symbol : symbols) species.push_back(atomic_number_of(symbol));
    return species;
}

/// Largest remainder: whole numbers nearest to fractions · n that sum to n.
std::vector<int> apportion(std::vector<double> const& fractions, int n) {
    std::vector<int> counts;
    std::vector<std::pair<double, std::size_t>> remainders;
    int given = 0;
    for (std::size_t i = 0; i < fractions.size(); ++i) {
        double const exact = fractions[i] * n;
        int const whole = static_cast<int>(std::floor(exact + 1e-9));
        counts.push_back(whole);
        given += whole;
        remainders.emplace_back(whole - exact, i);  // most negative: largest remainder
    }
    std::sort(remainders.begin(), remainders.end());
    for (std::size_t i = 0; given < n; ++i, ++given) ++counts[remainders[i % counts.size()].second];
    return counts;
}

}  // namespace

std::vector<double> values_of(std::vector<double> const& list, std::optional<Range> const& range) {
    auto values = list;
    if (!range) return values;
    for (int i = 0; i < range->count; ++i) {
        double const t = range->count > 1 ? static_cast<double>(i) / (range->count - 1) : 0.0;
        values.push_back((1.0 - t) * range->from + t * range->to);
    }
    return values;
}

std::vector<Size> sizes_of(Crystals const& crystals) {
    std::vector<Size> sizes;
    for (double const a : values_of(crystals.lattice_constants, crystals.lattice_constant_range))
        sizes.push_back({a, Size::Kind::lattice_constant});
    for (double const v : values_of(crystals.volumes, crystals.volume_range))
        sizes.push_back({v, Size::Kind::volume});
    return sizes;
}

std::vector<double> ratios_of(Crystals const& crystals) {
    return values_of(crystals.ratios, crystals.ratio_range);
}

Choice lengths_of(Recipe const& recipe) {
    Choice n{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    n.lattice = length(recipe.crystals.lattices);
    n.size = length(sizes_of(recipe.crystals));
    n.ratio = std::max(1, length(ratios_of(recipe.crystals)));
    if (recipe.surfaces) {
        n.plane = length(recipe.surfaces->planes);
        n.layers = length(recipe.surfaces->layers);
        n.termination = length(recipe.surfaces->terminations);
    }
    if (recipe.substitution) n.fraction = std::max(1, length(recipe.substitution->fractions));
    if (recipe.interstitials) n.site = length(recipe.interstitials->sites);
    if (recipe.strains) n.strain = count(*recipe.strains);
    if (recipe.displacements)
        n.displacement = recipe.displacements->kind == Displacements::Kind::gaussian
                             ? length(recipe.displacements->amplitudes)
                             : length(recipe.displacements->temperatures);
    n.repetition = recipe.repetitions;
    return n;
}

long long count(Recipe const& recipe) {
    Choice const lengths = lengths_of(recipe);
    long long n = 1;
    for (auto const digit : digits) n *= lengths.*digit;
    return n;
}

Choice choice_of(Recipe const& recipe, long long index) {
    Choice const lengths = lengths_of(recipe);
    Choice choice;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
        long long const n = lengths.*(*digit);
        choice.*(*digit) = static_cast<int>(index % n);
        index /= n;
    }
    return choice;
}

std::vector<std::pair<int, int>> counts_of(Substitution const& substitution, int fraction,
                                           int n_atoms) {
    std::vector<std::pair<int, int>> counts;
    if (!substitution.fractions.empty()) {
        double const exact = at(substitution.fractions, fraction) * n_atoms;
        counts.emplace_back(atomic_number_of(substitution.solute),
                            static_cast<int>(std::lround(exact)));
        return counts;
    }
    std::vector<double> fractions;
    for (auto const& [symbol, part] : substitution.composition) {
        counts.emplace_back(atomic_number_of(symbol), 0);
        fractions.push_back(part);
    }
    auto const numbers = apportion(fractions, n_atoms);
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i].second = numbers[i];
    return counts;
}

Host make_host(Recipe const& recipe, Choice const& choice) {
    auto const& crystals = recipe.crystals;
    auto const lattice = lattice_of(at(crystals.lattices, choice.lattice));
    auto const size = at(sizes_of(crystals), choice.size);
    auto const ratios = ratios_of(crystals);
    double const ratio = ratios.empty() ? ideal_ratio(lattice) : at(ratios, choice.ratio);
    double const a =
        size.kind == Size::Kind::volume ? lattice_constant(lattice, size.value, ratio) : size.value;
    Shape const shape{a, ratio};
    auto const species = species_of(crystals.elements);
    std::array<int, 3> const copies{at(crystals.supercell, 0), at(crystals.supercell, 1),
                                    at(crystals.supercell, 2)};
    if (recipe.surfaces) {
        auto const& surfaces = *recipe.surfaces;
        Slab const slab{plane_of(at(surfaces.planes, choice.plane)),
                        at(surfaces.layers, choice.layers),
                        at(surfaces.terminations, choice.termination), surfaces.vacuum};
        return {supercell(make_surface(lattice, shape, slab, species), copies), {}, lattice, shape};
    }
    return {supercell(make_lattice(lattice, shape, crystals.cell, species), copies),
            parent_of(lattice, shape), lattice, shape};
}

}  // namespace kamacite::generate

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
long long length(std::vector<T> const& list) {
    return std::ssize(list);
}
long long length(std::optional<Range> const& range) {
    return range ? range->count : 0;
}

template <class T>
T const& at(std::vector<T> const& list, long long i) {
    return list[static_cast<std::size_t>(i)];
}

/// Entry i of a list that goes on with a range.
double value_at(std::vector<double> const& list, std::optional<Range> const& range, long long i) {
    if (i < length(list)) return at(list, i);
    i -= length(list);
    double const t =
        range->count > 1 ? static_cast<double>(i) / static_cast<double>(range->count - 1) : 0.0;
    return (1.0 - t) * range->from + t * range->to;
}

long long n_constants(Crystals const& c) {
    return length(c.lattice_constants) + length(c.lattice_constant_range);
}
long long n_ratios(Crystals const& c) {
    return length(c.ratios) + length(c.ratio_range);
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

long long n_sizes(Crystals const& c) {
    return n_constants(c) + length(c.volumes) + length(c.volume_range);
}

bool is_random(Recipe const& r) {
    return r.substitution || r.interstitials || r.vacancies ||
           (r.displacements && r.displacements->kind != Displacements::Kind::single);
}

SingleDisplacement single_displacement(Displacements const& d, long long i) {
    auto const& direction = at(d.directions, i % length(d.directions));
    double const amplitude = at(d.amplitudes, i / length(d.directions));
    auto const h = plane_of(direction);
    return {amplitude, direction, amplitude * Vec3(h[0], h[1], h[2]).normalized()};
}

namespace {

long long n_displacements(Displacements const& d) {
    using enum Displacements::Kind;
    if (d.kind == thermal) return length(d.temperatures);
    return length(d.amplitudes) * (d.kind == single ? length(d.directions) : 1);
}

}  // namespace

Choice lengths_of(Recipe const& recipe) {
    Choice n{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    n.lattice = length(recipe.crystals.lattices);
    n.size = n_sizes(recipe.crystals);
    n.ratio = std::max(1LL, n_ratios(recipe.crystals));
    if (recipe.surfaces) {
        n.plane = length(recipe.surfaces->planes);
        n.layers = length(recipe.surfaces->layers);
        n.termination = length(recipe.surfaces->terminations);
    }
    if (recipe.substitution) n.fraction = std::max(1LL, length(recipe.substitution->fractions));
    if (recipe.interstitials) n.site = length(recipe.interstitials->sites);
    if (recipe.strains) n.strain = count(*recipe.strains);
    if (recipe.displacements) n.displacement = n_displacements(*recipe.displacements);
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
        choice.*(*digit) = index % n;
        index /= n;
    }
    return choice;
}

long long index_of(Recipe const& recipe, Choice const& choice) {
    Choice const lengths = lengths_of(recipe);
    long long index = 0;
    for (auto const digit : digits) index = index * lengths.*digit + choice.*digit;
    return index;
}

double structures_of(Recipe const& recipe) {
    Choice const lengths = lengths_of(recipe);
    double n = 1.0;
    for (auto const digit : digits) n *= static_cast<double>(lengths.*digit);
    return n;
}

std::vector<std::pair<int, int>> counts_of(Substitution const& substitution, long long fraction,
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

Host make_unit(Recipe const& recipe, Choice const& choice) {
    auto const& crystals = recipe.crystals;
    auto const lattice = lattice_of(at(crystals.lattices, choice.lattice));
    double const ratio = n_ratios(crystals) == 0
                             ? ideal_ratio(lattice)
                             : value_at(crystals.ratios, crystals.ratio_range, choice.ratio);
    auto const volume = choice.size - n_constants(crystals);  // entry of the volumes, if ≥ 0
    double const a =
        volume < 0
            ? value_at(crystals.lattice_constants, crystals.lattice_constant_range, choice.size)
            : lattice_constant(lattice, value_at(crystals.volumes, crystals.volume_range, volume),
                               ratio);
    Shape const shape{a, ratio};
    auto const species = species_of(crystals.elements);
    if (!recipe.surfaces)
        return {make_lattice(lattice, shape, crystals.cell, species), parent_of(lattice, shape),
                lattice, shape};
    auto const& surfaces = *recipe.surfaces;
    Slab const slab{plane_of(at(surfaces.planes, choice.plane)), at(surfaces.layers, choice.layers),
                    at(surfaces.terminations, choice.termination), surfaces.vacuum};
    return {make_surface(lattice, shape, slab, species), {}, lattice, shape};
}

Host make_host(Recipe const& recipe, Choice const& choice) {
    auto const& copies = recipe.crystals.supercell;
    auto host = make_unit(recipe, choice);
    host.structure = supercell(host.structure, {copies[0], copies[1], copies[2]});
    return host;
}

double host_atoms(Recipe const& recipe, Host const& unit) {
    double n = unit.structure.size();
    for (int const copies : recipe.crystals.supercell) n *= copies;
    return n;
}

}  // namespace kamacite::generate

#include "kamacite/config/generate.hpp"

#include <fmt/format.h>

#include "kamacite/generate/check.hpp"
#include "words.hpp"

namespace kamacite::config {
namespace {

using generate::Arrangement;
using generate::CellChoice;

// Beyond these, numbers are slips: of a unit, of a digit. They also keep the work within bounds,
// which grows with the number of images within a minimum distance.
Bounds const count{1.0, 1.0e6};
Bounds const lattice_constant{1.0, 100.0};
Bounds const volume{1.0, 1000.0};
Bounds const ratio{0.1, 10.0};

std::vector<Fault> faults_of(std::vector<generate::Complaint> const& complaints) {
    std::vector<Fault> faults;
    for (auto const& c : complaints) faults.push_back({c.key, c.text});
    return faults;
}

/// A section held as a value that may be absent.
template <class T, class F>
void optional_part(Fields& f, Key const& key, std::optional<T>& part, F const& keys) {
    bool present = part.has_value();
    T value = part.value_or(T{});
    f.optional_section(key, present, [&](Fields& s) { keys(s, value); });
    part = present ? std::optional<T>{value} : std::nullopt;
}

/// \param from, to  examples
void range_keys(Fields& f, generate::Range& range, Dimension dimension, Bounds bounds,
                std::string const& from, std::string const& to) {
    using enum Key::Need;
    f.quantity({"from", "First value", required, from}, range.from, dimension, bounds);
    f.quantity({"to", "Last value", required, to}, range.to, dimension, bounds);
    f.integer({"count", "Number of equally spaced values, both ends included", required, "7"},
              range.count, count);
}

void crystal_keys(Fields& f, generate::Crystals& c) {
    f.texts({"lattices",
             fmt::format("Crystal structures: {}", fmt::join(generate::lattice_names(), ", ")) +
                 "; bct over c/a is the Bain path, from B2 on they are compounds"},
            c.lattices, generate::lattice_names());
    f.texts(
        {"elements",
         "Chemical symbol; of compounds two, A and B (L1_2, D0_3 and cementite are A₃B, Fe2C A₂B, "
         "Fe4C A₄B)"},
        c.elements, symbols());
    f.quantities({"lattice_constants", "Lattice constants of the conventional cell",
                  Key::Need::optional, "2.83 2.87 angstrom"},
                 c.lattice_constants, Dimension::length, lattice_constant);
    optional_part(f, {"lattice_constant_range", "Further lattice constants, equally spaced"},
                  c.lattice_constant_range, [](Fields& s, auto& range) {
                      range_keys(s, range, Dimension::length, lattice_constant, "2.7 angstrom",
                                 "3.0 angstrom");
                  });
    f.quantities({"volumes", "Volumes per atom, from which the lattice constant follows",
                  Key::Need::optional, "10.5 11.4 12.3 angstrom^3"},
                 c.volumes, Dimension::volume, volume);
    optional_part(f, {"volume_range", "Further volumes per atom, equally spaced"}, c.volume_range,
                  [](Fields& s, auto& range) {
                      range_keys(s, range, Dimension::volume, volume, "10 angstrom^3",
                                 "13 angstrom^3");
                  });
    f.numbers({"ratios", "c/a of hcp, bct and L1_0; the ideal one if neither these nor ratio_range",
               Key::Need::optional, "[0.95, 1.0, 1.05]"},
              c.ratios, ratio);
    optional_part(
        f, {"ratio_range", "Further c/a, equally spaced"}, c.ratio_range,
        [](Fields& s, auto& range) { range_keys(s, range, Dimension::none, ratio, "0.9", "1.5"); });
    f.choice<CellChoice>({"cell", "Cell of the crystal"}, c.cell,
                         {{CellChoice::primitive, "primitive", "the smallest"},
                          {CellChoice::conventional, "conventional",
                           "along the axes of the cube; of hcp the orthogonal one"}});
    f.integers({"supercell", "Copies along each of the three cell vectors"}, c.supercell, count);
}

void surface_keys(Fields& f, generate::Surfaces& s) {
    f.texts({"planes",
             "Miller indices along the axes of the conventional cell (of hcp the hexagonal one): "
             "110 or '1 -1 0'"},
            s.planes);
    f.integers({"layers", "Numbers of atomic planes"}, s.layers, {1.0, 10'000.0});
    f.integers({"terminations",
                "Which atomic plane is the lowest, where planes differ (B2 100, diamond 111): 0 is "
                "the one above the widest gap, 1 the next above it, …"},
               s.terminations, {0.0, 1000.0});
    f.quantity({"vacuum", "Between the outermost atoms of a slab and of its image"}, s.vacuum,
               Dimension::length, {0.1, 1000.0});
}

void substitution_keys(Fields& f, generate::Substitution& s) {
    f.text({"solute", "Element that takes the place of others", Key::Need::optional, "Ni"},
           s.solute, symbols());
    f.numbers({"fractions", "Fractions of all atoms that become the solute, one alloy each",
               Key::Need::optional, "[0.125, 0.25, 0.5]"},
              s.fractions, {0.0, 1.0});
    f.table({"composition", "In place of solute and fractions: fraction of every element, sum 1",
             Key::Need::instead, "{Fe: 0.625, Ni: 0.25, Cr: 0.125}"},
            s.composition, {0.0, 1.0}, symbols());
    using Kind = generate::Substitution::Kind;
    auto const quasi_random = [&](Fields& inner) {
        auto& q = s.quasi_random;
        inner.integer({"shells", "Of neighbours whose pairs are to be as in a random alloy"},
                      q.shells, {1.0, 20.0});
        inner.integer({"triangle_shells",
                       "Of neighbours whose triangles are to be as there; 0: triangles do not "
                       "count"},
                      q.triangle_shells, {0.0, 20.0});
        inner.integer({"sweeps", "Exchanges that are tried, per atom"}, q.sweeps, {1.0, 1.0e6});
    };
    f.choice<Kind>({"kind", "Where the elements sit"}, s.kind,
                   {{Kind::random, "random", "drawn"},
                    {Kind::quasi_random, "quasi_random",
                     "drawn, then exchanged until pairs and triangles are as frequent as in an "
                     "endless random alloy; the record tells what is left",
                     quasi_random}});
}

void interstitial_keys(Fields& f, generate::Interstitials& s) {
    f.texts(
        {"sites", fmt::format("Where the atom goes: {}", fmt::join(generate::site_names(), ", "))},
        s.sites, generate::site_names());
    f.text({"element", "Element of the additional atom"}, s.element, symbols());
    f.integer({"count", "Additional atoms in each structure"}, s.count, count);
    f.quantity({"separation", "Of the atoms of a dumbbell; 0: 0.8 times the nearest neighbour's"},
               s.separation, Dimension::length, {0.0, 5.0});
}

void vacancy_keys(Fields& f, generate::Vacancies& v) {
    f.integer({"count", "Vacancies in each structure"}, v.count, count);
    f.choice<Arrangement>(
        {"arrangement", "How they lie to each other"}, v.arrangement,
        {{Arrangement::random, "random", "anywhere"},
         {Arrangement::cluster, "cluster", "each in shell `shell` of the one before"},
         {Arrangement::at_interstitial, "at_interstitial",
          "the first in shell `shell` of the last interstitial, the others as cluster"}});
    f.integer({"shell", "Shell of neighbours, 1: nearest"}, v.shell, count);
}

void strain_keys(Fields& f, generate::Strains& s) {
    using Kind = generate::Strains::Kind;
    auto const amplitudes = [&](Fields& inner) {
        inner.numbers({"amplitudes", "Strains, each of which is applied", Key::Need::optional,
                       "[0.005, 0.01]"},
                      s.amplitudes, {-0.9, 0.9});
    };
    f.choice<Kind>(
        {"kind", "Which strains"}, s.kind,
        {{Kind::sobol, "sobol", "six components spread evenly by Sobol's sequence",
          [&](Fields& inner) {
              inner.number({"maximum", "Largest component"}, s.maximum, {1.0e-9, 1.0 / 3.0});
              inner.integer({"count", "Number of strains"}, s.count, count);
          }},
         {Kind::elastic, "elastic", "plus and minus each amplitude, for each component",
          amplitudes},
         {Kind::isotropic, "isotropic", "the same along all directions", amplitudes}});
}

void displacement_keys(Fields& f, generate::Displacements& d) {
    using Kind = generate::Displacements::Kind;
    f.choice<Kind>({"kind", "How far atoms move"}, d.kind,
                   {{Kind::thermal, "thermal", "as in a Debye crystal, zero point motion included",
                     [&](Fields& s) {
                         s.quantities({"temperatures", "Temperatures, each of which is applied",
                                       Key::Need::optional, "100 300 600 K"},
                                      d.temperatures, Dimension::temperature, {0.0, 1.0e5});
                         s.quantity({"debye_temperature", "Debye temperature of the crystal"},
                                    d.debye_temperature, Dimension::temperature, {1.0, 1.0e4});
                     }},
                    {Kind::gaussian, "gaussian", "by a given standard deviation of each coordinate",
                     [&](Fields& s) {
                         s.quantities(
                             {"amplitudes", "Standard deviations, each of which is applied",
                              Key::Need::optional, "0.05 0.1 angstrom"},
                             d.amplitudes, Dimension::length, {1.0e-6, 5.0});
                     }},
                    {Kind::single, "single", "the first atom alone, not at random", [&](Fields& s) {
                         s.quantities({"amplitudes", "How far, each of which is applied",
                                       Key::Need::optional, "0.05 0.1 angstrom"},
                                      d.amplitudes, Dimension::length, {1.0e-6, 5.0});
                         s.texts({"directions",
                                  "Whereto, along the axes of the cube: 110 or '1 -1 0'; each with "
                                  "each amplitude"},
                                 d.directions);
                     }}});
}

void recipe_keys(Fields& f, generate::Recipe& r) {
    f.text({"name", "Name of the recipe, unique; random numbers depend on it", Key::Need::required},
           r.name);
    f.text({"family", "Family of the structures, by which errors are told; the name if empty",
            Key::Need::optional, "bcc"},
           r.family);
    crystal_keys(f, r.crystals);
    optional_part(f, {"surfaces", "Slabs cut from the crystals; supercell multiplies the slab"},
                  r.surfaces, surface_keys);
    optional_part(f, {"substitution", "Alloys with a fixed number of atoms of each element"},
                  r.substitution, substitution_keys);
    optional_part(f, {"interstitials", "Additional atoms; needs a lattice derived from bcc or fcc"},
                  r.interstitials, interstitial_keys);
    optional_part(f, {"vacancies", "Atoms that are taken out"}, r.vacancies, vacancy_keys);
    optional_part(f, {"strains", "Homogeneous strains"}, r.strains, strain_keys);
    optional_part(f, {"displacements", "Displacements of atoms"}, r.displacements,
                  displacement_keys);
    f.integer({"repetitions", "How often each combination is made, with other random numbers"},
              r.repetitions, count);
    f.quantity({"minimum_distance",
                "Structures with nearer atoms are drawn again or left out; 0: 0.7 "
                "times the sum of the covalent radii"},
               r.minimum_distance, Dimension::length, {0.0, 5.0});
    f.integer({"attempts", "How often a structure is drawn before it is left out"}, r.attempts,
              count);
    f.demand([&r] { return faults_of(generate::complaints(r)); });
}

}  // namespace

void fields(Fields& f, GenerateOptions& options) {
    f.path({"output", "Dataset that is written: a .h5 file, or a .kds directory that grows"},
           options.output);
    auto seed = static_cast<long long>(options.plan.seed);
    f.integer({"seed", "Seed of all random numbers"}, seed, {0.0});
    options.plan.seed = static_cast<std::uint64_t>(seed);
    f.list(
        {"recipes", "All combinations of its lattices, sizes, defects, strains and displacements",
         Key::Need::required},
        options.plan.recipes, recipe_keys);
    f.demand([&options] {
        auto faults = faults_of(generate::complaints(options.plan));
        auto const ending = options.output.extension();
        if (ending != ".h5" && ending != ".kds")
            faults.push_back({"output", fmt::format("'{}' (a dataset ends in .h5, one file, or "
                                                    ".kds, a directory that grows): rename it",
                                                    options.output.string())});
        return faults;
    });
}

}  // namespace kamacite::config

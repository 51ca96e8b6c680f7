#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "kamacite/generate/lattice.hpp"
#include "kamacite/generate/point_defects.hpp"
#include "kamacite/generate/short_range_order.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::generate {

/// `count` equally spaced values from `from` to `to`, both included; `count` 1: only `from`.
struct Range {
    double from = 0.0;
    double to = 0.0;
    int count = 0;
};

/// The perfect crystals that a recipe starts from: every lattice at every size and every c/a.
struct Crystals {
    std::vector<std::string> lattices{"bcc"};  ///< names, see lattice_names()
    std::vector<std::string> elements{"Fe"};   ///< one, or A and B for ordered phases
    std::vector<double> lattice_constants;  ///< [Å]; sizes are these, the range, the volumes, and
    std::optional<Range> lattice_constant_range;  ///  their range, one after the other
    std::vector<double> volumes;                  ///< [Å³ per atom]
    std::optional<Range> volume_range;
    std::vector<double> ratios;  ///< c/a; with the range; none: ideal_ratio()
    std::optional<Range> ratio_range;
    CellChoice cell = CellChoice::primitive;
    std::vector<int> supercell{1, 1, 1};  ///< copies along each cell vector
};

/// Slabs are cut from the crystals, every plane in every thickness and with every termination;
/// `supercell` then multiplies the slab.
struct Surfaces {
    std::vector<std::string> planes{"100"};  ///< Miller indices, see plane_of()
    std::vector<int> layers{8};              ///< numbers of atomic planes
    std::vector<int> terminations{0};        ///< which plane is the lowest, see make_surface()
    double vacuum = 12.0;                    ///< [Å]
};

/// Alloys with a fixed number of atoms of each element. Either `solute` in each of `fractions`, or
/// one `composition` of all atoms; counts are the nearest whole numbers (largest remainder). Where
/// they sit is drawn, or, of quasi-random alloys, drawn and then exchanged, see quasi_random().
struct Substitution {
    std::string solute;
    std::vector<double> fractions;              ///< of all atoms, each in (0, 1)
    std::map<std::string, double> composition;  ///< sums to 1
    enum class Kind { random, quasi_random } kind = Kind::random;
    QuasiRandom quasi_random{};
};

/// Additional atoms, `count` in each structure, at each kind of site.
struct Interstitials {
    std::vector<std::string> sites{"octahedral"};  ///< names, see site_names()
    std::string element = "Fe";
    int count = 1;
    double separation = 0.0;  ///< [Å] of a dumbbell; see with_interstitial()
};

/// Homogeneous symmetric strain of the finished structure.
///
/// sobol: `count` strains, the six components of each from the Sobol sequence in ±maximum, point 0
/// (a corner) left out, so that the first strain is zero. elastic: for each amplitude δ and each of
/// the six Voigt components ±δ (shear: ε_yz = ε_zy = δ/2). isotropic: ε = δ·1 for each amplitude.
struct Strains {
    enum class Kind { sobol, elastic, isotropic } kind = Kind::sobol;
    double maximum = 0.1;
    int count = 15;
    std::vector<double> amplitudes;
};

/// Displacement of atoms. gaussian: of every atom at random, for each of `amplitudes` [Å]; thermal:
/// for each of `temperatures` [K] with the Debye amplitude, see debye_variance(); single: of the
/// first atom alone by each of `amplitudes` along each of `directions`, not at random.
struct Displacements {
    enum class Kind { gaussian, thermal, single } kind = Kind::thermal;
    std::vector<double> amplitudes;
    std::vector<double> temperatures;
    double debye_temperature = 440.0;  ///< Θ [K]; iron: 470 K (low T) … 420 K (room temperature)
    /// Along the Cartesian axes, those of the cube of cubic crystals: indices, see plane_of().
    std::vector<std::string> directions{"100", "110", "111"};
};

/// Amplitude and direction of displacement `i` of kind single.
struct SingleDisplacement {
    double amplitude;       ///< [Å]
    std::string direction;  ///< as given
    Vec3 vector;            ///< [Å]
};

/// Displacement `i` of kind single: directions run faster than amplitudes.
/// \throws InputError if the direction cannot be read
[[nodiscard]] SingleDisplacement single_displacement(Displacements const& d, long long i);

/// One family of structures: crystals, then, if present and in this order, slab, supercell,
/// substitution, interstitials, vacancies, strain, displacement; all combinations, and
/// `repetitions` of each with other random numbers.
struct Recipe {
    std::string name;    ///< unique; names the random stream
    std::string family;  ///< of the records; empty: the name
    Crystals crystals;
    std::optional<Surfaces> surfaces;
    std::optional<Substitution> substitution;
    std::optional<Interstitials> interstitials;
    std::optional<Vacancies> vacancies;
    std::optional<Strains> strains;
    std::optional<Displacements> displacements;
    int repetitions = 1;
    double minimum_distance = 0.0;  ///< [Å]; 0: 0.7 × the sum of covalent radii
    int attempts = 20;              ///< how often a structure with atoms too close is drawn again
};

/// What to generate: a pure value; structure i of it is the same wherever and whenever it is made.
struct Plan {
    std::uint64_t seed = 1;
    std::vector<Recipe> recipes;
};

/// Number of structures that the recipe describes, before any is refused. Needs a checked recipe.
[[nodiscard]] long long count(Recipe const& recipe);
[[nodiscard]] long long count(Plan const& plan);

/// A structure that was left out, because atoms are too close in every attempt.
struct Refused {
    std::string recipe;
    std::string reason;
};

/// Structure `index` of a checked plan: recipe after recipe, within a recipe the last ingredient
/// runs fastest. Random numbers come from RandomStream{seed, "generate/<recipe>", index within the
/// recipe}; a structure whose atoms are too close is drawn again from the same stream, up to
/// `attempts` times.
///
/// The record carries the family, the trajectory (the series: same recipe, lattice, plane,
/// termination, composition, site and repetition), and in `recipe` all parameters as JSON. Its
/// labels are empty. \param index  0 … count(plan) − 1 \throws InputError if a defect does not fit
/// into the supercell
[[nodiscard]] std::variant<Record, Refused> make(Plan const& plan, long long index);

/// ε of combination `index` of the strains, 0 … count − 1; symmetric.
[[nodiscard]] Mat3 strain_of(Strains const& strains, int index);
[[nodiscard]] int count(Strains const& strains);

}  // namespace kamacite::generate

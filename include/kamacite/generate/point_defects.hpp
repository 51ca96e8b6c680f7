#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kamacite/core/random.hpp"
#include "kamacite/generate/distance.hpp"
#include "kamacite/generate/lattice.hpp"

namespace kamacite::generate {

/// Where an additional atom goes.
enum class Site { octahedral, tetrahedral, dumbbell_100, dumbbell_110, dumbbell_111, crowdion };

/// All names that site_of() knows, in the order of the enum.
[[nodiscard]] std::vector<std::string> site_names();
/// Name of a site as site_of() reads it.
[[nodiscard]] std::string_view name_of(Site site);
/// \throws InputError naming what is known if `name` is not a site
[[nodiscard]] Site site_of(std::string_view name);

/// `host` with one more atom, appended as the last, at a site drawn among all that are equivalent.
///
/// Octahedral: a/2⟨100⟩ from an atom (bcc and fcc). Tetrahedral: a⟨½ ¼ 0⟩ (bcc), a/4⟨111⟩ (fcc).
/// Dumbbell: an atom becomes two, `separation` apart along the direction. Crowdion: an atom in the
/// middle of a close-packed row (bcc ⟨111⟩, fcc ⟨110⟩), of spacing b, whose atoms at distance x
/// give way by (b/2) exp(−x/(1.5 b)). Atoms nearer to the new one than `minimum` are pushed
/// straight away to 1.1 times that distance, so that unrelaxed self-interstitials can be calculated
/// at all.
///
/// \param host        perfect crystal or its supercell, in the axes of the conventional cell
/// \param z           atomic number of the new atom
/// \param separation  [Å], of the dumbbell; 0: 0.8 × the distance of nearest neighbours
/// \throws InputError if the parent lattice is neither bcc nor fcc
[[nodiscard]] Structure with_interstitial(Structure const& host, Parent const& parent, Site site,
                                          int z, double separation, MinimumDistance const& minimum,
                                          RandomStream& random);

/// How vacancies lie to each other.
enum class Arrangement {
    random,           ///< anywhere
    cluster,          ///< each in a given neighbour shell of the one before
    at_interstitial,  ///< the first is the neighbour of the last interstitial, the others as
                      ///< cluster
};

/// Atoms that are missing from each structure.
struct Vacancies {
    int count = 1;  ///< positive
    Arrangement arrangement = Arrangement::random;
    int shell = 1;  ///< 1: nearest neighbours, 2: next nearest, …
};

/// `s` with `vacancies.count` of its first `n_host` atoms taken out; the others keep their order.
/// \throws InputError if there are not that many atoms, or no such shell
[[nodiscard]] Structure with_vacancies(Structure const& s, int n_host, Vacancies const& vacancies,
                                       RandomStream& random);

/// `s` in which randomly chosen atoms become other elements: exactly `counts[i].second` atoms of
/// atomic number `counts[i].first`; the rest stay what they are. Σ counts ≤ number of atoms.
[[nodiscard]] Structure substituted(Structure const& s,
                                    std::vector<std::pair<int, int>> const& counts,
                                    RandomStream& random);

}  // namespace kamacite::generate

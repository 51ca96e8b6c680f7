#pragma once
#include <string>
#include <utility>
#include <vector>

#include "kamacite/core/random.hpp"
#include "kamacite/structure/structure.hpp"

namespace kamacite::generate {

/// The pairs of sites of a perfect crystal by distance, and triangles of them; a site and its own
/// image are a pair like any other. Built once for all that may sit on the sites.
struct Figures {
    /// A neighbour of a site.
    struct Neighbour {
        int site, shell;  ///< shell 0: the nearest
    };
    /// Three sites, and of which class their triangle is: its sides, by shell.
    struct Triangle {
        int a, b, c, kind;
    };
    std::vector<double> distances;                   ///< [Å] of each shell
    std::vector<std::vector<Neighbour>> neighbours;  ///< of each site, every image by itself
    std::vector<Triangle> triangles;                 ///< each once
    std::vector<std::vector<int>> triangles_of;      ///< of each site, each once
    int triangle_kinds = 0;
};

/// Pairs of the first `shells` distances, triangles whose sides are all of the first
/// `triangle_shells` of them (0: none).
/// \param sites  periodic in all directions; species do not matter
/// \throws InputError if an atom has not that many shells within reach
[[nodiscard]] Figures figures_of(Structure const& sites, int shells, int triangle_shells);

/// How far the pairs of shell s of two kinds of atoms are from chance, after Warren and Cowley:
///
///     α_AB(s) = 1 − N_AB(s)/(N(s) c_A c_B)
///
/// with N_AB the number of neighbours B of atoms A, N that of all. 0: as in a random alloy; −1 … 1
/// at half and half: ordered, or apart.
/// Source: Cowley, Phys. Rev. 77, 669 (1950).
struct ShortRangeOrder {
    std::pair<int, int> kinds;   ///< atomic numbers, first < second
    std::vector<double> values;  ///< of each shell
};

/// α of all pairs of different elements. \param species  of the sites of `figures`, in order
[[nodiscard]] std::vector<ShortRangeOrder> warren_cowley(Figures const& figures,
                                                         std::vector<int> const& species);

/// How far an arrangement is from a random alloy of its composition: 0 if no pair and no triangle
/// is more frequent than there.
///
///     Q = Σ_s 1/(s + 1) Σ_AB c_A c_B α_AB(s)² + 1/3 Σ_t Σ_ABC p_ABC (P_ABC(t)/p_ABC − 1)²
///
/// over shells s = 0, 1, …, ordered pairs of elements AB, classes t of triangles and the sets ABC
/// of three elements on their corners; p is the product of the fractions, times the number of
/// orders. Of two elements the first sum is Σ_s α(s)²/(s + 1).
[[nodiscard]] double distance_from_random(Figures const& figures, std::vector<int> const& species);

/// How a special quasi-random structure is sought.
struct QuasiRandom {
    int shells = 4;           ///< of neighbours whose pairs are to be as in a random alloy
    int triangle_shells = 2;  ///< of neighbours that triangles are made of; 0: no triangles
    int sweeps = 300;         ///< exchanges that are tried, per atom
};

/// The species of sites exchanged until distance_from_random() is as small as it gets, by simulated
/// annealing: exchanges of two atoms of different elements, accepted with the probability
/// min(1, exp(−ΔQ/θ)), θ falling from the mean |ΔQ| of an exchange to 10⁻³ of that. The best
/// arrangement met is returned; composition stays.
/// Source: Zunger, Wei, Ferreira, Bernard, Phys. Rev. Lett. 65, 353 (1990) (the idea); Kirkpatrick,
/// Gelatt, Vecchi, Science 220, 671 (1983) (annealing).
[[nodiscard]] std::vector<int> quasi_random(Figures const& figures, std::vector<int> species,
                                            int sweeps, RandomStream& random);

}  // namespace kamacite::generate

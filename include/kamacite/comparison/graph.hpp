#pragma once
#include <span>
#include <vector>

#include "kamacite/core/types.hpp"
#include "kamacite/structure/structure.hpp"

namespace kamacite::comparison {

/// Which neighbours of an atom are edges of a crystal graph.
struct GraphOptions {
    enum class Kind {
        /// The nearest `count` within `cutoff`, each of weight 1, as in the published network.
        /// Where
        /// several at one distance (to 1e-6 Å) compete for the last places, all of them are edges
        /// and share these places: weight places/number. So nothing depends on the order of atoms,
        /// but edges jump when two neighbours change their rank: in bcc, 12 cut the second shell.
        nearest,
        /// All within a radius r_i of the atom's own, weighted by f(d/r_i), which is 1 up to 0.8
        /// and
        /// falls to 0 at 1 (CutoffForm::poly2), where r_i ≤ `cutoff` solves
        ///
        ///     Σ_j f(d_ij/r_i) + (r_i/cutoff)³ = count
        ///
        /// or is `cutoff`. The left side grows with r_i everywhere, so r_i and the weights are
        /// continuous in the positions, and the weights sum to at most `count`.
        smooth
    };
    Kind kind = Kind::nearest;
    double cutoff = 8.0;  ///< [Å], positive
    int count = 12;       ///< neighbours, at least 2
};

/// The nearest 12: as published.
[[nodiscard]] constexpr GraphOptions nearest_12() {
    return {};
}
/// 60 neighbours, counted by smooth weights: in bcc iron all to the fifth shell and a part of the
/// sixth.
[[nodiscard]] constexpr GraphOptions smooth_60() {
    return {GraphOptions::Kind::smooth, 8.0, 60};
}

/// A structure as atoms and weighted edges from each to its neighbours: it knows distances, and
/// nothing of directions.
struct Graph {
    std::vector<int> species;              ///< atomic numbers
    std::vector<int> first{0};             ///< first[i] .. first[i+1]: the edges of atom i
    std::vector<int> neighbour;            ///< atom at the other end of each edge
    std::vector<double> distance, weight;  ///< [Å]; 0 … 1

    [[nodiscard]] int size() const noexcept { return static_cast<int>(species.size()); }
    [[nodiscard]] int edges() const noexcept { return static_cast<int>(neighbour.size()); }
};

/// \throws DataError as find_neighbours()
/// Source: Xie and Grossman, Phys. Rev. Lett. 120, 145301 (2018), for the nearest.
[[nodiscard]] Graph graph_of(Structure const& s, GraphOptions const& options);

/// Columns of expansion(): centres 0, 0.2 … 8 Å.
inline constexpr int expansion_width = 41;

/// Distances spread over Gaussians: u_k = exp(−(d − 0.2 k)²/0.2²), d and 0.2 in Å.
/// \param u  expansion_width numbers
void expand(double distance, std::span<double> u);

}  // namespace kamacite::comparison

#pragma once
#include <string>
#include <vector>

#include "kamacite/descriptors/descriptors.hpp"

namespace kamacite {

/// What a standard set of symmetry functions consists of. The same functions are given to every
/// pair (radial) and triple (angular) of elements.
struct Recipe {
    CutoffForm form = CutoffForm::poly3;  ///< of all functions
    double cutoff_radial = 6.5;   ///< [Å]; in bcc iron between the 8th (6.33 Å) and 9th shell
    double cutoff_angular = 5.3;  ///< [Å]; in bcc iron between the 5th (4.90 Å) and 6th shell

    /// Gaussians centred on the atom: η_m = (n^(m/n) / r_c)², m = 1 … n, r_s = 0.
    int radial_centred = 8;
    /// Gaussians on a grid: r_s,k = r_0 + k Δ, k = 0 … n−1, Δ = (r_c − r_0)/n, η = 1/(2Δ²).
    int radial_shifted = 10;
    double first_shift = 2.0;  ///< r_0 [Å], a little below the shortest bond

    /// Wide angular functions: every η [1/Å²] × ζ × λ = ±1, r_s = 0.
    std::vector<double> angular_eta{0.005, 0.03, 0.08, 0.2};
    std::vector<int> zeta{1, 2, 4, 8};
    /// Narrow angular functions likewise, with the same ζ; none by default (they cost O(n²)).
    std::vector<double> narrow_eta{};

    /// Widths η [1/Å²] of the weights of power and four-body functions, r_s = 0, to the cutoff of
    /// the angular ones; those of angular_eta if empty, whose moments then serve all three kinds.
    std::vector<double> moment_eta{};
    /// Power functions: every degree l with every pair of weights, equal or not. With E elements
    /// and n widths there are E n (E n + 1)/2 pairs. None by default.
    std::vector<int> power_degrees{};
    /// Four-body functions of the powers p, q, s of three cosines (see TripleFunction).
    struct Triple {
        /// `equal`: one η for all three weights; `all`: every triple of weights. Triples of
        /// elements are all taken, of those that give the same function one.
        enum class Weights { equal, all };
        int p = 1, q = 1, s = 1;
        Weights weights = Weights::equal;
    };
    std::vector<Triple> triple{};

    /// Symbols of the elements whose moments have directions (collinear magnetism). Their atoms see
    /// neighbours of these elements in two kinds, with the same and with the opposite direction,
    /// and every function is made for each kind, pair and triple of kinds. See functions.hpp.
    std::vector<std::string> spins{};
    /// Below this an atom has no direction [μ_B], and is a third kind of neighbour; 0: every atom
    /// has one, that of the sign of its moment.
    double least_moment = 0.0;
};

/// The standard set for a list of elements, in this order for every centre: radial functions
/// (element by element; centred, then shifted), then angular ones (pair of elements by pair;
/// wide, then narrow; η, then ζ, then λ = +1, −1), power functions (pair of weights by pair; l) and
/// four-body ones (in the order of the recipe; triple of weights by triple). Weights are counted
/// element by element. Kinds with opposite and without directions stand behind the elements, as if
/// they were further ones.
///
/// \param elements  atomic numbers, each once
/// \throws InputError if a number of the recipe makes no sense (see Descriptors); DataError if
///         there is no element of a symbol
/// Source: Imbalzano et al., J. Chem. Phys. 148, 241730 (2018), for the grids of η and r_s.
[[nodiscard]] Descriptors standard_descriptors(std::vector<int> const& elements,
                                               Recipe const& recipe = {});

}  // namespace kamacite

#pragma once
#include <array>
#include <vector>

namespace kamacite::detail {

/// Coefficients p_n of the Legendre polynomial P_l(c) = Σ_n p_n c^n, n = 0 … l.
[[nodiscard]] std::vector<double> legendre_coefficients(int l);

/// (1 + λ c)^ζ = Σ_n C(ζ,n) λ^n c^n: the coefficients, n = 0 … ζ.
[[nodiscard]] std::vector<double> binomial_coefficients(double lambda, int zeta);

/// A sum of products of three numbers out of one table M,
///
///     Σ_r M[i_r] M[j_r] Σ_t coefficient_t M[third_t],   t = end_(r−1) … end_r − 1.
struct TripleSum {
    struct Run {
        int i, j, end;
    };
    std::vector<Run> runs;
    std::vector<int> third;
    std::vector<double> coefficient;
};

/// The four-body contraction of three tables of moments,
///
///     Σ_αβγ |α|!/α! |β|!/β! |γ|!/γ! M^a_(α+γ) M^b_(α+β) M^c_(β+γ),   |α| = p, |β| = q, |γ| = s,
///
/// equal products being merged; equal tables have equal `first`.
/// \param first   where the moments of a, b and c start in the table of all moments
/// \param powers  p, q, s
[[nodiscard]] TripleSum triple_sum(std::array<int, 3> const& first,
                                   std::array<int, 3> const& powers);

}  // namespace kamacite::detail

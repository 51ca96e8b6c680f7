#pragma once
#include <span>

namespace kamacite::inference {

/// What is said of numbers whose uncertainty was foretold: errors e and their standard deviations
/// σ.
struct Reliability {
    long long count = 0;
    double rms_ratio = 0.0;   ///< √⟨e²/σ²⟩: 1 if σ is right, above 1 if it is too small
    double within_one = 0.0;  ///< share of |e| ≤ σ: 0.683 for normal errors
    double within_two = 0.0;  ///< share of |e| ≤ 2σ: 0.954
    double rank_correlation = 0.0;  ///< Spearman's, of |e| and σ; NaN if one of them is constant
};

/// \param error, sigma  as many of each; pairs whose σ is below a hundredth of the median are
///         left out: there it vanishes by symmetry
[[nodiscard]] Reliability reliability_of(std::span<double const> error,
                                         std::span<double const> sigma);

/// Share of |t| ≤ `bound` of Student's distribution: what is within a σ that was estimated from
/// `degrees` + 1 values. \param degrees  of freedom, positive
[[nodiscard]] double student_within(double bound, int degrees);

/// Factor α by which the spread of a committee of M members is to be multiplied so that it is a
/// standard deviation of the error of its mean:
///
///     α² = −1/M + (M − 3)/(M − 1) ⟨e²/σ²⟩ for M > 3;   ⟨e²/σ²⟩ for fewer
///
/// at least 0.1. The first corrects for σ² being an estimate from M members.
/// Pairs whose σ vanishes by symmetry are left out, as in reliability_of(); 1 if there is no other.
/// Source: Imbalzano et al., J. Chem. Phys. 154, 074102 (2021).
[[nodiscard]] double calibration_of(std::span<double const> error, std::span<double const> sigma,
                                    int members);

}  // namespace kamacite::inference

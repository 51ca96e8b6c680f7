#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace kamacite::transport {

/// A resistivity that someone has computed, beside that of the baseline.
struct ResistivityLabel {
    double constant = 0.0;       ///< lattice constant, [Å]
    double temperature = 0.0;    ///< [K], positive
    double magnetisation = 1.0;  ///< M(T)/M(0), 0 … 1
    double resistivity = 0.0;    ///< positive, in the unit of `baseline`
    double error = 0.0;          ///< standard error of `resistivity`; 0: not known
    double baseline = 0.0;       ///< positive
};

/// Where a correction is asked for.
struct ResistivityPoint {
    double constant, temperature, magnetisation;
};

/// log(ρ/ρ_baseline) with its standard error.
struct LogRatio {
    double value = 0.0, error = 0.0;
};

/// log(ρ/ρ_baseline), learned from labels: linear in functions of T, a and M that vanish at T = 0.
///
///     y = Σ_k w_k φ_k + noise,   φ = (h, τ, τ², s, sτ, xτ, xs, x²τ),
///     h = T/(T + 100 K),  τ = T/1000 K,  s = 1 − (M/M₀)²,  x = 10 (a/ā − 1)
///
/// with ā the mean of the labels' lattice constants, w_k normal of one width for all, the variance
/// of a label that of its error plus one for all. Both are those of the largest evidence on a grid.
/// 8 members are fitted to labels drawn with replacement; their mean is the correction, its error
/// their spread and the posterior width of the fit to all, in squares: it grows with distance from
/// the labels, as the functions do. A Bayesian ridge in place of networks, because some 35 labels
/// determine eight weights and no more, and because the largest evidence is found, not started at.
/// Independent of the order of the labels.
/// Source: MacKay, Neural Computation 4, 415 (1992) for the evidence.
class ResistivityCorrection {
public:
    static constexpr int n_members = 8;
    /// \param labels  at least one  \param seed  of the members' draws
    ResistivityCorrection(std::span<ResistivityLabel const> labels, std::uint64_t seed);

    [[nodiscard]] LogRatio operator()(ResistivityPoint const& point) const;

private:
    double mean_constant_ = 1.0;
    std::vector<double> members_;    ///< weights, shape (n_members, n_functions)
    std::vector<double> posterior_;  ///< covariance of the weights, (n_functions, n_functions)
};

/// One held-out part: root mean square errors of log ρ on it.
struct HeldOut {
    double at = 0.0;  ///< the temperature or lattice constant that the fit has not seen
    int labels = 0;
    double baseline = 0.0, constant = 0.0, correction = 0.0;
};

/// Errors on values that the fit has not seen, each held out whole.
struct HeldOutErrors {
    std::vector<HeldOut> parts;                               ///< ascending in `at`
    double baseline = 0.0, constant = 0.0, correction = 0.0;  ///< root mean squares of all labels
    /// Whether the mean square error falls from part to part by more than its standard error, below
    /// that of the baseline. False with fewer than two parts.
    bool learned = false;
};

/// What is held out whole.
enum class LeftOut { temperature, lattice_constant };

/// Fits without one temperature, or lattice constant, at a time and compares there with the
/// baseline as it is and times one constant factor (the mean log ratio of the other labels).
[[nodiscard]] HeldOutErrors validate(std::span<ResistivityLabel const> labels, LeftOut left_out,
                                     std::uint64_t seed);

}  // namespace kamacite::transport

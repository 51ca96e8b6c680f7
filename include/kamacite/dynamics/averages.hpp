#pragma once
#include <span>
#include <vector>

namespace kamacite::dynamics {

/// Mean of a series whose neighbours in time are alike, and how well it is known.
struct Average {
    double mean = 0.0;
    /// Standard error of the mean; infinite where fewer than four values leave it unknown.
    double error = 0.0;
    /// Statistical inefficiency g ≥ 1: the mean of g·n values is known as well as that of n
    /// independent ones. For a time between values, g/2 times it is the correlation time.
    double inefficiency = 1.0;
    long long values = 0;
    /// Whether the series is long enough for its memory. If not, the error is a lower bound.
    bool converged = false;
};

/// Averages a series by blocks, as it comes: values are joined to blocks of 2, 4, 8 … and only
/// sums of each length are kept, so that a run of any length needs some hundred numbers, and goes
/// on after a restart as if it had not stopped.
///
/// From M blocks of B values with means m_k, the error of the mean is
///
///     ε_B² = 1/(M (M − 1)) Σ_k (m_k − m)²,   m = 1/M Σ_k m_k
///
/// It grows with B as long as blocks remember each other, to a plateau. On it, it is known to
/// 1/√(2(M − 1)) of itself. The length is chosen that weighs what memory is left against that
/// noise: the smallest of M ≥ 4 blocks with
///
///     B³ > 2 n g_B²,   g_B = ε_B²/ε_1²
///
/// For a memory that decays with a time τ ≪ B, ε is then too small by about τ/(2 B) of itself. If
/// no length will do, the largest ε_B with M ≥ 4 is given, and `converged` is false.
/// Source: Flyvbjerg and Petersen, J. Chem. Phys. 91, 461 (1989); the choice of the length: Wolff,
/// Comput. Phys. Commun. 156, 143 (2004); Lee, Drummond, Needs, Phys. Rev. E 83, 066706 (2011).
class BlockAverage {
public:
    /// One more value, of any unit.
    /// \throws NumericalError if it is not finite
    void add(double value);

    /// Of the values so far; at least one.
    [[nodiscard]] Average average() const;
    [[nodiscard]] long long values() const noexcept;

    /// What restore() takes: four numbers for each length of blocks, and one.
    [[nodiscard]] std::vector<double> state() const;
    /// Goes on where another left off: the same bits follow.
    /// \throws DataError if `state` is not what state() gives
    void restore(std::span<double const> state);

private:
    /// Blocks of one length.
    struct Level {
        double blocks = 0.0;   ///< M
        double mean = 0.0;     ///< m
        double squares = 0.0;  ///< Σ_k (m_k − m)²
        double waiting = 0.0;  ///< mean of the last block, if M is odd: its partner is to come

        [[nodiscard]] double error2() const { return squares / (blocks * (blocks - 1.0)); }
    };
    std::vector<Level> levels_;
};

/// The same of a whole series: equally spaced in time, at least one value.
/// \throws NumericalError if one is not finite
[[nodiscard]] Average average_of(std::span<double const> series);

}  // namespace kamacite::dynamics

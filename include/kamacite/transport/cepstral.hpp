#pragma once
#include <optional>
#include <span>
#include <vector>

namespace kamacite::transport {

/// What the logarithm of a power spectrum says of its value at zero frequency.
struct ZeroFrequency {
    double value = 0.0;    ///< S(0) [x² fs]
    double error = 0.0;    ///< one standard error of it, from theory
    int coefficients = 0;  ///< P*: how many cepstral coefficients describe log S
    /// Where the spectra are known: k/(N dt) from 0 to the highest that was used [1/fs].
    std::vector<double> frequency;
    std::vector<double> periodogram;  ///< mean over the series [x² fs]
    std::vector<double> spectrum;     ///< S of P* coefficients [x² fs], smooth
};

/// Power spectrum at zero frequency of a stationary process without mean, from independent series
/// of it, by cepstral analysis:
///
///     S(f) = ∫ ⟨x(0) x(t)⟩ e^{2πift} dt,   Ŝ_k = mean over ℓ series of dt/N |Σ_n x_n e^{2πikn/N}|²
///     log Ŝ_k = log S_k + ψ(ℓ) − log ℓ + noise of variance ψ'(ℓ)   (k ≠ 0, N/2; there with ℓ/2)
///     C_n = 1/N Σ_k (log Ŝ_k − ψ(ℓ) + log ℓ) e^{2πikn/N}
///     log S(0) = C_0 + 2 Σ_{0<n<P*} C_n ± √(ψ'(ℓ) (4P* − 2)/N)
///
/// Akaike's criterion takes the P that minimises N/ψ'(ℓ) Σ_{n≥P} C_n² + 2P: what it leaves out
/// cannot be told from noise, yet adds up to a bias of S(0) and is not in the error. Two things
/// mend that. Only frequencies up to the one where S has fallen to a quarter of S(0) are used,
/// found by steps downwards, of 64 at least: fewer coefficients describe them. And P* = 1.5 P. On
/// series whose S(0) is known 59 to 74 % of the results are then within one error and 88 to 97 %
/// within two, but where a narrow peak is too short to be seen; by the criterion and all
/// frequencies alone 4 to 66 and 7 to 95 % (docs/theory/heat_transport.md).
/// \param series   ℓ ≥ 1 of them, equally long, at least 16 values each; in any unit x. Cut at the
///                 end to a length 2^a 3^b 5^c
/// \param dt       time between values [fs], positive
/// \param highest  frequencies up to it are used [1/fs], whatever S is there
/// \throws DataError if the series differ in length, are too short, do not move or are not finite,
///         or `highest` leaves fewer than eight frequencies
/// Source: Ercole, Marcolongo, Baroni, Sci. Rep. 7, 15835 (2017).
[[nodiscard]] ZeroFrequency zero_frequency(std::span<std::vector<double> const> series, double dt,
                                           std::optional<double> highest = {});

/// ψ(x) = d log Γ/dx for x > 0, to 1e-12.
[[nodiscard]] double digamma(double x);
/// ψ'(x) for x > 0, to 1e-12 of itself.
[[nodiscard]] double trigamma(double x);

}  // namespace kamacite::transport

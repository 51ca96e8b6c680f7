#pragma once
#include <span>

namespace kamacite::transport {

/// Conductivity without frequency that a spectrum tends to.
struct DrudeLimit {
    double conductivity = 0.0;  ///< σ(0), in the units of the spectrum
    double error = 0.0;         ///< by which other windows, and the scatter about the fit, move it
    double lifetime = 0.0;      ///< τ, in 1/units of ω
};

/// The limit ω → 0 of an optical conductivity, by least squares over a window:
///
///     σ(ω) = σ(0)/(1 + ω² τ²)
///
/// A spectrum by Kubo and Greenwood of a finite cell has no transitions below the spacing of its
/// levels and falls to zero there: the window begins above that and ends where other transitions
/// than those within a band begin. The error is the largest change when the window begins or ends a
/// third earlier or later, and the standard error of the mean of the residuals, added in squares.
/// \param frequency     ω, ascending, not negative
/// \param conductivity  σ(ω), as many
/// \param low, high     the window, 0 ≤ low < high
/// \throws DataError if fewer than 4 points lie in it or in one of the others, σ is not positive
/// there
///         on average, or τ is longer than the window can tell
[[nodiscard]] DrudeLimit drude_limit(std::span<double const> frequency,
                                     std::span<double const> conductivity, double low, double high);

}  // namespace kamacite::transport

#pragma once
#include <span>
#include <vector>

namespace kamacite::transport {

/// How a series forgets, and the integral of it so far.
struct RunningIntegral {
    std::vector<double> time;         ///< t [fs], from 0
    std::vector<double> correlation;  ///< ⟨x(0) x(t)⟩ [x²], mean over the series
    std::vector<double> integral;  ///< ∫₀ᵗ of it [x² fs]; S(0)/2 where it has levelled off
    /// Standard error of the integral, from the scatter of the series; NaN of one series.
    std::vector<double> error;
};

/// Autocorrelation of series without mean, and its integral by trapezia:
///
///     C(t_m) = 1/(N − m) Σ_n x_n x_{n+m}
///
/// \param series   equally long, in any unit x; at least two values each
/// \param dt       time between values [fs], positive
/// \param longest  t up to which it is found [fs], at most that of the series
/// \throws DataError if the series differ in length
[[nodiscard]] RunningIntegral running_integral(std::span<std::vector<double> const> series,
                                               double dt, double longest);

/// The factor between S(0) of a component of the heat flux J [(eV Å/fs)² fs] and the thermal
/// conductivity [eV/(fs Å K)], of Green and Kubo:
///
///     κ = 1/(V k_B T²) ∫₀^∞ ⟨J(0) J(t)⟩ dt = S(0)/(2 V k_B T²)
///
/// \param volume       V [Å³], positive
/// \param temperature  T [K], positive
[[nodiscard]] double green_kubo_factor(double volume, double temperature);

}  // namespace kamacite::transport

#pragma once
#include <span>
#include <vector>

namespace kamacite::transport {

/// Bloch's and Grüneisen's function of temperature, the part of the resistivity that follows it.
///
///     f(T) = (T/Θ)ⁿ ∫₀^{Θ/T} xⁿ/[(eˣ − 1)(1 − e^{−x})] dx
///
/// n = 5: scattering within one band; n = 3: from s to d bands (Wilson). f → T/((n − 1) Θ) for high
/// temperatures, ∝ Tⁿ for low ones.
/// \param temperature  T [K], ≥ 0
/// \param debye        Θ [K], positive
/// \param n            2 or more
/// \returns dimensionless, to 1e-10 of itself
/// Source: Ziman, Electrons and Phonons (1960), §9.5; Wilson, Proc. R. Soc. A 167, 580 (1938).
[[nodiscard]] double bloch_gruneisen(double temperature, double debye, int n = 5);

/// A phonon density of states as a table.
struct PhononDensity {
    std::vector<double> frequency;  ///< ν [1/fs], ascending; what is not positive is left out
    std::vector<double> density;    ///< g, in any unit: only its shape counts
};

/// The same of phonons with a density of states, to lowest order of the variation that solves the
/// Boltzmann equation,
///
///     f(T) = T ∫ dν/ν α²F(ν) (x/sinh x)²,   x = hν/2 k_B T,   α²F(ν) ∝ ν^(n−3) g(ν)
///
/// With g ∝ ν² up to k_B Θ/h it is Bloch's and Grüneisen's, apart from a factor. The integral is a
/// sum of trapezia over the table.
/// \param temperature  [K], ≥ 0
/// \param n            power of T at low temperatures: 5, or 3
/// \returns in arbitrary units
/// \throws DataError if the table has no positive frequency, is not ascending, or a density is
///         negative
/// Source: Allen, Phys. Rev. B 17, 3725 (1978).
[[nodiscard]] double resistivity_of_density(double temperature, PhononDensity const& phonons,
                                            int n = 5);

/// How lattice vibrations stiffen when the lattice is compressed: Θ(a)/Θ(a₀) = (a₀/a)^{3γ}.
/// \param strain     a/a₀, positive
/// \param gruneisen  γ; iron: about 1.7
[[nodiscard]] double stiffening(double strain, double gruneisen);

}  // namespace kamacite::transport

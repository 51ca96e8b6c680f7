#pragma once
#include "kamacite/core/units.hpp"
#include "kamacite/phonons/mesh.hpp"

namespace kamacite::phonons {

/// ħ [eV fs]. Source: SI, exact.
inline constexpr double h_bar =
    6.62607015e-34 * units::joule * 1e15 / (2.0 * 3.14159265358979323846);

/// Frequencies over the Brillouin zone, each with its weight.
struct Spectrum {
    Matrix frequencies;           ///< ω [1/fs]: row per wave vector, column per branch
    std::vector<double> weights;  ///< of the rows; sum 1
    int atoms = 1;                ///< of the unit cell
};

/// The spectrum of a crystal on a mesh.
[[nodiscard]] Spectrum spectrum_of(Harmonic const& crystal, Mesh const& mesh);

/// Part of the vibrations that have imaginary frequencies, 0 … 1: above 0 the crystal is unstable,
/// and what is derived from its spectrum holds for the other vibrations alone.
[[nodiscard]] double unstable_part(Spectrum const& spectrum);

/// Harmonic thermodynamics per atom,
///
///     F = Σ ½ħω + k T ln(1 − e^(−x)),   S = −∂F/∂T,   C = k Σ x² e^x/(e^x − 1)²,   x = ħω/kT
///
/// over real frequencies; those below 1e-3 THz, translations of the crystal, are left out.
struct Thermodynamics {
    double temperature = 0.0;    ///< [K]
    double free_energy = 0.0;    ///< F [eV/atom], zero-point energy included
    double energy = 0.0;         ///< F + T S [eV/atom]
    double entropy = 0.0;        ///< S [eV/K/atom]
    double heat_capacity = 0.0;  ///< at constant volume [eV/K/atom]
    /// Σ (2n + 1)/2ω over 3N: the mean square displacement along one axis [Å²] is ħ/m times this in
    /// a crystal of atoms of one mass m [fs].
    double inverse_frequency = 0.0;
};

/// \param temperature  [K], not negative
[[nodiscard]] Thermodynamics thermodynamics(Spectrum const& spectrum, double temperature);

/// Debye temperature [K] of the Debye crystal that has the same moment of frequencies,
///
///     Θ_n = (ħ/k) ((n + 3)/3 ⟨ωⁿ⟩)^(1/n),   Θ_0 = (ħ/k) exp(1/3 + ⟨ln ω⟩)
///
/// Θ_1 has the zero-point energy, Θ_0 the entropy and Θ_2 the heat capacity at high temperature.
/// \param n  above −3
[[nodiscard]] double debye_temperature(Spectrum const& spectrum, int n);

/// Mode Grüneisen parameters γ = −∂ln ω/∂ln V at one wave vector, from crystals at three volumes,
///
///     γ = −V/(2ω²) ⟨e|∂D/∂V|e⟩
///
/// with the eigenvectors of the middle one, where branches meet those of ∂D/∂V. 0 where ω is 0.
/// \param lower, upper  at the smaller and the larger volume
/// Source: Togo and Tanaka, Scr. Mater. 108, 1 (2015).
[[nodiscard]] std::vector<double> grueneisen_parameters(Harmonic const& lower,
                                                        Harmonic const& middle,
                                                        Harmonic const& upper, Vec3 const& q);

/// Mean of mode Grüneisen parameters over a mesh, weighted with the heat capacities of the modes:
/// what thermal expansion sees. \param temperature  [K], positive
[[nodiscard]] double mean_grueneisen(Harmonic const& lower, Harmonic const& middle,
                                     Harmonic const& upper, Mesh const& mesh, double temperature);

}  // namespace kamacite::phonons

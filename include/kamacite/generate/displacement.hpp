#pragma once
#include "kamacite/core/random.hpp"
#include "kamacite/structure/structure.hpp"

namespace kamacite::generate {

/// Mean square displacement ⟨u_x²⟩ [Å²] of an atom along one direction in a Debye crystal, zero
/// point motion included.
///
///     ⟨u_x²⟩ = 3ħ²/(M k_B Θ) [ 1/4 + (T/Θ)² ∫₀^{Θ/T} x/(eˣ − 1) dx ]
///
/// \param temperature  T [K], ≥ 0
/// \param debye        Θ [K], positive
/// \param mass         M [eV fs²/Å²], positive
/// Source: James, The Optical Principles of the Diffraction of X-rays (1948), ch. I; checked by the
/// high-temperature limit 3ħ²T/(M k_B Θ²).
[[nodiscard]] double debye_variance(double temperature, double debye, double mass);

/// Each coordinate of each atom moved by a normal number of standard deviation `sigma` [Å].
[[nodiscard]] Structure displaced(Structure const& s, double sigma, RandomStream& random);

/// As displaced(), with the Debye amplitude of each atom's own mass at `temperature` [K].
[[nodiscard]] Structure thermally_displaced(Structure const& s, double temperature, double debye,
                                            RandomStream& random);

}  // namespace kamacite::generate

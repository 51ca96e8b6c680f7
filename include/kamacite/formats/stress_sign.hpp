#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kamacite/structure/record.hpp"

namespace kamacite::formats {

/// What the check of the stress sign needs of a record: little, so that all ranks can share it.
struct StressSample {
    std::uint64_t kind = 0;  ///< equal for structures that differ by a homogeneous strain only
    double energy = 0.0;     ///< [eV]
    Mat3 rows;               ///< lattice vectors [Å]
    Mat3 stress;             ///< [eV/Å³]
};

/// The sample of a periodic record that has energy and stress; nothing otherwise. `kind` is made of
/// the elements and the fractional coordinates relative to the first atom, to 1e-3.
[[nodiscard]] std::optional<StressSample> stress_sample_of(Record const& record);

/// Whether stresses have the sign that the energies ask for.
struct StressSign {
    enum class Verdict { consistent, contradiction, cannot_tell };
    Verdict verdict = Verdict::cannot_tell;
    int agreeing = 0;  ///< decisive pairs of structures whose energies follow the stress
    int opposing = 0;  ///< decisive pairs whose energies follow the stress with the other sign
};

/// Compares energies with stresses over pairs of one kind that are close in strain:
///
///     E₂ − E₁  against  ½ (V₁σ₁ + V₂σ₂) : ε,   ε = sym(H̄⁻¹ (H₂ − H₁)),  H̄ = ½ (H₁ + H₂)
///
/// for an E–V series that is −ΔE/ΔV against p = −tr σ/3. A pair is decisive if |ε| < 0.06 and both
/// energies are above 1 meV and within a factor of 4 of each other. Two decisive pairs are needed;
/// it is a contradiction if more than two thirds of them oppose, consistent if more than half
/// agree.
[[nodiscard]] StressSign check_stress_sign(std::span<StressSample const> samples);

}  // namespace kamacite::formats

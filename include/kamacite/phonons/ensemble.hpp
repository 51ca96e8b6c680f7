#pragma once
#include "kamacite/core/random.hpp"
#include "kamacite/phonons/harmonic.hpp"

namespace kamacite::phonons {

/// The wave vectors of which the supercell holds whole periods, as SpecialPoint::q; Γ is the first.
[[nodiscard]] std::vector<Vec3> commensurate_points(Supercell const& supercell);

/// How vibrations are occupied.
enum class Statistics { quantum, classical };

/// Displacements of the atoms of a supercell in thermal equilibrium of a harmonic crystal, normal
/// deviates of covariance
///
///     ⟨u_iα u_jβ⟩ = (m_i m_j)^(−½) (1/N) Σ_qs σ²_qs e_iα e*_jβ e^(−iq·(r_j − r_i))
///     σ² = (ħ/2ω) coth(ħω/2kT), or kT/ω² where classical
///
/// over the commensurate q. Translations take no part. A mode whose ω is imaginary is given |ω|, or
/// a twentieth of the highest frequency if that is more: the crystal is held where it is.
/// The symmetric square root of the covariance is applied to white noise, so that what is drawn
/// hangs on no choice of eigenvectors and changes smoothly with the crystal.
/// Source: Maradudin et al., Theory of Lattice Dynamics in the Harmonic Approximation, Academic
/// Press (1971).
class Ensemble {
public:
    /// \param temperature  [K], not negative; above 0 where classical
    Ensemble(Harmonic const& crystal, double temperature, Statistics statistics);
    /// Every atom along every axis by itself.
    /// \param amplitude  standard deviation [Å]
    Ensemble(Supercell supercell, double amplitude);

    /// Of all atoms of the supercell [Å].
    [[nodiscard]] std::vector<Vec3> draw(RandomStream& random) const;
    /// ⟨u_iα²⟩ [Å²], mean over axes and atoms of the unit cell.
    [[nodiscard]] double mean_square() const;

private:
    Supercell supercell_;
    std::vector<Mat3> root_;  // as ForceConstants::blocks
};

}  // namespace kamacite::phonons

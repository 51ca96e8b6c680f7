#pragma once
#include "kamacite/phonons/scattering.hpp"
#include "kamacite/phonons/thermodynamics.hpp"

namespace kamacite::phonons {

/// 1 W/m/K as energy per time, length and temperature [eV/fs/Å/K].
inline constexpr double watt_per_metre_kelvin = units::joule * 1e-15 * 1e-10;

/// Lattice thermal conductivity at one temperature.
struct Conductivity {
    double temperature = 0.0;  ///< [K]
    Mat3 relaxation_time;      ///< κ where each mode decays by itself [eV/fs/Å/K]
    Mat3 iterative;            ///< κ of the whole equation; zero where it was not asked for
    int iterations = 0;        ///< of the latter
    double residual = 0.0;     ///< |Ω F − v|/|v| of the latter
    Matrix rates;              ///< 1/τ [1/fs]: row per irreducible point, column per branch
    /// What each mode adds to the mean of `relaxation_time` over the axes, with its whole star.
    Matrix contributions;
    Matrix mean_free_paths;  ///< |v|τ [Å]
};

/// How the Boltzmann equation is solved.
struct ConductivitySettings {
    enum class Method { relaxation_time, iterative } method = Method::iterative;
    Broadening broadening;
    std::vector<double> isotopes;  ///< as Scatterers::isotopes
};

/// The phonon Boltzmann equation with three-phonon scattering:
///
///     κ = 1/(N V k T²) Σ_λ (ħω)² n(n + 1) v ⊗ F,   F_λ/τ_λ + Σ w (ω′F_q′ + ω″F_q″)/ω = v_λ
///     1/τ_λ = Σ w,   w = (πħ/4N) |A|²/(ωω′ω″) s/(2s′s″) {½ δ(ω − ω′ − ω″) + δ(ω + ω′ − ω″)}
///
/// with s = sinh(ħω/2kT): where energy is conserved s/(2s′s″) is n′ + n″ + 1 and n′ − n″, and off
/// it, as far as δ is wide, it keeps the balance of each process with its reverse. F = τ v alone is
/// the relaxation-time approximation. Points are spread over the ranks. Boundaries, electrons,
/// magnons and four phonons scatter no phonon here. Collective. \param third         of the same
/// crystal \param mesh          with Γ; the group's irreducible points \param temperatures  [K],
/// positive \throws NumericalError if the crystal is unstable at a point of the mesh Source: Togo,
/// Chaput and Tanaka, Phys. Rev. B 91, 094306 (2015), A and 1/τ; Chaput, Phys. Rev. Lett. 110,
/// 265506 (2013), the symmetric form; Li, Carrete, Katcho and Mingo, Comput. Phys. Commun. 185,
/// 1747 (2014), F.
[[nodiscard]] std::vector<Conductivity> conductivity(mpi::Communicator const& comm,
                                                     Harmonic const& crystal,
                                                     ThirdOrder const& third,
                                                     SpaceGroup const& group, Mesh const& mesh,
                                                     std::span<double const> temperatures,
                                                     ConductivitySettings const& settings = {});

}  // namespace kamacite::phonons

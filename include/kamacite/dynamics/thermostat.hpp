#pragma once
#include <cstdint>
#include <span>
#include <vector>

/// \file
/// Thermostats that act on all atoms alike: each says by what factor all velocities are multiplied.
/// They are serial; every rank gets the same answer from the same numbers.

namespace kamacite::dynamics {

/// Stochastic velocity rescaling: the kinetic energy follows a random process whose distribution is
/// the canonical one; the directions of the velocities are left alone.
struct Rescaling {
    double temperature = 300.0;    ///< T [K], ≥ 0
    double time_constant = 100.0;  ///< τ [fs], positive: how long the kinetic energy is remembered
    std::uint64_t seed = 0;        ///< of the noise
};

/// The factor of all velocities for a time dt, exact for any dt.
///
///     α² = c + K̄ (1 − c)(R² + Σ)/(n K) + 2 R √(c (1 − c) K̄/(n K)),   c = exp(−dt/τ), K̄ = n k_B T/2
///
/// with R a standard normal and Σ the sum of the squares of n − 1 more. α has the sign of
/// R + √(c n K/((1 − c) K̄)).
/// \param kinetic_energy  K of all atoms [eV], ≥ 0; without motion nothing can be rescaled: 1
/// \param freedoms        n ≥ 1
/// \param step            number of the step, ≥ 0: each has its own noise
/// Source: Bussi, Donadio, Parrinello, J. Chem. Phys. 126, 014101 (2007), appendix.
[[nodiscard]] double rescaling_factor(double kinetic_energy, long long freedoms,
                                      Rescaling const& bath, double dt, long long step);

/// What a chain is made with.
struct NoseHoover {
    double temperature = 300.0;    ///< T [K], positive
    double time_constant = 100.0;  ///< τ [fs], positive: period of the heat that swings, over 2π
    int length = 3;                ///< thermostats of the chain, ≥ 1
};

/// Nosé–Hoover chain: deterministic, canonical for systems that are ergodic with it.
///
///     Q_1 = n k_B T τ², Q_k = k_B T τ²;   v̇ = … − η̇_1 v
///     Q_1 η̈_1 = 2K − n k_B T − Q_1 η̇_1 η̇_2,   Q_k η̈_k = Q_{k−1} η̇²_{k−1} − k_B T − Q_k η̇_k η̇_{k+1}
///
/// Source: Martyna, Klein, Tuckerman, J. Chem. Phys. 97, 2635 (1992); integrator of Martyna,
/// Tuckerman, Tobias, Klein, Mol. Phys. 87, 1117 (1996) with the seven weights of Yoshida.
class NoseHooverChain {
public:
    /// \param freedoms  n > 0, of what it is attached to
    NoseHooverChain(double freedoms, NoseHoover const& options);

    /// Lets the chain act for a time dt (half a step, twice per step).
    /// \param twice_kinetic  2K of what it is attached to [eV]
    /// \param temperature    T now [K]; the masses Q stay those of the first temperature
    /// \returns the factor by which the velocities are to be multiplied
    [[nodiscard]] double advance(double twice_kinetic, double temperature, double dt);

    /// What belongs to the chain of the conserved energy at temperature T [eV]:
    /// Σ ½ Q_k η̇_k² + n k_B T η_1 + k_B T Σ_{k>1} η_k
    [[nodiscard]] double energy(double temperature) const;

    /// η and η̇ of all thermostats, to be stored and put back: 2 · length numbers.
    [[nodiscard]] std::vector<double> state() const;
    void restore(std::span<double const> state);

private:
    double freedoms_;
    std::vector<double> mass_, place_, velocity_;
};

}  // namespace kamacite::dynamics

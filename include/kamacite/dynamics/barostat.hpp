#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kamacite/core/types.hpp"
#include "kamacite/dynamics/cell_freedom.hpp"
#include "kamacite/dynamics/thermostat.hpp"

/// \file
/// Barostats: each says how the cell is to be strained. They are serial; every rank gets the same
/// answer from the same numbers. Π = W + Σ m v ⊗ v is the pressure tensor times the volume [eV].

namespace kamacite::dynamics {

/// Stochastic cell rescaling: the cell follows a random process of first order whose distribution
/// is that of constant pressure. Goes with any thermostat.
struct CellRescaling {
    double pressure = 0.0;          ///< P [eV/Å³]
    double time_constant = 1000.0;  ///< τ [fs], positive: how long a volume is remembered
    double compressibility = 1.0;  ///< β [Å³/eV], positive: of the material, about; sets the speed
    CellFreedom freedom = CellFreedom::isotropic;  ///< not fixed
    std::uint64_t seed = 0;                        ///< of the noise
};

/// The strain of a time dt: r ← exp(ε) r, cell likewise, v ← exp(−ε) v.
///
///     full:       ε = μ (Π − P V 1 + k_B T 1) dt + √(2 μ k_B T dt) ξ,   μ = β/(3 τ V_0)
///     isotropic:  ε = ⅓ 1 (μ' (⅓ tr Π − P V + k_B T) dt + √(2 μ' k_B T dt) ξ),   μ' = 3 μ
///
/// ξ is symmetric, with components of variance 1 on the diagonal and ½ beside it. Since μ does not
/// depend on the volume, noise in ln h needs no correction, and the distribution (of isotropic
/// cells e^{−P V/k_B T}, of full ones that over V²) is exact for dt → 0.
/// \param pi           Π now, of all atoms
/// \param volume       V now [Å³]
/// \param first_volume V_0 [Å³]: any, but the same throughout
/// \param temperature  T [K] that the thermostat keeps
/// \param step         number of the step, ≥ 0: each has its own noise
/// Source: Bernetti and Bussi, J. Chem. Phys. 153, 114107 (2020); Del Tatto, Raiteri, Bernetti,
/// Bussi, Appl. Sci. 12, 1139 (2022); here with a constant mobility.
[[nodiscard]] Mat3 rescaling_strain(Mat3 const& pi, double volume, double first_volume,
                                    double temperature, CellRescaling const& bath, double dt,
                                    long long step);

/// What a barostat of Martyna, Tobias, Klein is made with.
struct MartynaTobiasKlein {
    double pressure = 0.0;                         ///< P [eV/Å³]
    double time_constant = 1000.0;                 ///< τ [fs], positive
    CellFreedom freedom = CellFreedom::isotropic;  ///< not fixed
    int length = 3;                                ///< of its own chain of thermostats; 0: none
};

/// A cell with inertia and a Nosé–Hoover chain of its own: deterministic.
///
///     ṙ = v + ω r,   ḣ = ω h,   v̇ = F/m − ω v − (tr ω/n) v,   M ω̇ = Π − P V 1 + (2K/n) 1 − …
///
/// ω is the strain rate of the cell, symmetric (a multiple of 1 if isotropic), and M its mass,
/// (n + 3) k_B T τ²/3 with the first temperature.
/// Source: Martyna, Tobias, Klein, J. Chem. Phys. 101, 4177 (1994); integrator of Tuckerman,
/// Alejandre, López-Rendón, Jochim, Martyna, J. Phys. A 39, 5629 (2006).
class CellMotion {
public:
    /// \param freedoms     n > 0 of the atoms
    /// \param temperature  [K], positive: of the masses
    CellMotion(MartynaTobiasKlein const& options, double freedoms, double temperature);

    /// Its chain acts for a time dt.
    void exchange_heat(double temperature, double dt);
    /// Pressure acts on the cell for a time dt.
    /// \param pi  Π now; \param twice_kinetic  2K now [eV]
    void push(Mat3 const& pi, double twice_kinetic, double volume, double pressure, double dt);

    /// r ← this · r, by the motion of the cell in a time dt: exp(ω dt).
    [[nodiscard]] Mat3 strain(double dt) const;
    /// v ← this · v, in a time dt: exp(−(ω + tr ω/n) dt).
    [[nodiscard]] Mat3 friction(double dt) const;

    /// Of the cell and its chain, P V left out [eV].
    [[nodiscard]] double energy(double temperature) const;

    /// ω (9 numbers) and its chain.
    [[nodiscard]] std::vector<double> state() const;
    void restore(std::span<double const> state);

private:
    CellFreedom freedom_;
    double freedoms_, mass_;
    Mat3 rate_ = Mat3::Zero();  // ω [1/fs]
    std::optional<NoseHooverChain> chain_;
};

/// exp(s) of a symmetric matrix.
[[nodiscard]] Mat3 exponential(Mat3 const& s);

}  // namespace kamacite::dynamics

#pragma once
#include <span>
#include <string>
#include <vector>

#include "kamacite/generate/lattice.hpp"
#include "kamacite/potential/potential.hpp"

namespace kamacite::properties {

/// A number with its standard error.
struct Estimate {
    double value = 0.0;
    double error = 0.0;  ///< one standard deviation; 0 if there are no more points than parameters
};

/// Energy per atom as a function of the volume per atom, after Birch and Murnaghan, third order.
///
///     E(V) = E₀ + 9 V₀ B/16 { (x − 1)³ B′ + (x − 1)² (6 − 4x) },   x = (V₀/V)^⅔
///
/// Source: Birch, Phys. Rev. 71, 809 (1947).
struct EquationOfState {
    Estimate energy;      ///< E₀ [eV/atom]
    Estimate volume;      ///< V₀ [Å³/atom]
    Estimate bulk;        ///< B = V ∂²E/∂V² at V₀ [eV/Å³]
    Estimate derivative;  ///< B′ = ∂B/∂p at V₀, dimensionless; it depends on the range fitted
    double residual = 0.0;  ///< root mean square of the residuals [eV/atom]
    double lowest_volume = 0.0, highest_volume = 0.0;  ///< the range fitted [Å³/atom]
    int points = 0;

    [[nodiscard]] double energy_at(double volume) const;    ///< E(V) [eV/atom]
    [[nodiscard]] double pressure_at(double volume) const;  ///< p = −dE/dV [eV/Å³]
};

/// Least squares: the curve is a cubic in V^(−⅔), whose linear fit starts Gauss–Newton steps in
/// (E₀, V₀, B, B′). Standard errors from the covariance s² (JᵀJ)⁻¹, s² = Σr²/(n − 4).
///
/// \param volumes   [Å³/atom], positive, any order
/// \param energies  [eV/atom], as many
/// \throws DataError if there are fewer than four different volumes, or a number is not finite;
///         NumericalError if the lowest energy is at an end of the range or the fit has no minimum
///         inside it: the equilibrium would be an extrapolation
[[nodiscard]] EquationOfState fit_equation_of_state(std::span<double const> volumes,
                                                    std::span<double const> energies);

using generate::Lattice;  ///< which lattice
using generate::name_of;  ///< e.g. "bcc"

/// The shape c/a of a lattice unless another is given: √(8/3) for hcp.
inline constexpr double ideal = 0.0;

/// Volume per atom [Å³] of a lattice with lattice constant a [Å]; the reverse of
/// generate::lattice_constant().
[[nodiscard]] double volume_per_atom(Lattice lattice, double a, double c_over_a = ideal);

/// Lattice constant and its standard error, da = a dV/3V.
[[nodiscard]] Estimate lattice_constant(Lattice lattice, Estimate const& volume);

/// A point of an E–V curve.
struct VolumePoint {
    double volume;    ///< [Å³/atom]
    double energy;    ///< [eV/atom]
    double pressure;  ///< −tr σ/3 [eV/Å³]
    double moment;    ///< mean |m| [μ_B]; NaN if the potential gives no moments
};

/// Primitive cell of a perfect lattice of one element.
/// \param volume  [Å³/atom], positive
[[nodiscard]] Structure perfect_lattice(Lattice lattice, int element, double volume,
                                        double c_over_a = ideal);

/// One point of an E–V curve. \throws DataError if the potential does not know an element
[[nodiscard]] VolumePoint volume_point(Potential const& potential, Structure const& s);

/// E–V curve of a perfect lattice of one element, primitive cells.
/// \throws DataError if the potential does not know the element
[[nodiscard]] std::vector<VolumePoint> energy_volume_curve(Potential const& potential,
                                                           Lattice lattice, int element,
                                                           std::span<double const> volumes,
                                                           double c_over_a = ideal);

/// The equation of state of a curve near its minimum: of the points whose volume differs from that
/// of the lowest energy by at most `width` (a fraction).
/// \throws as fit_equation_of_state()
[[nodiscard]] EquationOfState fit_near_minimum(std::span<VolumePoint const> curve,
                                               double width = 0.10);

}  // namespace kamacite::properties

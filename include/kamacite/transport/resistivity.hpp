#pragma once
#include <functional>

#include "kamacite/core/units.hpp"

namespace kamacite::transport {

/// Units of transport, the charge of the electron being 1: a resistivity is in eV fs Å, a thermal
/// conductivity in eV/(fs Å K).
inline constexpr double ohm_metre =
    units::joule * 1e15 / (units::joule * units::joule) * 1e10;  ///< resistivity
inline constexpr double micro_ohm_cm = 1e-8 * ohm_metre;         ///< resistivity
inline constexpr double watt_per_metre_kelvin =
    units::joule / 1e15 / 1e10;  ///< thermal conductivity

/// What a resistivity is made of, all at the lattice constant a₀.
struct Baseline {
    double residual = 0.0;                  ///< ρ₀, of impurities
    double phonon = 6.8 * micro_ohm_cm;     ///< ρ_ph at `reference`
    double reference = 300.0;               ///< [K], positive
    std::function<double(double)> shape;    ///< ∝ ρ_ph(T), of T [K]; e.g. bloch_gruneisen()
    double disorder = 80.0 * micro_ohm_cm;  ///< ρ_∞: of spins without any order
    /// ρ↓/ρ↑ of what scatters electrons of either spin at full magnetisation; 1: Matthiessen's
    /// rule.
    double asymmetry = 1.0;
    double mixing = 0.0;  ///< ρ↑↓ of spins without order: electrons that change their spin
};

/// How a lattice constant other than a₀ changes it.
struct Lattice {
    double stiffening = 1.0;  ///< k = Θ(a)/Θ(a₀), positive: ρ_ph(T, a) = ρ_ph(T/k, a₀)/k
    double moment = 1.0;      ///< m(a)/m(a₀): ρ_∞ ∝ m²
};

/// A resistivity and its parts.
struct Resistivity {
    double residual = 0.0;
    double phonon = 0.0;
    double disorder = 0.0;   ///< ρ_∞ [1 − (M/M₀)²], Kasuya
    double deviation = 0.0;  ///< from Matthiessen's rule, by the two currents; 0 with asymmetry 1
    [[nodiscard]] double total() const { return residual + phonon + disorder + deviation; }
};

/// Two currents in parallel that electrons leave for one another.
///
///     ρ = [ρ↑ρ↓ + ρ↑↓(ρ↑ + ρ↓)]/[ρ↑ + ρ↓ + 4ρ↑↓]
///
/// \param up, down  ρ↑, ρ↓ ≥ 0, not both 0; \param mixing  ρ↑↓ ≥ 0
/// Source: Fert and Campbell, J. Phys. F 6, 849 (1976).
[[nodiscard]] double two_currents(double up, double down, double mixing);

/// The resistivity at a temperature and a magnetisation.
///
///     ρ↑ = (ρ₀ + ρ_ph)(1 + A)/A + 2 ρ_sd,   ρ↓ = (ρ₀ + ρ_ph)(1 + A) + 2 ρ_sd
///     ρ_sd = ρ_∞(1 − m²),   A = asymmetry^m,   ρ↑↓ = mixing (1 − m²)
///
/// so that without asymmetry the parts add up, as they do without magnetisation.
/// \param temperature    [K], ≥ 0
/// \param magnetisation  m = M(T)/M(0), 0 … 1
/// Source: Kasuya, Prog. Theor. Phys. 16, 58 (1956) for the disorder of spins: classical ones,
/// without the factor (S + 1)/S (Wysocki et al., Phys. Rev. B 80, 224423, 2009).
[[nodiscard]] Resistivity resistivity(Baseline const& baseline, double temperature,
                                      double magnetisation, Lattice const& lattice = {});

/// Sommerfeld's number of Lorenz: π²/3 (k_B/e)², 2.443e-8 W Ω/K².
[[nodiscard]] double lorenz_number();

/// Heat that electrons conduct, by Wiedemann and Franz: κ_e = L₀ T/ρ. It holds where electrons are
/// scattered elastically; below about 0.7 Θ_D it is too high, in iron at 100 K by more than a
/// third. \param resistivity  positive
[[nodiscard]] double wiedemann_franz(double temperature, double resistivity);

/// Part of the Debye temperature above which wiedemann_franz() holds.
inline constexpr double wiedemann_franz_above = 0.7;

}  // namespace kamacite::transport

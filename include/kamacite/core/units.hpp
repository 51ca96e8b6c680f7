#pragma once
/// \file
/// Unit factors. Every number in memory is in internal units: Å, eV, fs, K, μ_B, and what
/// follows from them, so that no formula needs a conversion factor (mass: eV fs²/Å²).
/// Multiply by a factor on the way in, divide by it on the way out:
///
///     double p = 25.0 * units::GPa;         // now eV/Å³
///     fmt::print("{} GPa", p / units::GPa);
///
/// Source: CODATA 2018 (exact where the 2019 SI makes it exact).

namespace kamacite::units {

inline constexpr double angstrom = 1.0;                 ///< length
inline constexpr double bohr = 0.529177210903;          ///< length [Å]
inline constexpr double eV = 1.0;                       ///< energy
inline constexpr double rydberg = 13.605693122994;      ///< energy [eV]
inline constexpr double hartree = 2.0 * rydberg;        ///< energy [eV]
inline constexpr double fs = 1.0;                       ///< time
inline constexpr double ps = 1000.0 * fs;               ///< time
inline constexpr double kelvin = 1.0;                   ///< temperature
inline constexpr double joule = 1.0 / 1.602176634e-19;  ///< energy [eV], exact
inline constexpr double pascal = joule / 1.0e30;        ///< pressure [eV/Å³]
inline constexpr double GPa = 1.0e9 * pascal;           ///< pressure [eV/Å³]
/// Mass [eV fs²/Å²]: 1 kg = 1 J (s/m)² = 1 J · 10³⁰ fs² / 10²⁰ Å².
inline constexpr double kilogram = joule * 1.0e10;
inline constexpr double dalton = 1.66053906660e-27 * kilogram;  ///< mass [eV fs²/Å²]
inline constexpr double k_boltzmann = 1.380649e-23 * joule;     ///< [eV/K], exact

}  // namespace kamacite::units

#pragma once
#include "kamacite/phonons/thermodynamics.hpp"
#include "kamacite/properties/equation_of_state.hpp"

namespace kamacite::phonons {

/// A crystal at one volume: energy at rest and spectrum.
struct VolumeSpectrum {
    double volume;  ///< [Å³/atom]
    double energy;  ///< [eV/atom], without vibrations
    Spectrum spectrum;
};

/// A crystal at zero pressure and a temperature, in the quasi-harmonic approximation. Errors:
/// standard error of the fit.
struct QuasiHarmonicPoint {
    double temperature = 0.0;       ///< [K]
    properties::Estimate volume{};  ///< V(T) [Å³/atom], where E(V) + F(V, T) is lowest
    properties::Estimate bulk{};    ///< isothermal B = V ∂²(E + F)/∂V² [eV/Å³]
    double free_energy = 0.0;       ///< E + F at V(T) [eV/atom]
    double expansion = 0.0;         ///< α = ∂ln V/∂T [1/K], of the volume
    double heat_capacity_v = 0.0;   ///< at V(T) [eV/K/atom]
    double heat_capacity_p = 0.0;   ///< C_v + α² B V T [eV/K/atom]
    double grueneisen = 0.0;        ///< α B V/C_v; 0 at 0 K
};

/// The volume of lowest free energy at each temperature, from an equation of state of Birch and
/// Murnaghan fitted to E + F; α by differences of ±1 K.
/// Ends before the first temperature at which the lowest free energy lies outside the volumes.
/// \param volumes       five at least, different; of stable crystals
/// \param temperatures  [K], not negative, ascending
/// \throws NumericalError if there is no minimum even at the first temperature
[[nodiscard]] std::vector<QuasiHarmonicPoint> quasi_harmonic(
    std::span<VolumeSpectrum const> volumes, std::span<double const> temperatures);

}  // namespace kamacite::phonons

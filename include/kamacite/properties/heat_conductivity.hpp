#pragma once
#include <optional>
#include <span>
#include <vector>

#include "kamacite/properties/heat_runs.hpp"
#include "kamacite/transport/cepstral.hpp"

namespace kamacite::properties {

/// How an estimate of a conductivity comes about with time.
struct RunningConductivity {
    std::vector<double> time;   ///< [fs]
    std::vector<double> value;  ///< κ so far [eV/(fs Å K)]
    std::vector<double> error;  ///< standard error; NaN where it is not known
};

/// Thermal conductivity by fluctuations in equilibrium.
struct GreenKubo {
    Estimate conductivity;              ///< κ of the spectrum at zero frequency [eV/(fs Å K)]
    transport::ZeroFrequency spectrum;  ///< of J along each axis [(eV Å/fs)² fs]
    RunningConductivity running;        ///< against the time up to which correlations count
    Estimate temperature;               ///< mean of the runs, and the error of that [K]
};

/// κ of a crystal of cubic symmetry, or a fluid: every axis of every run is a series of its own.
///
///     κ = S_J(0)/(2 V k_B T²)      (transport::zero_frequency(), green_kubo_factor())
///
/// with the mean temperature of the runs. The error is that of S_J(0) and of T.
/// \param runs     without a field, of one structure and length; at least one
/// \param longest  of the times of `running` [fs]
/// \param highest  as that of zero_frequency() [1/fs]
/// \throws DataError as zero_frequency()
/// Source: Green, J. Chem. Phys. 22, 398 (1954); Kubo, J. Phys. Soc. Jpn. 12, 570 (1957).
[[nodiscard]] GreenKubo green_kubo(std::span<HeatRun const> runs, double longest,
                                   std::optional<double> highest = {});

/// Thermal conductivity by the answer to a field.
struct Driven {
    Estimate conductivity;          ///< κ, mean of the runs [eV/(fs Å K)]
    std::vector<Estimate> of_runs;  ///< of each, its error by blocks
    RunningConductivity running;    ///< mean of the runs so far, error from their scatter
    Estimate temperature;           ///< [K]
    bool converged = false;         ///< whether the runs are long against their memory
};

/// κ of runs under fields of one strength, of either sign and along any axis:
///
///     κ = ⟨J · F_e⟩/(V T F_e²)
///
/// The error of the mean is the larger of what the blocks of the runs say and what their scatter
/// says.
/// \param runs    of one structure and length, with a field; at least one
/// \param points  of `running`, at most
/// Source: Fan, Dong, Harju, Ala-Nissila, Phys. Rev. B 99, 064308 (2019).
[[nodiscard]] Driven driven_conductivity(std::span<HeatRun const> runs, int points = 200);

/// Whether two fields tell of one conductivity: κ of the fields differ by less than three joint
/// errors. If not, the answer to the stronger is not linear, or errors are too small.
[[nodiscard]] bool is_linear(Driven const& weaker, Driven const& stronger);

}  // namespace kamacite::properties

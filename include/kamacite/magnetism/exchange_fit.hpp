#pragma once
#include <span>
#include <vector>

#include "kamacite/magnetism/exchange.hpp"
#include "kamacite/magnetism/observables.hpp"

namespace kamacite::magnetism {

/// A crystal with directions of its spins, and the energy that a calculation gave it.
struct SpinConfiguration {
    Structure structure;
    std::vector<Vec3> spins;  ///< unit vectors, one per atom
    double energy = 0.0;      ///< of all atoms [eV]
};

/// Exchange that was fitted to energies.
struct ExchangeFit {
    std::vector<Shells> shells;               ///< J [eV]
    std::vector<std::vector<double>> errors;  ///< their standard errors [eV], likewise
    Estimate energy;                          ///< E₀ [eV/atom]: what is not exchange
    double residual = 0.0;                    ///< root mean square of the residuals [eV/atom]
    /// The same of each configuration by a fit to the others; infinite if one alone tells of a J.
    double left_out = 0.0;
    std::vector<double> fitted;  ///< energies of the configurations by the fit [eV/atom]
};

/// Couplings by shells from the energies of spin configurations, by least squares:
///
///     E = N E₀ − Σ_s J_s Q_s,   Q_s = Σ_{i≠j in shell s} e_i · e_j
///
/// per atom, all configurations alike. The errors are those of the fit, s² (XᵀX)⁻¹ with s² from the
/// residuals: they hold if what the energies have beyond exchange (moments that change their size,
/// higher orders) is as good as random.
/// \param configurations  of crystals with one composition, at equal volumes per atom; cells may be
///                        small, an atom its own neighbour
/// \param shells          which couplings are sought: their numbers count, not their values
/// \throws DataError if there are not more configurations than couplings and E₀, or they do not
///         tell the couplings apart; what exchange_by_shells() throws
[[nodiscard]] ExchangeFit fit_exchange(std::span<SpinConfiguration const> configurations,
                                       std::span<Shells const> shells);

}  // namespace kamacite::magnetism

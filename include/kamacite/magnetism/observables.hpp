#pragma once
#include <span>
#include <vector>

#include "kamacite/properties/equation_of_state.hpp"

namespace kamacite::magnetism {

using properties::Estimate;  ///< a number with its standard error

/// Means over one stretch of a run: m = |Σ e_i|/N and the energy e per spin [eV].
struct Block {
    double m = 0.0, m2 = 0.0, m4 = 0.0, e = 0.0, e2 = 0.0;
};

/// What one run of spins leaves.
struct Replica {
    std::vector<Block> blocks;  ///< of equal length, in the order of time
    double sweeps = 0.0;        ///< per block
    double inefficiency = 1.0;  ///< dynamics::Average, the larger of m and e [sweeps]
};

/// Means, responses and their standard errors at one temperature.
struct Observables {
    double temperature = 0.0;  ///< [K]
    int spins = 0;             ///< N
    Estimate magnetisation;    ///< ⟨m⟩; about 1/√N where there is no order
    Estimate energy;           ///< ⟨e⟩ [eV per spin]
    Estimate susceptibility;   ///< χ = N (⟨m²⟩ − ⟨m⟩²)/k_B T [1/eV per spin]
    /// N ⟨m²⟩/(3 k_B T) [1/eV per spin]: the response along one axis where there is no order.
    Estimate paramagnetic_susceptibility;
    Estimate heat_capacity;  ///< N (⟨e²⟩ − ⟨e⟩²)/k_B T² [eV/K per spin]
    Estimate binder;  ///< U₄ = 1 − ⟨m⁴⟩/(3 ⟨m²⟩²): ⅔ with order, 4/9 without
    double inefficiency = 1.0;  ///< of the slowest replica [sweeps]
    bool converged = false;     ///< whether blocks are long against it: else errors are too small
};

/// Joins runs at one temperature. Errors by the jackknife over blocks of all runs, which are joined
/// in pairs as long as they are shorter than five times the inefficiency and four a run are left.
/// \param replicas  with equal numbers of blocks, a power of two, and of sweeps; at least one
/// Source: Binder, Z. Phys. B 43, 119 (1981) for U₄; Efron, The Jackknife (1982).
[[nodiscard]] Observables observables_of(std::span<Replica const> replicas, double temperature,
                                         int spins);

}  // namespace kamacite::magnetism

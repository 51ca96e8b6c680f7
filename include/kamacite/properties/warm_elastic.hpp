#pragma once
#include <cstdint>
#include <vector>

#include "kamacite/mpi/communicator.hpp"
#include "kamacite/potential/potential.hpp"
#include "kamacite/properties/equation_of_state.hpp"

namespace kamacite::properties {

/// Molecular dynamics at fixed cell and temperature whose stress is looked at.
struct StressRunOptions {
    double temperature = 300.0;      ///< T [K], positive
    double timestep = 1.0;           ///< [fs], positive
    long long equilibration = 5000;  ///< steps before
    long long steps = 20000;         ///< that are looked at, ≥ 1
    int every = 10;                  ///< steps from one value of the stress to the next, ≥ 1
    double time_constant = 200.0;    ///< of the Langevin bath [fs], positive
    double skin = 0.6;               ///< of the neighbour lists [Å], not negative
    std::uint64_t seed = 1;          ///< another seed, another run
};

/// What a run leaves.
struct StressRun {
    std::vector<Mat3> stress;  ///< σ = −(W + Σ m v ⊗ v)/V, every `every` steps [eV/Å³]
    Estimate temperature;      ///< that the atoms had [K]
    Reach reach{};               ///< of all looks
};

/// One run of all ranks together, the structure divided among them, from atoms on their sites with
/// twice the temperature, of which the crystal takes half.
/// \param start  in a periodic cell, which stays
/// \throws NumericalError if the atoms fly apart. Collective.
[[nodiscard]] StressRun stress_run(mpi::Communicator const& comm, Potential const& potential,
                                   Structure const& start, StressRunOptions const& options);

/// A crystal at a temperature, under no pressure.
struct WarmLattice {
    Estimate constant;     ///< a(T) [Å]
    Estimate temperature;  ///< that the atoms had [K]
    Reach reach{};
};

/// Lattice constant of a cubic crystal at T, by Newton's steps from the mean pressure,
///
///     a ← a (1 + ⟨p⟩/(3B))
///
/// of which the last is not run: its error is a δp/(3B), that of the mean pressure of the runs.
/// \param cell     conventional cell of the crystal at rest
/// \param copies   of it along each edge
/// \param bulk     B [eV/Å³], positive; of the crystal at rest will do
/// \param runs     with a seed of their own each; they are spread over groups of ranks
/// \throws as stress_run(). Collective.
[[nodiscard]] WarmLattice lattice_constant_at(mpi::Communicator const& comm,
                                              Potential const& potential, Structure const& cell,
                                              int copies, double bulk, int runs,
                                              StressRunOptions const& options);

/// Isothermal elastic constants of a cubic crystal at a temperature.
struct WarmElastic {
    Estimate c11, c12, c44;  ///< [eV/Å³]
    Estimate temperature;    ///< that the atoms had, mean of all runs [K]
    Reach reach{};
};

/// From the mean stress of cells strained by ±δ, along an axis and by all three shears at once:
///
///     C_11 = ⟨σ_xx(δ) − σ_xx(−δ)⟩/(2δ),  C_12 from σ_yy and σ_zz,  C_44 = ⟨σ_yz(δ) −
///     σ_yz(−δ)⟩/(2δ)
///
/// with γ = 2ε_yz = δ of each shear; what the three do to each other cancels to second order. The
/// cells of a pair have the same noise, so that much of their fluctuations cancels; the error is
/// that of blocks of the difference, or the scatter of the runs, whichever is larger. Where the
/// crystal as given is not free of stress they are those of Birch, as elastic_constants() has them;
/// the error of the finite strain is of order δ².
/// \param start   supercell of a cubic crystal along its axes
/// \param strain  δ, positive, e.g. 0.01
/// \param runs    pairs of each kind, the axes in turn; spread over groups of ranks
/// \throws as stress_run(). Collective.
[[nodiscard]] WarmElastic warm_elastic(mpi::Communicator const& comm, Potential const& potential,
                                       Structure const& start, double strain, int runs,
                                       StressRunOptions const& options);

}  // namespace kamacite::properties

#pragma once
#include <span>
#include <vector>

#include "kamacite/core/logger.hpp"
#include "kamacite/dataset/records.hpp"
#include "kamacite/descriptors/descriptors.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/training/options.hpp"

namespace kamacite::training {

/// What a choice of functions is worth.
struct Choice {
    std::vector<int> functions;  ///< numbers of those chosen, in the order in which they were
    double variance = 0.0;       ///< part of the pool's variance that is linear in them
};

/// Chooses functions from a pool by their correlations.
///
/// cur: again and again the function with the largest weight in the leading eigenvector of C, of
/// which all others are then made independent, C ← C − c cᵀ/c_kk.
/// farthest: again and again the function whose nearest chosen one is farthest, by
/// d² = 2 (1 − |C_ab|); the first is the one with the largest Σ_b C_ab².
///
/// \param correlations  C, symmetric, shape (n, n), 1 on the diagonal; rows of functions that do
/// not
///                      vary are 0, and are not chosen
/// \param count  how many; fewer if all others are linear in those
/// Source: Imbalzano et al., J. Chem. Phys. 148, 241730 (2018).
[[nodiscard]] Choice choose(Matrix const& correlations, int count, SelectionOptions::Method method);

/// Correlations of the functions of each element over all its atoms, in the order of
/// Descriptors::elements(); shape (width, width) each. The same bits on any number of ranks.
/// Memory on a rank: 8 leaves/ranks · elements · width² bytes. Collective.
/// \param records  the same on all ranks
/// \param cache    bytes for descriptors, which are needed twice
/// \throws DataError if an element has no atoms
[[nodiscard]] std::vector<Matrix> correlations(mpi::Communicator const& comm,
                                               Descriptors const& descriptors,
                                               dataset::Records const& records, int leaves,
                                               double cache);

/// Some functions of a pool. \param kept  per element, in the order of Descriptors::elements():
/// their numbers, in any order
[[nodiscard]] Descriptors some_of(Descriptors const& pool,
                                  std::vector<std::vector<int>> const& kept);

/// The functions of `pool` that are chosen for each element from all its atoms in `records`.
/// Collective. \throws as correlations()
[[nodiscard]] Descriptors select_functions(mpi::Communicator const& comm, Descriptors const& pool,
                                           dataset::Records const& records,
                                           TrainOptions const& options, Logger const& log);

}  // namespace kamacite::training

#pragma once
#include <span>
#include <vector>

#include "kamacite/core/logger.hpp"
#include "kamacite/dataset/records.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/training/loss.hpp"

namespace kamacite::training {

/// Records whose atoms have the directions of their moments, where `descriptors` has directions;
/// else the records as they are.
/// \throws DataError where one is read that has no moments, naming it
[[nodiscard]] dataset::Records directed(dataset::Records const& records,
                                        Descriptors const& descriptors);

/// Reference energy of each element by least squares over composition: E ≈ Σ_e n_e e0_e, weighted
/// by 1/N². Where compositions do not tell elements apart, the solution of smallest norm.
/// \param elements  atomic numbers
/// \returns e0 [eV], one per element; zeros if no record has an energy
[[nodiscard]] std::vector<double> reference_energies(std::vector<int> const& elements,
                                                     dataset::Records const& records);

/// Parts of a set of about equal cost, for `parts` workers of which the first half, quarter … again
/// have equal cost: halves are split by handing the costliest item to the cheaper half,
/// recursively. Depends on the costs alone. Within a part, items are in ascending order.
[[nodiscard]] std::vector<std::vector<int>> balanced_parts(std::span<double const> costs,
                                                           int parts);

/// Estimated cost of a structure in a training step: the number of neighbours of its atoms.
[[nodiscard]] double cost_of(Structure const& structure, double cutoff);

/// The same of each record. Local; reads all of them.
[[nodiscard]] std::vector<double> costs_of(dataset::Records const& records, double cutoff);

/// Centre, spread and range of descriptors over all atoms of records. The same bits on any number
/// of ranks. Fills `cache`. Collective. \throws DataError if an element has no atoms
[[nodiscard]] Scaling find_scaling(mpi::Communicator const& comm, Descriptors const& descriptors,
                                   dataset::Records const& records, DescriptorCache& cache);

/// An untrained model for a training set: e0 by least squares, scaling of the descriptors over all
/// atoms, the scale of energies (spread of E/N, or 0.5 Å times that of the forces if larger), shift
/// and scale of properties and conditions, moments that start from their mean.
///
/// The same bits on any number of ranks: sums go in a fixed tree. Fills `cache`. Collective.
/// \param records  the same on all ranks
/// \throws DataError if an element has no atoms, or a head has no labels to learn from
[[nodiscard]] Model prepare_model(mpi::Communicator const& comm, Descriptors const& descriptors,
                                  dataset::Records const& records, TrainOptions const& options,
                                  DescriptorCache& cache, Logger const& log);

}  // namespace kamacite::training

#pragma once
#include "kamacite/core/logger.hpp"
#include "kamacite/dataset/records.hpp"
#include "kamacite/model/model.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/training/options.hpp"

namespace kamacite::training {

/// A model whose energies are linear in the descriptors: the ridge regression of energies, forces
/// and stress in the weights of the loss, by ridge_regression(). The same bits on any number of
/// ranks. Huber terms count as squares. Collective. \param records  the same on all ranks \throws
/// as prepare_model(), ridge_regression()
[[nodiscard]] Model linear_baseline(mpi::Communicator const& comm, Descriptors const& descriptors,
                                    dataset::Records const& records, TrainOptions const& options,
                                    Logger const& log);

/// The linear part that a model with the same descriptors and scaling takes over: Model::linear().
[[nodiscard]] Matrix linear_part_of(Model const& baseline);

/// Records whose energies, forces and stress are what a model leaves to learn: labels minus its
/// predictions.
[[nodiscard]] dataset::Records without(Model const& model, dataset::Records const& records);

/// Records whose labels are what the networks of a trained model are to say: without what its
/// repulsion and linear part add.
[[nodiscard]] dataset::Records for_networks(Model const& model, dataset::Records const& records);

}  // namespace kamacite::training

#pragma once
#include <vector>

#include "kamacite/dataset/records.hpp"
#include "kamacite/model/model.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::training {

/// What Model::set_grade() takes, from the atoms of a training set: none without an energy head.
/// The same bits on any number of ranks. Memory: three times 8 bytes for each feature of each atom,
/// spread over the ranks. Collective.
/// \param records  the same on all ranks
[[nodiscard]] std::vector<Matrix> grade_of(mpi::Communicator const& comm, Model const& model,
                                           dataset::Records const& records);

}  // namespace kamacite::training

#pragma once
#include <span>
#include <vector>

#include "kamacite/model/model.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::training {

/// What Model::set_grade() takes, from the atoms of a training set: none without an energy head.
/// The same bits on any number of ranks. Memory: three times 8 bytes for each feature of each atom,
/// spread over the ranks. Collective.
/// \param records  the same on all ranks
[[nodiscard]] std::vector<Matrix> grade_of(mpi::Communicator const& comm, Model const& model,
                                           std::span<Record const> records);

}  // namespace kamacite::training

#pragma once
#include <span>

#include "kamacite/core/types.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::mpi {

/// Sum of `leaves` rows in a fixed binary tree, the same bits on any number of ranks.
///
///     ((l0 + l1) + (l2 + l3)) + ((l4 + l5) + (l6 + l7)) …
///
/// Floating-point sums depend on their order, and the order of MPI_Allreduce depends on the number
/// of ranks. Here the work is cut into `leaves` parts independent of the ranks; each rank computes
/// the parts of block_of(rank, size, leaves), and rows are added pairwise with a stride that
/// doubles, across ranks where a pair straddles them: log2(leaves) steps, at most one message sent
/// and one received per rank and step, then one broadcast.
///
/// \param mine    shape (block size, n): row r is leaf block.begin + r; used as work space
/// \param leaves  number of leaves over all ranks, positive
/// \returns the sum, n values, on every rank
/// Collective.
[[nodiscard]] std::vector<double> sum_in_tree(Communicator const& comm, Matrix mine, int leaves);

}  // namespace kamacite::mpi

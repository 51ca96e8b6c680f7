#pragma once
#include <vector>

#include "kamacite/core/types.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite {

/// Rows of a matrix that span the largest volume: all others are combinations of them with
/// coefficients that are not much above 1.
struct ActiveSet {
    Matrix weights;              ///< W, shape (columns, rank): coefficients c of a row φ are φ W
    std::vector<long long> ids;  ///< of the active rows, as many as the rank
    int swaps = 0;               ///< that it took
};

/// Searches a dominant submatrix: pivoted Gram–Schmidt finds as many independent rows as there are,
/// then rows are exchanged for as long as one has a coefficient above `tolerance`, which makes the
/// volume grow by that factor each time (maxvol). Rows are spread over the ranks; the result does
/// not depend on how, and among equals the row of the lowest id is taken. Collective.
///
/// \param mine  this rank's rows φ; as many columns on every rank
/// \param ids   their numbers, each once over all ranks
/// \param tolerance  above 1
/// Source: Goreinov, Oseledets, Savostyanov, Tyrtyshnikov, Zamarashkin, in Matrix Methods (World
/// Scientific, 2010), 247.
[[nodiscard]] ActiveSet find_active_set(mpi::Communicator const& comm, Matrix const& mine,
                                        std::vector<long long> const& ids, double tolerance = 1.01);

}  // namespace kamacite

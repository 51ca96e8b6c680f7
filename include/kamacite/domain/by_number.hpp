#pragma once
#include "kamacite/mpi/exchange.hpp"
#include "kamacite/mpi/partition.hpp"

namespace kamacite::domain {

/// Takes what ranks know of their atoms to blocks in the order of the atoms' numbers, as files want
/// it: rank r gets the atoms mpi::block_of(r, ranks, total).
class ByNumber {
public:
    /// \param ids    of the atoms that this rank has, 0 … total − 1, each on one rank
    /// \param total  atoms of all ranks. Collective.
    ByNumber(mpi::Communicator const& comm, std::span<long long const> ids, long long total);

    /// \param values  `width` numbers of each atom, in the order of the ids given
    /// \returns those of the atoms of this rank's block. Collective.
    template <mpi::Number T>
    [[nodiscard]] std::vector<T> rows(std::span<T const> values, int width) const;

private:
    std::vector<std::size_t> order_;  // atoms in the order of their numbers
    mpi::Exchange exchange_;
    std::vector<std::size_t> place_;  // in the block, of each item that comes
};

}  // namespace kamacite::domain

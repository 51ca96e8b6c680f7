#include "kamacite/mpi/tree.hpp"

#include "kamacite/core/error.hpp"
#include "kamacite/mpi/partition.hpp"

namespace kamacite::mpi {

std::vector<double> sum_in_tree(Communicator const& comm, Matrix mine, int leaves) {
    auto const block = block_of(comm.rank(), comm.size(), leaves);
    KAMACITE_EXPECTS(mine.rows() == block.size());
    auto const n = static_cast<std::size_t>(mine.cols());
    auto const owns = [&](int leaf) { return block.begin <= leaf && leaf < block.end; };
    auto const row = [&](int leaf) { return std::span{mine.row(leaf - block.begin).data(), n}; };

    std::vector<double> received(n);
    for (int stride = 1; stride < leaves; stride *= 2) {
        for (int left = 0; left + stride < leaves; left += 2 * stride) {
            int const right = left + stride;
            if (owns(right) && !owns(left)) {
                comm.send(row(right), owner_of(left, comm.size(), leaves));
            } else if (owns(left)) {
                std::span<double const> other = received;
                if (owns(right))
                    other = row(right);
                else
                    comm.receive(received, owner_of(right, comm.size(), leaves));
                auto const sum = row(left);
                for (std::size_t k = 0; k < n; ++k) sum[k] += other[k];
            }
        }
    }
    std::vector<double> total(n);
    if (comm.is_root()) total.assign(row(0).begin(), row(0).end());
    comm.broadcast(total);
    return total;
}

}  // namespace kamacite::mpi

#include "kamacite/mpi/tree.hpp"

#include <cmath>

#include "kamacite/core/random.hpp"
#include "kamacite/mpi/partition.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;

namespace {

/// Numbers whose sum depends on the order: magnitudes over twelve decades, both signs.
Matrix leaves_of(int leaves, int n) {
    RandomStream random{3, "leaves", 0};
    Matrix all(leaves, n);
    for (int i = 0; i < leaves; ++i)
        for (int k = 0; k < n; ++k)
            all(i, k) = random.normal() * std::pow(10.0, 12.0 * random.uniform());
    return all;
}

}  // namespace

TEST_CASE("a sum in a tree has the same bits on any number of ranks", "[mpi]") {
    auto const& world = test::world();
    int const leaves = GENERATE(1, 2, 3, 5, 16, 21);
    CAPTURE(leaves);
    Matrix const all = leaves_of(leaves, 7);
    auto const block = mpi::block_of(world.rank(), world.size(), leaves);
    auto const parallel =
        mpi::sum_in_tree(world, all.middleRows(block.begin, block.size()), leaves);
    auto const serial = mpi::sum_in_tree(world.split(world.rank(), 0), all, leaves);
    CHECK(parallel == serial);  // bit for bit

    Eigen::RowVectorXd const plain = all.colwise().sum();
    for (int k = 0; k < 7; ++k)
        CHECK_THAT(parallel[static_cast<std::size_t>(k)],
                   WithinAbs(plain(k), 1e-13 * all.col(k).cwiseAbs().sum()));
}

#include "kamacite/mpi/communicator.hpp"

#include "kamacite/core/error.hpp"
#include "kamacite/mpi/partition.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;

TEST_CASE("all_reduce adds over ranks", "[mpi]") {
    auto const& world = test::world();
    int const n = world.size();
    CHECK(world.all_reduce(mpi::Op::sum, world.rank() + 1) == n * (n + 1) / 2);
    CHECK(world.all_reduce(mpi::Op::max, 1.5 * world.rank()) == 1.5 * (n - 1));
}

TEST_CASE("blocks cover every item once and know their owner", "[mpi]") {
    int const parts = GENERATE(1, 2, 3, 7);
    long long const total = GENERATE(0, 1, 6, 7, 100);
    CAPTURE(parts, total);
    long long next = 0;
    for (int p = 0; p < parts; ++p) {
        auto const block = mpi::block_of(p, parts, total);
        CHECK(block.begin == next);
        CHECK((block.size() == total / parts || block.size() == total / parts + 1));
        for (auto i = block.begin; i < block.end; ++i) CHECK(mpi::owner_of(i, parts, total) == p);
        next = block.end;
    }
    CHECK(next == total);
}

TEST_CASE("texts and numbers of all ranks are gathered in rank order", "[mpi]") {
    auto const& world = test::world();
    std::vector<int> const mine(static_cast<std::size_t>(world.rank()), world.rank());
    auto const all = world.all_gather(std::span<int const>{mine});
    auto const texts = world.all_gather(std::string(static_cast<std::size_t>(world.rank()), 'x'));
    std::size_t next = 0;
    for (int r = 0; r < world.size(); ++r) {
        CHECK(texts[static_cast<std::size_t>(r)].size() == static_cast<std::size_t>(r));
        for (int k = 0; k < r; ++k) CHECK(all[next++] == r);
    }
    CHECK(all.size() == next);
}

TEST_CASE("a failure on one rank is thrown on all, as the same kind of error", "[mpi]") {
    auto const& world = test::world();
    int const last = world.size() - 1;
    std::string message;
    try {
        mpi::all_or_none(world, [&] {
            if (world.rank() == last) throw InputError("disk full");
        });
    } catch (InputError const& e) {
        message = e.what();
    }
    CHECK(message ==
          (world.size() == 1 ? "disk full" : "rank " + std::to_string(last) + ": disk full"));
}

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

TEST_CASE("messages longer than one call of MPI takes go in pieces", "[mpi]") {
    auto const& world = test::world();
    auto const comm = mpi::Communicator::duplicate(world.raw(), 3);
    auto const n = 7 + world.size();
    std::vector<int> sums(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) sums[std::size_t(i)] = i + world.rank();
    comm.all_reduce(mpi::Op::max, std::span{sums});
    for (int i = 0; i < n; ++i) CHECK(sums[std::size_t(i)] == i + world.size() - 1);

    std::string text = world.rank() == world.size() - 1 ? "more than three letters" : "";
    comm.broadcast(text, world.size() - 1);
    CHECK(text == "more than three letters");

    std::vector<long long> mine;
    for (int i = 0; i < 2 * world.rank() + 5; ++i) mine.push_back(100 * world.rank() + i);
    auto const all = comm.all_gather(std::span<long long const>{mine});
    CHECK(all == world.all_gather(std::span<long long const>{mine}));
    CHECK(comm.split(0, world.rank()).all_gather(std::span<long long const>{mine}) == all);
    CHECK(comm.all_gather(std::string{"rank "} + std::to_string(world.rank())).back() ==
          "rank " + std::to_string(world.size() - 1));

    std::vector<double> numbers{1.0, 2.0, 3.0, 4.0, 5.0};
    if (world.size() > 1 && world.rank() == 0) comm.send(numbers, 1);
    if (world.rank() == 1) {
        std::vector<double> received(5);
        comm.receive(received, 0);
        CHECK(received == numbers);
    }
}

TEST_CASE("structs of numbers are gathered in rank order", "[mpi]") {
    struct Item {
        int rank;
        double value;
    };
    auto const& world = test::world();
    std::vector<Item> const mine(static_cast<std::size_t>(world.rank()), {world.rank(), 0.5});
    auto const all = mpi::gather_all(world, mine);
    std::size_t next = 0;
    for (int r = 0; r < world.size(); ++r)
        for (int k = 0; k < r; ++k, ++next) {
            CHECK(all[next].rank == r);
            CHECK(all[next].value == 0.5);
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
    try {
        mpi::all_or_none(world, [] { throw std::bad_alloc{}; });
    } catch (Error const& e) {
        message = e.what();
    }
    CHECK(message.find("out of memory: use more nodes") != std::string::npos);
}

TEST_CASE("sums that decisions hang on have the same bits on all ranks", "[mpi]") {
    auto const& world = test::world();
    std::vector<double> sums;
    for (int k = 0; k < 100; ++k) sums.push_back(1.0 / (3.0 + k + 7.0 * world.rank()));
    mpi::sum_alike(world, sums);
    auto const all = world.all_gather(std::span<double const>{sums});
    for (std::size_t k = 0; k < all.size(); ++k) CHECK(all[k] == sums[k % sums.size()]);
    double wanted = 0.0;
    for (int r = 0; r < world.size(); ++r) wanted += 1.0 / (3.0 + 7.0 * r);
    CHECK_THAT(sums.front(), WithinRel(wanted, 1e-14));
}

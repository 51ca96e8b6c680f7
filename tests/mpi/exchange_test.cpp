#include "kamacite/mpi/exchange.hpp"

#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;

namespace {

/// How many items rank `from` sends to rank `to`: none for many pairs, some to oneself.
int items(int from, int to) {
    return (from + 2 * to) % 3 == 0 ? 0 : 1 + (from * to) % 4;
}

}  // namespace

TEST_CASE("items arrive in the order of the ranks they come from, and go back", "[mpi]") {
    auto const& world = test::world();
    int const me = world.rank();
    std::vector<int> to;
    std::vector<long long> out;
    std::vector<long long> expected;
    for (int r = 0; r < world.size(); ++r) {
        to.push_back(items(me, r));
        for (int k = 0; k < items(me, r); ++k)
            for (int w = 0; w < 2; ++w) out.push_back(1000 * me + 100 * r + 10 * k + w);
        for (int k = 0; k < items(r, me); ++k)
            for (int w = 0; w < 2; ++w) expected.push_back(1000 * r + 100 * me + 10 * k + w);
    }
    mpi::Exchange const exchange{world, to};
    REQUIRE(2 * exchange.sent() == static_cast<int>(out.size()));
    REQUIRE(2 * exchange.received() == static_cast<int>(expected.size()));
    std::vector<long long> in(expected.size()), back(out.size());
    exchange.run<long long>(out, in, 2);
    CHECK(in == expected);
    exchange.reversed().run<long long>(in, back, 2);
    CHECK(back == out);
}

TEST_CASE("exchanges that overlap in time keep apart", "[mpi]") {
    auto const& world = test::world();
    std::vector<int> const one(static_cast<std::size_t>(world.size()), 1);
    mpi::Exchange const exchange{world, one};
    std::vector<double> const first(one.size(), 1.0 + world.rank());
    std::vector<double> const second(one.size(), -1.0 - world.rank());
    std::vector<double> a(one.size()), b(one.size());
    auto pending = exchange.begin<double>(first, a, 1);
    auto other = exchange.begin<double>(second, b, 1);
    other.finish();
    pending.finish();
    for (std::size_t r = 0; r < one.size(); ++r) {
        CHECK(a[r] == 1.0 + static_cast<double>(r));
        CHECK(b[r] == -1.0 - static_cast<double>(r));
    }
}

TEST_CASE("an exchange of nothing is one", "[mpi]") {
    mpi::Exchange const exchange{test::world(),
                                 std::vector<int>(static_cast<std::size_t>(test::world().size()))};
    CHECK(exchange.sent() == 0);
    CHECK(exchange.received() == 0);
    exchange.run<double>({}, {}, 3);
}

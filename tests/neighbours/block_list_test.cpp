#include "kamacite/neighbours/block_list.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "kamacite/core/error.hpp"
#include "kamacite/simd/instruction_set.hpp"
#include "support/catch.hpp"

using namespace kamacite;

namespace {

double uniform(std::mt19937_64& random, double low, double high) {
    return low + (high - low) * static_cast<double>(random() >> 11) * 0x1p-53;
}

/// Atoms in a box, all over it or in two lumps far from each other, without periodicity.
Structure scattered(int n, Vec3 const& edges, double apart, unsigned seed) {
    std::mt19937_64 random{seed};
    Structure s{Cell{edges.asDiagonal().toDenseMatrix(), {false, false, false}}, {}, {}};
    for (int i = 0; i < n; ++i) {
        Vec3 r;
        for (int k = 0; k < 3; ++k) r[k] = uniform(random, -0.3, 0.7) * edges[k];
        if (i % 3 == 0) r.array() += apart;
        s.positions.push_back(r);
        s.species.push_back(26);
    }
    return s;
}

/// The numbers of the atoms of a block in the whole.
std::vector<int> numbers_of(BlockList const& list) {
    std::vector<int> numbers;
    for (int i = list.begin; i < list.end; ++i) numbers.push_back(i);
    numbers.insert(numbers.end(), list.around.begin(), list.around.end());
    return numbers;
}

using Entry = std::pair<int, double>;  // atom and distance, the same in every bit

std::vector<Entry> entries_of(NeighboursOfAtom const& list, std::vector<int> const& numbers) {
    std::vector<Entry> entries;
    for (int k = 0; k < list.size(); ++k) {
        auto const n = static_cast<std::size_t>(k);
        auto const atom = static_cast<std::size_t>(list.atom[n]);
        entries.emplace_back(numbers.empty() ? list.atom[n] : numbers[atom], list.distance[n]);
    }
    std::ranges::sort(entries);
    return entries;
}

}  // namespace

TEST_CASE("blocks have the lists of the whole", "[neighbours]") {
    int const kind = GENERATE(0, 1, 2, 3, 4);
    Vec3 const edges = kind == 0   ? Vec3(20.0, 22.0, 18.0)
                       : kind == 1 ? Vec3(3.0, 2.0, 1.0)      // all are neighbours
                       : kind == 2 ? Vec3(60.0, 1.0, 1.0)     // a wire
                       : kind == 3 ? Vec3(0.1, 40.0, 40.0)    // a film
                                   : Vec3(10.0, 10.0, 10.0);  // lumps
    auto const s = scattered(700, edges, kind == 4 ? 3000.0 : 0.0, 5);
    double const cutoff = GENERATE(2.0, 4.5);
    auto const instructions = GENERATE(from_range(instruction_sets()));
    CAPTURE(kind, cutoff, instructions);
    UseInstructionSet const only{instructions};
    auto const whole = find_neighbours_all_pairs(s, cutoff);
    AtomBins bins{s.positions, 1.2 * cutoff};
    BlockList list;
    for (auto const& [begin, end] : {std::pair{0, 100}, {100, 101}, {101, 700}, {300, 300}}) {
        bins.fill(begin, end, list);
        REQUIRE(list.begin == begin);
        REQUIRE(list.end == end);
        auto const numbers = numbers_of(list);
        std::vector<Vec3> positions;
        for (int const i : numbers) positions.push_back(s.positions[static_cast<std::size_t>(i)]);
        auto const lists = neighbours_of(list, positions, cutoff);
        REQUIRE(lists.size() == end - begin);
        for (int i = begin; i < end; ++i)
            CHECK(entries_of(lists.of(i - begin), numbers) == entries_of(whole.of(i), {}));
    }
}

TEST_CASE("atoms are in lists until they are beyond the cutoff", "[neighbours]") {
    std::vector<Vec3> const positions{{0.0, 0.0, 0.0}, {4.0 - 1e-9, 0.0, 0.0}, {0.0, 4.01, 0.0}};
    AtomBins bins{positions, 4.0};
    BlockList list;
    bins.fill(0, 3, list);
    CHECK(list.first == std::vector{0, 1, 2, 2});
    CHECK(list.atom == std::vector{1, 0});
    CHECK(list.around.empty());
}

TEST_CASE("atoms on one point are not listed", "[neighbours]") {
    auto s = scattered(200, Vec3(10.0, 10.0, 10.0), 0.0, 6);
    s.positions[150] = s.positions[20];
    AtomBins bins{s.positions, 3.0};
    BlockList list;
    CHECK_THROWS_AS(bins.fill(0, 50, list), DataError);
    CHECK_THROWS_AS(bins.fill(150, 151, list), DataError);
    CHECK_NOTHROW(bins.fill(30, 150, list));  // neither is one of them
    s.positions[150].x() += 1e-5;             // near, but two atoms
    CHECK_NOTHROW(bins.fill(0, 50, list));
}

TEST_CASE("neighbours in blocks are those of the whole", "[neighbours]") {
    auto const s = scattered(2500, Vec3(30.0, 30.0, 30.0), 0.5, 8);  // more than a block has
    auto const whole = find_neighbours(s, 3.5);
    int const first = s.size() - 100;
    int next = 0;
    auto const compare = [&](BlockList const& block, Neighbours const& lists) {
        REQUIRE(block.begin == next);
        REQUIRE(lists.size() == block.listed());
        next = block.end;
        for (int i = 0; i < lists.size(); ++i) {
            std::map<int, Vec3> here, there;
            auto const a = lists.of(i), b = whole.of(block.number(i));
            for (int k = 0; k < a.size(); ++k)
                here[block.number(a.atom[static_cast<std::size_t>(k)])] = a.vector(k);
            for (int k = 0; k < b.size(); ++k)
                there[b.atom[static_cast<std::size_t>(k)]] = b.vector(k);
            REQUIRE(std::ranges::equal(here, there, [](auto const& p, auto const& q) {
                return p.first == q.first && (p.second - q.second).norm() < 1e-12;
            }));
        }
    };
    neighbours_in_blocks(s.positions, first, 3.5, compare);
    CHECK(next == first);
    CHECK_NOTHROW(neighbours_in_blocks(s.positions, 0, 3.5, compare));
}

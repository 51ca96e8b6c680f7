#include "kamacite/neighbours/of_first.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

#include "kamacite/core/error.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;

namespace {

class Uniform {
public:
    explicit Uniform(unsigned seed) : engine_{seed} {}
    double operator()(double low, double high) {
        return low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1p-53;
    }

private:
    std::mt19937_64 engine_;
};

/// Atoms scattered in a random cell of about `edge` Å; skew > 1 gives needle-like cells.
Structure scattered(int n, double edge, double skew, std::array<bool, 3> periodic, unsigned seed,
                    double outside = 0.0) {
    Uniform uniform{seed};
    Mat3 rows = edge * Mat3::Identity();
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < i; ++j) rows(i, j) = edge * skew * uniform(-1.0, 1.0);
    Structure s{Cell{rows, periodic}, {}, {}};
    for (int i = 0; i < n; ++i) {
        Vec3 const f{uniform(-outside, 1.0 + outside), uniform(-outside, 1.0 + outside),
                     uniform(-outside, 1.0 + outside)};
        s.positions.push_back(s.cell.to_cartesian(f));
        s.species.push_back(26);
    }
    return s;
}

using Entry = std::tuple<int, long, long, long>;  // atom and vector in units of 1e-7 Å

std::vector<Entry> sorted_entries(NeighboursOfAtom const& list) {
    std::vector<Entry> entries;
    auto const grain = [](double x) { return std::lround(x * 1e7); };
    for (int k = 0; k < list.size(); ++k) {
        Vec3 const r = list.vector(k);
        entries.emplace_back(list.atom[static_cast<std::size_t>(k)], grain(r.x()), grain(r.y()),
                             grain(r.z()));
    }
    std::sort(entries.begin(), entries.end());
    return entries;
}

/// Two lists are the same if each entry of one is within 2e-7 Å of an entry of the other.
bool same_entries(NeighboursOfAtom const& a, NeighboursOfAtom const& b) {
    if (a.size() != b.size()) return false;
    std::vector<bool> taken(static_cast<std::size_t>(b.size()), false);
    for (int k = 0; k < a.size(); ++k) {
        bool found = false;
        for (int m = 0; m < b.size() && !found; ++m) {
            auto const slot = static_cast<std::size_t>(m);
            found = !taken[slot] && a.atom[static_cast<std::size_t>(k)] == b.atom[slot] &&
                    (a.vector(k) - b.vector(m)).norm() < 1e-9;
            if (found) taken[slot] = true;
        }
        if (!found) return false;
    }
    return true;
}

void check_against_all_pairs(Structure const& s, double cutoff) {
    auto const fast = find_neighbours(s, cutoff);
    auto const slow = find_neighbours_all_pairs(s, cutoff);
    REQUIRE(fast.size() == s.size());
    REQUIRE(slow.size() == s.size());
    CHECK(fast.entries() == slow.entries());
    int wrong = 0;
    for (int i = 0; i < s.size(); ++i) wrong += same_entries(fast.of(i), slow.of(i)) ? 0 : 1;
    CHECK(wrong == 0);
}

Structure primitive_bcc(double a) {
    Mat3 rows;
    rows << -1, 1, 1, 1, -1, 1, 1, 1, -1;
    return Structure{Cell{0.5 * a * rows}, {26}, {Vec3(0.3, -0.2, 7.0)}};
}

}  // namespace

TEST_CASE("neighbours in random cells are those found by trying all pairs", "[neighbours]") {
    unsigned const seed = GENERATE(1U, 2U, 3U, 4U);
    double const edge = GENERATE(2.2, 5.0, 11.0, 17.0);
    double const skew = GENERATE(0.0, 0.6, 2.5);
    CAPTURE(seed, edge, skew);
    int const n = edge < 3.0 ? 2 : edge < 12.0 ? 20 : 60;
    check_against_all_pairs(scattered(n, edge, skew, {true, true, true}, seed), 4.5);
}

TEST_CASE("neighbours of slabs, wires and molecules are those found by trying all pairs",
          "[neighbours]") {
    int const mask = GENERATE(0, 1, 2, 3, 4, 5, 6);
    double const edge = GENERATE(3.0, 9.0, 20.0);
    std::array<bool, 3> const periodic{(mask & 1) != 0, (mask & 2) != 0, (mask & 4) != 0};
    CAPTURE(mask, edge);
    check_against_all_pairs(scattered(40, edge, 0.7, periodic, 11), 4.0);
}

TEST_CASE("atoms that lie outside the cell have the neighbours of their images inside",
          "[neighbours]") {
    double const edge = GENERATE(3.0, 14.0);
    auto const s = scattered(30, edge, 0.5, {true, true, false}, 5, 3.0);
    check_against_all_pairs(s, 4.0);
}

TEST_CASE("a cell of one atom has its own images as neighbours", "[neighbours]") {
    // bcc shells up to 6.5 Å at a = 2.86 Å: 8 + 6 + 12 + 24 + 8 + 6 + 24 + 24
    auto const list = find_neighbours(primitive_bcc(2.86), 6.5);
    CHECK(list.entries() == 112);
    Vec3 sum = Vec3::Zero();
    std::map<long, int> shells;
    for (int k = 0; k < list.of(0).size(); ++k) {
        sum += list.of(0).vector(k);
        ++shells[std::lround(1000.0 * list.of(0).distance[static_cast<std::size_t>(k)])];
    }
    CHECK(sum.norm() < 1e-10);
    CHECK(shells[std::lround(1000.0 * 2.86 * std::sqrt(0.75))] == 8);
    CHECK(shells[2860] == 6);
}

TEST_CASE("a supercell has the neighbours of its primitive cell, whichever search is used",
          "[neighbours]") {
    auto const s = primitive_bcc(2.86);
    auto const one = sorted_entries(find_neighbours(s, 6.5).of(0));
    auto const big = find_neighbours(supercell(s, {7, 8, 9}), 6.5);
    CHECK(big.entries() == 7LL * 8 * 9 * 112);
    auto entries = sorted_entries(big.of(100));
    REQUIRE(entries.size() == one.size());
    for (auto& e : entries) std::get<0>(e) = 0;
    std::sort(entries.begin(), entries.end());
    int wrong = 0;
    for (std::size_t k = 0; k < one.size(); ++k) {
        auto const& [n, x, y, z] = entries[k];
        auto const& [m, a, b, c] = one[k];
        wrong += n == m && std::abs(x - a) + std::abs(y - b) + std::abs(z - c) <= 3 ? 0 : 1;
    }
    CHECK(wrong == 0);
}

TEST_CASE("if j is a neighbour of i then i is one of j, at exactly the opposite vector",
          "[neighbours]") {
    for (int const n : {1, 2, 6}) {
        auto const s = test::rattled_bcc(n, 3);
        auto const list = find_neighbours(s, 5.0);
        int wrong = 0;
        for (int i = 0; i < s.size(); i += 5)
            for (int k = 0; k < list.of(i).size(); ++k) {
                auto const back = list.of(list.of(i).atom[static_cast<std::size_t>(k)]);
                bool found = false;
                for (int m = 0; m < back.size() && !found; ++m)
                    found = back.atom[static_cast<std::size_t>(m)] == i &&
                            back.vector(m) == -list.of(i).vector(k);
                wrong += found ? 0 : 1;
            }
        CHECK(wrong == 0);
    }
}

TEST_CASE("the distance of an entry is the length of its vector and below the cutoff",
          "[neighbours]") {
    auto const s = test::rattled_bcc(5, 9);
    auto const list = find_neighbours(s, 5.3);
    for (int i = 0; i < s.size(); ++i) {
        auto const of = list.of(i);
        for (int k = 0; k < of.size(); ++k) {
            double const d = of.distance[static_cast<std::size_t>(k)];
            if (d >= 5.3 || std::abs(d - of.vector(k).norm()) > 1e-14) FAIL("wrong distance " << d);
        }
    }
    CHECK(list.entries() > 0);
}

TEST_CASE("atoms on the same point are refused with their numbers", "[neighbours]") {
    for (int const n : {1, 6}) {
        auto s = test::rattled_bcc(n, 1);
        s.positions[1] = s.positions[0] + s.cell.to_cartesian(Vec3(1, -2, 0));
        CHECK_THROWS_AS(find_neighbours(s, 5.0), DataError);
        CHECK_THROWS_AS(find_neighbours_all_pairs(s, 5.0), DataError);
    }
    auto s = test::rattled_bcc(1, 1);
    s.positions[1].z() = std::nan("");
    CHECK_THROWS_AS(find_neighbours(s, 5.0), DataError);
}

TEST_CASE("atoms farther apart than the cutoff have no neighbours", "[neighbours]") {
    Structure const s{Cell{50.0 * Mat3::Identity(), {false, false, false}},
                      {26, 28, 6},
                      {Vec3(0, 0, 0), Vec3(1000, 0, 0), Vec3(0, -3000, 10)}};
    auto const list = find_neighbours(s, 6.0);
    CHECK(list.size() == 3);
    CHECK(list.entries() == 0);
    CHECK(find_neighbours(Structure{s.cell, {}, {}}, 6.0).size() == 0);
}

TEST_CASE("appended lists stand beside each other with their atoms counted on", "[neighbours]") {
    auto const a = find_neighbours(test::rattled_bcc(1, 1), 4.0);
    auto const b = find_neighbours(test::rattled_bcc(2, 2), 4.0);
    auto both = a;
    both.append(b);
    REQUIRE(both.size() == a.size() + b.size());
    CHECK(both.entries() == a.entries() + b.entries());
    auto const of = both.of(a.size() + 3);
    REQUIRE(of.size() == b.of(3).size());
    for (int k = 0; k < of.size(); ++k) {
        auto const n = static_cast<std::size_t>(k);
        CHECK(of.atom[n] == b.of(3).atom[n] + a.size());
        CHECK(of.vector(k) == b.of(3).vector(k));
    }
}

TEST_CASE("a list follows atoms that move", "[neighbours]") {
    auto s = scattered(40, 9.0, 0.3, {true, true, false}, 11);
    double const cutoff = 4.0;
    double const skin = 1.0;
    auto list = find_neighbours(s, cutoff + skin);
    Uniform uniform{12};
    std::vector<Vec3> motion;
    for (auto& r : s.positions) {
        motion.emplace_back(uniform(-0.25, 0.25), uniform(-0.25, 0.25), uniform(-0.25, 0.25));
        r += motion.back();
    }
    list.move(motion);
    auto const fresh = find_neighbours(s, cutoff);
    long long within = 0;
    for (int i = 0; i < s.size(); ++i) {
        auto const of_atom = list.of(i);
        Neighbours inside;
        for (int k = 0; k < of_atom.size(); ++k) {
            CHECK(of_atom.distance[static_cast<std::size_t>(k)] ==
                  Approx(of_atom.vector(k).norm()).epsilon(1e-15));
            if (of_atom.vector(k).norm() < cutoff)
                inside.add(of_atom.atom[static_cast<std::size_t>(k)], of_atom.vector(k));
        }
        inside.close_atom();
        within += inside.entries();
        CHECK(same_entries(inside.of(0), fresh.of(i)));
    }
    CHECK(within == fresh.entries());
    CHECK(within > 0);
}

TEST_CASE("the first atoms have the lists that they have among all", "[neighbours]") {
    double const edge = GENERATE(2.2, 9.0, 20.0);  // by rows of images, and by bins
    bool const open = GENERATE(false, true);
    CAPTURE(edge, open);
    auto const s = scattered(40, edge, 0.7, {true, !open, true}, 3);
    auto const all = find_neighbours(s, 4.0);
    for (int const first : {0, 1, 17, 40}) {
        auto const some = find_neighbours_of_first(s, 4.0, first);
        REQUIRE(some.size() == first);
        for (int i = 0; i < first; ++i) {
            CHECK(std::ranges::equal(some.of(i).atom, all.of(i).atom));
            CHECK(std::ranges::equal(some.of(i).distance, all.of(i).distance));
        }
    }
}

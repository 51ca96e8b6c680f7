#include "kamacite/inference/follower.hpp"

#include "kamacite/core/error.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;

namespace {

/// Follows a structure and compares with what is said of it alone.
class Compared {
public:
    explicit Compared(Structure const& s)
        : follower_{test::world(), s.species, {&pair_}, {}, 1.0} {}

    void operator()(Structure const& s) {
        auto const answer = follower_.answer(s.cell, s.positions);
        auto const alone = pair_.predict(s, find_neighbours(s, pair_.cutoff()));
        CHECK_THAT(answer.total.energy, WithinRel(alone.energy(), 1e-11));
        CHECK((answer.total.virial - alone.virial()).norm() < 1e-9);
        REQUIRE(answer.forces.size() == s.positions.size());
        double worst = 0.0;
        for (std::size_t i = 0; i < s.positions.size(); ++i)
            worst = std::max(worst, (answer.forces[i] - alone.forces[i]).norm());
        CHECK(worst < 1e-9);
        CHECK_FALSE(answer.energy_std);
        CHECK_FALSE(answer.extrapolation);
    }
    [[nodiscard]] long long rebuilds() const { return follower_.rebuilds(); }

private:
    LennardJones pair_{{}};
    inference::Follower follower_;
};

void shake(Structure& s, double by, unsigned seed) {
    auto const other = test::rattled_bcc(3, seed, by), still = test::rattled_bcc(3, seed, 0.0);
    for (std::size_t i = 0; i < s.positions.size(); ++i)
        s.positions[i] += other.positions[i] - still.positions[i];
}

}  // namespace

TEST_CASE("lists are kept while atoms move by little", "[inference]") {
    auto s = test::rattled_bcc(3, 1);
    Compared compare{s};
    compare(s);
    CHECK(compare.rebuilds() == 1);
    for (unsigned step = 0; step < 10; ++step) {
        shake(s, 0.02, step + 2);
        compare(s);
    }
    CHECK(compare.rebuilds() == 1);
    s.positions[5] += 2.0 * s.cell.to_cartesian({1.0, -1.0, 0.0});  // the same atom elsewhere
    compare(s);
    CHECK(compare.rebuilds() == 1);
    s.positions[7] += Vec3(0.4, 0.3, -0.4);
    compare(s);
    CHECK(compare.rebuilds() == 2);
}

TEST_CASE("a cell that changes is followed, by little or by much", "[inference]") {
    auto s = test::rattled_bcc(3, 1);
    Compared compare{s};
    compare(s);
    Mat3 strain = Mat3::Zero();
    for (int step = 0; step < 5; ++step) {
        strain << 1e-3, 2e-3, 0, 0, -1e-3, 1e-3, 1e-3, 0, 5e-4;
        s = strained(s, strain);
        shake(s, 0.01, static_cast<unsigned>(step));
        compare(s);
    }
    CHECK(compare.rebuilds() == 1);
    strain(0, 1) = 0.2;
    compare(strained(s, strain));
    CHECK(compare.rebuilds() == 2);
    s.cell = Cell{s.cell.rows(), {true, false, true}};
    compare(s);
    compare(test::rattled_bcc(3, 9));  // nothing in common but the atoms
    auto mirrored = s;                 // left-handed
    Mat3 const mirror = Vec3(1, 1, -1).asDiagonal();
    mirrored.cell = Cell{s.cell.rows() * mirror, s.cell.periodic()};
    for (auto& r : mirrored.positions) r = mirror * r;
    compare(mirrored);
}

TEST_CASE("jumps of a server are followed in a wide cell too", "[inference]") {
    auto s = test::rattled_bcc(7, 1);
    Compared compare{s};
    compare(s);
    std::swap(s.positions[0], s.positions[300]);  // of one element: the same crystal
    compare(s);
    s.positions[5] += Vec3(8.0, 1.5, 0.6);
    CHECK((s.positions[5] - s.positions[6]).norm() > 1.0);
    compare(s);
    compare(test::rattled_bcc(7, 4));
}

TEST_CASE("atoms on one point are refused", "[inference]") {
    auto const s = test::rattled_bcc(2, 1);
    auto broken = s;
    broken.positions[3] = broken.positions[4];
    LennardJones const pair{{}};
    inference::Follower follower{test::world(), s.species, {&pair}, {}, 1.0};
    (void)follower.answer(s.cell, s.positions);
    CHECK_THROWS_AS(follower.answer(broken.cell, broken.positions), DataError);
}

TEST_CASE("a committee tells its largest doubts", "[inference]") {
    auto const s = test::rattled_bcc(3, 1);
    LennardJones const one{{}}, two{{.epsilon = 0.6}};
    std::vector<Potential const*> const members{&one, &two};
    inference::Follower follower{test::world(), s.species, members, {2.0, 3.0}, 0.5};
    auto const answer = follower.answer(s.cell, s.positions);
    auto const e = one.predict(s, find_neighbours(s, one.cutoff()));
    double largest = 0.0;
    for (auto const& f : e.forces) largest = std::max(largest, f.norm());
    // the second says 1.2 times what the first does
    REQUIRE(answer.energy_std);
    REQUIRE(answer.force_std);
    CHECK_THAT(*answer.energy_std,
               WithinRel(2.0 * 0.2 * std::abs(e.energy()) / std::sqrt(2.0), 1e-9));
    CHECK_THAT(*answer.force_std, WithinRel(3.0 * 0.2 * largest / std::sqrt(2.0), 1e-9));
    CHECK_THAT(answer.total.energy, WithinRel(1.1 * e.energy(), 1e-11));
}

#include "kamacite/dynamics/band.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/dynamics/relax.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "support/blocks.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::dynamics;

namespace {

/// fcc, n³ cubic cells, without one atom.
Structure vacancy(int n, double constant) {
    Mat3 const cell = constant * Mat3::Identity();
    double const h = constant / 2;
    auto s = supercell({Cell{cell}, {26, 26, 26, 26}, {{0, 0, 0}, {0, h, h}, {h, 0, h}, {h, h, 0}}},
                       {n, n, n});
    s.species.erase(s.species.begin());
    s.positions.erase(s.positions.begin());
    return s;
}

struct Ends {
    Structure from, to;
};

/// A neighbour of the vacancy jumps into it; both ends at rest.
Ends jump(Potential const& potential) {
    double const a = 3.42;
    auto from = vacancy(3, a);
    auto to = from;
    to.positions[0] = Vec3::Zero();  // was (0, a/2, a/2)
    RelaxOptions options;
    options.force_tolerance = 1e-6;
    return {relax_positions(potential, from, options).structure,
            relax_positions(potential, to, options).structure};
}

std::vector<double> block_of(mpi::Communicator const& comm, Structure const& s) {
    std::vector<double> numbers;
    for (auto const& r : test::resting_block(comm, s).positions)
        numbers.insert(numbers.end(), r.data(), r.data() + 3);
    return numbers;
}

/// A band between the ends, on all ranks in groups.
Path band_between(Potential const& potential, Ends const& ends, int images,
                  BandOptions const& options) {
    auto const& world = test::world();
    auto const groups = groups_of(world, images);
    auto const make = [&](std::span<double const> positions) {
        auto atoms = test::resting_block(groups.within, ends.from);
        for (std::size_t k = 0; k < atoms.positions.size(); ++k)
            atoms.positions[k] = {positions[3 * k], positions[3 * k + 1], positions[3 * k + 2]};
        domain::Domain domain{groups.within, ends.from.cell, atoms, potential.cutoff(), 0.5};
        return std::make_unique<FreeStructure>(groups.within, potential, std::move(domain),
                                               Freedom{});
    };
    return relax_band(world, groups,
                      straight_path(ends.from.cell, block_of(groups.within, ends.from),
                                    block_of(groups.within, ends.to), images),
                      make, options, [](Path const&) { return false; });
}

}  // namespace

TEST_CASE("tangents point uphill, and to both sides at an extremum", "[band]") {
    std::vector<double> const ahead{1.0, 0.0, 0.0}, behind{0.0, 1.0, 0.0};
    auto const tangent = [&](double before, double here, double after) {
        std::array<double, 3> const energies{before, here, after};
        return improved_tangent(ahead, behind, energies);
    };
    CHECK(tangent(0.0, 1.0, 2.0) == ahead);
    CHECK(tangent(2.0, 1.0, 0.0) == behind);
    // a maximum: the larger difference counts for the side of higher energy
    CHECK(tangent(0.0, 3.0, 1.0) == std::vector{3.0, 2.0, 0.0});
    CHECK(tangent(1.0, 3.0, 0.0) == std::vector{2.0, 3.0, 0.0});
    CHECK(tangent(1.0, 0.0, 3.0) == std::vector{3.0, 1.0, 0.0});
    CHECK(tangent(0.0, 0.0, 0.0) == std::vector{1.0, 1.0, 0.0});
}

TEST_CASE("straight paths take the short way through the boundary", "[band]") {
    Cell const cell{Mat3{10.0 * Mat3::Identity()}};
    std::vector<double> const from{9.5, 1.0, 0.0}, to{0.5, 1.0, 2.0};
    auto const path = straight_path(cell, from, to, 3);
    REQUIRE(path.size() == 5);
    CHECK(path.front() == from);
    CHECK_THAT(path[2][0], WithinAbs(10.0, 1e-12));
    CHECK_THAT(path[2][2], WithinAbs(1.0, 1e-12));
    CHECK_THAT(path.back()[0], WithinAbs(10.5, 1e-12));
}

TEST_CASE("straight paths are the same in a tilted cell", "[band]") {
    Mat3 rows = 10.0 * Mat3::Identity();
    rows.row(1) += 2.0 * rows.row(0);
    std::vector<double> const from{5.0, 3.0, 1.0}, to{5.0, 6.0, 1.0};
    auto const path = straight_path(Cell{rows}, from, to, 1);
    CHECK_THAT(path[1][0], WithinAbs(5.0, 1e-12));
    CHECK_THAT(path[1][1], WithinAbs(4.5, 1e-12));
}

TEST_CASE("groups divide the ranks evenly", "[band]") {
    auto const& world = test::world();
    auto const groups = groups_of(world, 5);
    CHECK(groups.count * groups.within.size() == world.size());
    CHECK(groups.across.size() == groups.count);
    CHECK(groups.across.rank() == groups.mine);
    CHECK(groups_of(world, 1).count == 1);
}

TEST_CASE("a vacancy jumps over the saddle in the middle", "[band]") {
    LennardJones const potential{{}};
    auto const ends = jump(potential);
    BandOptions options;
    options.force_tolerance = 1e-3;
    auto const path = band_between(potential, ends, 5, options);
    REQUIRE(path.end == End::at_rest);
    CHECK(path.highest == 3);
    CHECK(path.largest_force <= 1e-3);
    // a symmetric jump: the same energies from both sides, equal distances
    auto const& e = path.energies;
    for (std::size_t m = 0; m < 3; ++m) CHECK_THAT(e[m], WithinAbs(e[6 - m], 1e-4));
    CHECK(e[1] > e[0]);
    CHECK(e[2] > e[1]);
    CHECK(e[3] > e[2]);
    CHECK_THAT(path.way[3], WithinAbs(0.5 * path.way[6], 1e-3));

    // The saddle by another route: by symmetry the jumping atom is half way, so that the minimum
    // of all others with it there, which no force disturbs, is the saddle point.
    auto half = ends.from;
    auto const straight =
        straight_path(half.cell, block_of(mpi::Communicator::duplicate(MPI_COMM_SELF), ends.from),
                      block_of(mpi::Communicator::duplicate(MPI_COMM_SELF), ends.to), 1);
    for (std::size_t k = 0; k < half.positions.size(); ++k)
        half.positions[k] = {straight[1][3 * k], straight[1][3 * k + 1], straight[1][3 * k + 2]};
    RelaxOptions relax;
    relax.force_tolerance = 1e-6;
    auto const saddle = relax_positions(potential, half, relax);
    REQUIRE(saddle.converged);
    CHECK_THAT(e[3], WithinAbs(saddle.energy, 1e-4));

    SECTION("without climbing an even number of images straddles it") {
        options.climb = false;
        auto const low = band_between(potential, ends, 4, options);
        REQUIRE(low.end == End::at_rest);
        CHECK(low.energies[2] < saddle.energy - 1e-3);
        options.climb = true;
        auto const high = band_between(potential, ends, 4, options);
        REQUIRE(high.end == End::at_rest);
        CHECK_THAT(high.energies[static_cast<std::size_t>(high.highest)],
                   WithinAbs(saddle.energy, 1e-4));
    }
    SECTION("ranks and groups do not matter") {
        auto const alone = [&] {
            auto const self = mpi::Communicator::duplicate(MPI_COMM_SELF);
            auto const groups = groups_of(self, 1);
            auto const make = [&](std::span<double const> positions) {
                auto atoms = test::resting_block(self, ends.from);
                for (std::size_t k = 0; k < atoms.positions.size(); ++k)
                    atoms.positions[k] = {positions[3 * k], positions[3 * k + 1],
                                          positions[3 * k + 2]};
                domain::Domain domain{self, ends.from.cell, atoms, potential.cutoff(), 0.5};
                return std::make_unique<FreeStructure>(self, potential, std::move(domain),
                                                       Freedom{});
            };
            return relax_band(self, groups,
                              straight_path(ends.from.cell, block_of(self, ends.from),
                                            block_of(self, ends.to), 5),
                              make, options, [](Path const&) { return false; });
        }();
        CHECK(alone.steps == path.steps);
        for (std::size_t m = 0; m < e.size(); ++m)
            CHECK_THAT(alone.energies[m], WithinAbs(e[m], 1e-8));
    }
}

TEST_CASE("a band without a direction is an error on all ranks", "[band]") {
    LennardJones const potential{{}};
    auto const s = vacancy(3, 3.42);
    CHECK_THROWS_AS(band_between(potential, {s, s}, 3, {}), NumericalError);
}

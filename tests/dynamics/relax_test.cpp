#include "kamacite/dynamics/relax.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/generate/lattice.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::dynamics;
using generate::Lattice;

namespace {

/// Cut far beyond the minimum, so that pairs and trimers have their textbook energies.
LennardJones const argon{{1.0, 1.0, 30.0, 31.0}};

Structure cluster(std::vector<Vec3> const& positions) {
    return {Cell::around(positions), std::vector<int>(positions.size(), 18), positions};
}

}  // namespace

TEST_CASE("clusters of Lennard-Jones atoms come to their known energies", "[dynamics]") {
    // −ε for each bond of the pair, the triangle and the tetrahedron, all bonds 2^(1/6) σ long.
    RandomStream random{3, "test", 0};
    for (int const n : {2, 3, 4}) {
        std::vector<Vec3> positions{{0, 0, 0}, {1.3, 0, 0}, {0.5, 1.2, 0}, {0.4, 0.5, 1.1}};
        positions.resize(static_cast<std::size_t>(n));
        for (auto& r : positions)
            for (double& x : r) x += 0.05 * random.normal();
        RelaxOptions options;
        options.force_tolerance = 1e-6;
        auto const r = relax_positions(argon, cluster(positions), options);
        CAPTURE(n, r.steps);
        CHECK(r.converged);
        CHECK_THAT(r.energy, WithinAbs(-n * (n - 1) / 2.0, 1e-9));
        CHECK(r.largest_force <= 1e-6);
        auto const& p = r.structure.positions;
        CHECK_THAT((p[0] - p[1]).norm(), WithinAbs(std::pow(2.0, 1.0 / 6.0), 1e-6));
        // Internal forces move no centre of mass.
        Vec3 before = Vec3::Zero(), after = Vec3::Zero();
        for (std::size_t i = 0; i < p.size(); ++i) before += positions[i], after += p[i];
        CHECK((before - after).norm() < 1e-10);
    }
}

TEST_CASE("a rattled crystal goes back to its lattice", "[dynamics]") {
    LennardJones const potential{{}};
    auto const crystal = supercell(
        generate::make_lattice(Lattice::fcc, {3.4, 1.0}, generate::CellChoice::conventional, {26}),
        {2, 2, 2});
    auto rattled = crystal;
    RandomStream random{4, "test", 0};
    for (auto& r : rattled.positions)
        for (double& x : r) x += 0.1 * random.normal();
    RelaxOptions options;
    options.force_tolerance = 1e-7;
    auto const r = relax_positions(potential, rattled, options);
    CHECK(r.converged);
    double const perfect =
        potential.predict(crystal, find_neighbours(crystal, potential.cutoff())).energy();
    CHECK_THAT(r.energy, WithinAbs(perfect, 1e-10));
    SECTION("no step is needed where nothing moves") {
        auto const still = relax_positions(potential, crystal);
        CHECK(still.steps == 1);
        CHECK(still.converged);
    }
    SECTION("where the steps run out, it says so") {
        options.max_steps = 3;
        auto const cut = relax_positions(potential, rattled, options);
        CHECK_FALSE(cut.converged);
        CHECK(cut.steps == 3);
        CHECK(cut.largest_force > 1e-7);
    }
}

TEST_CASE("atoms on top of each other are an error, not a loop", "[dynamics]") {
    CHECK_THROWS_AS(relax_positions(argon, cluster({{0, 0, 0}, {0, 0, 1e-60}})), Error);
}

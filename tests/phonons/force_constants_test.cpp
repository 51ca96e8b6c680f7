#include "kamacite/phonons/force_constants.hpp"

#include <algorithm>

#include "kamacite/core/error.hpp"
#include "phonons/crystals.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::phonons;
using generate::Lattice;
using test::multiples;

namespace {

LennardJones const pairs{{}};

double energy_of(Structure const& s) {
    return pairs.predict(s, find_neighbours(s, pairs.cutoff())).energy();
}

Structure crystal_at_rest(Lattice lattice) {
    return properties::perfect_lattice(lattice, 26,
                                       test::volume_at_rest(pairs, lattice, 26, 7.0, 13.0));
}

double largest_difference(ForceConstants const& a, ForceConstants const& b) {
    double most = 0.0;
    for (std::size_t k = 0; k < a.blocks.size(); ++k)
        most = std::max(most, (a.blocks[k] - b.blocks[k]).cwiseAbs().maxCoeff());
    return most;
}

}  // namespace

TEST_CASE("symmetry leaves few displacements", "[phonons]") {
    struct Expected {
        Lattice lattice;
        std::vector<int> elements;
        int group, operations;
        std::size_t displacements;
    };
    auto const e = GENERATE(
        Expected{Lattice::bcc, {26}, 229, 48, 1}, Expected{Lattice::fcc, {26}, 225, 48, 1},
        Expected{Lattice::sc, {26}, 221, 48, 1}, Expected{Lattice::diamond, {14}, 227, 48, 1},
        Expected{Lattice::B2, {26, 28}, 221, 48, 2}, Expected{Lattice::L1_2, {28, 26}, 221, 48, 2},
        Expected{Lattice::L1_0, {26, 28}, 123, 16, 2});
    CAPTURE(generate::name_of(e.lattice));
    double const ratio = generate::has_ratio(e.lattice) ? 1.37 : 1.0;
    auto const unit = generate::make_lattice(e.lattice, {3.6, ratio},
                                             generate::CellChoice::primitive, e.elements);
    auto const group = find_space_group(unit);
    CHECK(group.number == e.group);
    CHECK(group.operations.size() == static_cast<std::size_t>(e.operations));
    CHECK(find_displacements(unit, group.operations, 0.01).size() == e.displacements);
}

TEST_CASE("a supercell is made of whole conventional cells", "[phonons]") {
    auto const unit =
        generate::make_lattice(Lattice::bcc, {2.83, 1.0}, generate::CellChoice::primitive, {26});
    auto const group = find_space_group(unit);
    auto const matrix = supercell_matrix(unit, group, 8.0);
    Supercell const supercell{unit, matrix};
    CHECK(supercell.copies() == 54);
    CHECK_THAT(supercell.structure().cell.volume(), WithinRel(std::pow(3 * 2.83, 3), 1e-12));
    CHECK(operations_on(group, matrix).size() == 48);
    CHECK(operations_on(group, multiples(1, 2, 3)).size() < 48);
    // Every atom is found again, from any image.
    for (int j = 0; j < supercell.size(); ++j) {
        Vec3i const image = supercell.cell(j) + matrix.transpose() * Vec3i{2, -1, 3};
        CHECK(supercell.index(supercell.unit_atom(j), image) == j);
    }
    CHECK_THROWS_AS((Supercell{unit, multiples(1, 0, 1)}), InputError);
}

TEST_CASE("force constants are second derivatives of the energy", "[phonons]") {
    auto const unit = crystal_at_rest(Lattice::hcp);
    auto const matrix = multiples(4, 4, 3);
    auto const fc = force_constants(test::world(), pairs, unit, matrix, 1e-3);
    auto const& supercell = fc.supercell;
    auto const from = std::size_t(supercell.index(1, Vec3i::Zero()));
    for (double const h : {4e-3, 2e-3})
        for (int const j : {0, 1, 17, 50, 60})
            for (int a = 0; a < 3; ++a)
                for (int b = 0; b < 3; ++b) {
                    double second = 0.0;
                    for (int const s : {1, -1})
                        for (int const t : {1, -1}) {
                            auto moved = supercell.structure();
                            moved.positions[from](a) += s * h;
                            moved.positions[std::size_t(j)](b) += t * h;
                            second += s * t * energy_of(moved) / (4.0 * h * h);
                        }
                    CHECK_THAT(fc.block(1, j)(a, b), WithinAbs(second, 400.0 * h * h));
                }
    CHECK(fc.asymmetry.exchange < 1e-4);
    CHECK(fc.asymmetry.sum < 1e-4);
}

TEST_CASE("symmetry gives what displacing every atom along every axis gives", "[phonons]") {
    auto const unit = crystal_at_rest(Lattice::hcp);
    auto const matrix = multiples(3, 3, 2);
    auto const fc = force_constants(test::world(), pairs, unit, matrix, 1e-4);

    auto plain = plan_displacements(unit, matrix, 1e-4);
    std::erase_if(plain.operations,
                  [](Operation const& op) { return op.rotation != Mat3i::Identity(); });
    REQUIRE(plain.operations.size() == 1);
    plain.displacements = find_displacements(unit, plain.operations, 1e-4);
    REQUIRE(plain.displacements.size() == 12);
    auto const results = compute_forces(test::world(), force_jobs(plain, pairs));
    auto const without = solve_force_constants(plain, force_set(plain, results));
    CHECK(largest_difference(fc, without) < 1e-6);
}

TEST_CASE("exchange symmetry and the sum rule are imposed, and what they mend is told",
          "[phonons]") {
    auto const unit = crystal_at_rest(Lattice::hcp);
    auto const plan = plan_displacements(unit, multiples(3, 3, 2), 0.01);
    auto set = force_set(plan, compute_forces(test::world(), force_jobs(plan, pairs)));
    for (auto& forces : set.forces) forces[5].x() += 1e-4;  // noise of a potential
    auto const fc = solve_force_constants(plan, set);
    auto const& supercell = plan.supercell;
    CHECK(fc.asymmetry.exchange > 1e-4);
    CHECK(fc.asymmetry.sum > 1e-4);
    for (int i = 0; i < unit.size(); ++i) {
        Mat3 sum = Mat3::Zero();
        for (int j = 0; j < supercell.size(); ++j) {
            sum += fc.block(i, j);
            auto const partner = supercell.index(i, -supercell.cell(j));
            CHECK((fc.block(i, j) - fc.block(supercell.unit_atom(j), partner).transpose()).norm() <
                  1e-12);
        }
        CHECK(sum.norm() < 1e-11);
    }
    // The crystal's own symmetry is kept.
    for (auto const& op : plan.operations)
        for (int j = 0; j < supercell.size(); ++j) {
            auto const k = std::size_t(supercell.unit_atom(j));
            Vec3i const cell = op.rotation * supercell.cell(j) + op.shift[k] - op.shift[0];
            Mat3 const turned = op.cartesian * fc.block(0, j) * op.cartesian.transpose();
            CHECK((turned - fc.block(op.atom[0], supercell.index(op.atom[k], cell))).norm() <
                  1e-12);
        }
}

TEST_CASE("a crystal that is not at rest is refused", "[phonons]") {
    auto unit = crystal_at_rest(Lattice::hcp);
    unit.positions[1].z() += 0.1;
    CHECK_THROWS_AS(force_constants(test::world(), pairs, unit, multiples(3, 3, 2), 0.01),
                    DataError);
}

TEST_CASE("force constants do not depend on the number of ranks", "[phonons]") {
    auto const unit = crystal_at_rest(Lattice::hcp);
    auto const matrix = multiples(3, 3, 2);
    auto const mine = test::world().split(test::world().rank(), 0);
    auto const alone = force_constants(mine, pairs, unit, matrix, 0.01);
    auto const shared = force_constants(test::world(), pairs, unit, matrix, 0.01);
    CHECK(largest_difference(alone, shared) == 0.0);
}

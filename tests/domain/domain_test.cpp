#include "kamacite/domain/domain.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "kamacite/structure/repeated.hpp"
#include "potential/eam_support.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;

namespace {

/// Bulk, slab, void, skewed, tiny and open structures.
Structure structure_of(std::string const& kind) {
    if (kind == "bulk") return test::rattled_bcc(5, 1);
    if (kind == "tiny") return test::rattled_bcc(1, 2);
    if (kind == "one atom") {
        auto s = test::rattled_bcc(1, 3);
        s.species.pop_back();
        s.positions.pop_back();
        return s;
    }
    if (kind == "cluster") {
        auto s = test::rattled_bcc(3, 4);
        s.cell = Cell{s.cell.rows(), {false, false, false}};
        return s;
    }
    if (kind == "slab") {
        auto s = test::rattled_bcc(4, 5);
        Mat3 rows = s.cell.rows();
        rows.row(2) *= 3.0;
        s.cell = Cell{rows};
        return s;
    }
    if (kind == "skewed") {
        auto s = test::rattled_bcc(3, 6);
        Mat3 rows = s.cell.rows();  // another choice of lattice vectors: the same crystal
        rows.row(1) += rows.row(0);
        rows.row(2) -= 2.0 * rows.row(1);
        s.cell = Cell{rows};
        return s;
    }
    auto s = test::rattled_bcc(6, 7);  // a sphere is missing
    Vec3 const centre = s.cell.to_cartesian(Vec3::Constant(0.5));
    Structure left{s.cell, {}, {}};
    for (std::size_t i = 0; i < s.positions.size(); ++i) {
        if ((s.positions[i] - centre).norm() < 6.0) continue;
        left.positions.push_back(s.positions[i]);
        left.species.push_back(26);
    }
    return left;
}

/// This rank's block of the atoms of a structure, by number.
domain::Atoms block_of(Structure const& s) {
    auto const block = mpi::block_of(test::world().rank(), test::world().size(), s.size());
    domain::Atoms atoms;
    for (auto id = block.begin; id < block.end; ++id) {
        auto const i = static_cast<std::size_t>(id);
        atoms.ids.push_back(id);
        atoms.species.push_back(s.species[i]);
        atoms.positions.push_back(s.positions[i]);
    }
    return atoms;
}

/// Holds the domains of all ranks against the prediction for the whole structure.
void check_against_serial(domain::Domain const& d, Structure const& whole,
                          Potential const& potential) {
    auto const serial = potential.predict(whole, find_neighbours(whole, potential.cutoff()));
    auto const mine = d.predict(potential);
    double worst = 0.0;
    auto const& atoms = d.atoms();
    for (std::size_t k = 0; k < atoms.ids.size(); ++k) {
        auto const i = static_cast<std::size_t>(atoms.ids[k]);
        worst = std::max({worst, std::abs(mine.energies[k] - serial.energies[i]),
                          (mine.forces[k] - serial.forces[i]).cwiseAbs().maxCoeff(),
                          (mine.virials[k] - serial.virials[i]).cwiseAbs().maxCoeff()});
    }
    CHECK(worst < 1e-10);
    auto const sums = domain::totals(test::world(), mine);
    CHECK(sums.atoms == whole.size());
    CHECK_THAT(sums.energy, WithinAbs(serial.energy(), 1e-10 * std::max(1, whole.size())));
    CHECK((sums.virial - serial.virial()).cwiseAbs().maxCoeff() <
          1e-10 * std::max(1, whole.size()));
}

}  // namespace

TEST_CASE("domains predict what one rank predicts for the whole", "[domain]") {
    std::string const kind = GENERATE(as<std::string>{}, "bulk", "tiny", "one atom", "cluster",
                                      "slab", "skewed", "void");
    double const skin = GENERATE(0.0, 0.4);
    CAPTURE(kind, skin);
    auto const s = structure_of(kind);
    SECTION("pairs") {
        LennardJones const potential{{}};
        domain::Domain const d{test::world(), s.cell, block_of(s), potential.cutoff(), skin};
        check_against_serial(d, s, potential);
    }
    SECTION("embedded atoms") {
        EmbeddedAtom const potential{parse_eam(test::eam_text(), "made up")};
        domain::Domain const d{test::world(), s.cell, block_of(s), potential.cutoff(), skin};
        check_against_serial(d, s, potential);
    }
    SECTION("lists as they are needed") {
        LennardJones const potential{{}};
        domain::Domain const d{test::world(),      s.cell, block_of(s),
                               potential.cutoff(), skin,   domain::Lists::as_needed};
        CHECK(d.neighbours().size() == 0);
        check_against_serial(d, s, potential);
    }
}

TEST_CASE("a structure of many blocks is predicted as a whole is", "[domain]") {
    auto const s = test::rattled_bcc(21, 8);  // 18,522 atoms: several blocks on two ranks
    LennardJones const potential{{}};
    domain::Domain const d{test::world(),      s.cell, block_of(s),
                           potential.cutoff(), 0.0,    domain::Lists::as_needed};
    check_against_serial(d, s, potential);
}

TEST_CASE("atoms cross domains without loss", "[domain]") {
    std::string const kind = GENERATE(as<std::string>{}, "bulk", "tiny", "one atom", "cluster",
                                      "slab", "skewed", "void");
    CAPTURE(kind);
    auto s = structure_of(kind);
    auto atoms = block_of(s);
    for (auto const id : atoms.ids)
        atoms.velocities.push_back(0.01 * Vec3(static_cast<double>(id), 1.0, -2.0));
    LennardJones const potential{{}};
    domain::Domain d{test::world(), s.cell, atoms, potential.cutoff(), 0.6};
    for (int step = 0; step < 40; ++step) {
        // a wind, stronger than the noise, blows all atoms through the cell
        auto const displacement = [&](long long id) {
            RandomStream random{11, "wind", static_cast<std::uint64_t>(id * 1000 + step)};
            return Vec3{Vec3(0.3, -0.2, 0.25) + 0.01 * random.normal3()};
        };
        for (std::size_t i = 0; i < s.positions.size(); ++i)
            s.positions[i] += displacement(static_cast<long long>(i));
        std::vector<Vec3> mine;
        for (auto const id : d.atoms().ids) mine.push_back(displacement(id));
        d.move(mine);
        if (step % 7 == 6) check_against_serial(d, s, potential);
    }
    CHECK(d.rebuilds() > 10);
    auto const ids = test::world().all_gather(std::span<long long const>{d.atoms().ids});
    std::vector<int> seen(s.positions.size(), 0);
    for (auto const id : ids) ++seen[static_cast<std::size_t>(id)];
    CHECK(std::ranges::count(seen, 1) == s.size());
    for (std::size_t k = 0; k < d.atoms().ids.size(); ++k)
        CHECK(d.atoms().velocities[k] ==
              0.01 * Vec3(static_cast<double>(d.atoms().ids[k]), 1.0, -2.0));
}

TEST_CASE("lists and ghosts follow atoms that move less than half the skin", "[domain]") {
    auto s = structure_of("bulk");
    LennardJones const potential{{}};
    domain::Domain d{test::world(), s.cell, block_of(s), potential.cutoff(), 0.8};
    for (int step = 0; step < 5; ++step) {
        auto const displacement = [&](long long id) {
            RandomStream random{12, "shake", static_cast<std::uint64_t>(id * 1000 + step)};
            return Vec3{0.03 * random.normal3()};
        };
        for (std::size_t i = 0; i < s.positions.size(); ++i)
            s.positions[i] += displacement(static_cast<long long>(i));
        std::vector<Vec3> mine;
        for (auto const id : d.atoms().ids) mine.push_back(displacement(id));
        d.move(mine);
        check_against_serial(d, s, potential);
    }
    CHECK(d.rebuilds() == 1);
}

TEST_CASE("bisection gives each rank its share of the cost", "[domain]") {
    auto const& world = test::world();
    // a slab of random atoms in a long cell with vacuum, dear on one side
    Cell const cell{Vec3(30.0, 40.0, 200.0).asDiagonal().toDenseMatrix()};
    std::vector<Vec3> all;
    std::vector<double> costs;
    RandomStream random{5, "slab", 0};
    for (int i = 0; i < 20000; ++i) {
        all.emplace_back(random.uniform(), random.uniform(), 0.3 + 0.1 * random.uniform());
        costs.push_back(all.back().x() < 0.3 ? 5.0 : 1.0);
    }
    auto const block = mpi::block_of(world.rank(), world.size(), 20000);
    auto const part = [&](auto const& v) {
        return std::span{v}.subspan(static_cast<std::size_t>(block.begin),
                                    static_cast<std::size_t>(block.size()));
    };
    domain::Bisection const division{world, cell, part(all), part(costs)};
    std::vector<double> share(static_cast<std::size_t>(world.size()), 0.0);
    double sum = 0.0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        int const owner = division.owner(all[i]);
        share[static_cast<std::size_t>(owner)] += costs[i];
        sum += costs[i];
        CHECK((all[i].array() >= division.box(owner).low.array()).all());
        CHECK((all[i].array() <= division.box(owner).high.array()).all());
    }
    for (double const s : share) CHECK_THAT(s * world.size() / sum, WithinAbs(1.0, 0.01));
}

TEST_CASE("a supercell is made in blocks", "[domain]") {
    auto const unit = test::rattled_bcc(1, 9);
    std::array<int, 3> const n{3, 2, 4};
    auto const whole = supercell(unit, n);
    CHECK(repeated(unit.cell, n).rows() == whole.cell.rows());
    auto const block = mpi::block_of(test::world().rank(), test::world().size(), whole.size());
    auto const atoms = domain::supercell_atoms(unit, n, block);
    REQUIRE(atoms.size() == block.size());
    for (std::size_t k = 0; k < atoms.ids.size(); ++k)
        CHECK(
            (atoms.positions[k] - whole.positions[static_cast<std::size_t>(atoms.ids[k])]).norm() <
            1e-12);
    LennardJones const potential{{}};
    domain::Domain const d{test::world(), whole.cell, atoms, potential.cutoff(), 0.3};
    check_against_serial(d, whole, potential);
}

TEST_CASE("bad atoms are refused on all ranks", "[domain]") {
    auto s = test::rattled_bcc(3, 10);
    SECTION("not finite") {
        s.positions[7].y() = std::nan("");
        CHECK_THROWS_AS((domain::Domain{test::world(), s.cell, block_of(s), 5.0, 0.5}), DataError);
    }
    SECTION("on one point") {
        s.positions[7] = s.positions[8];
        std::string told;
        try {
            domain::Domain const d{test::world(), s.cell, block_of(s), 5.0, 0.5};
        } catch (DataError const& e) {
            told = e.what();
        }
        CAPTURE(told);
        CHECK((told.find("atom 8 at") != std::string::npos ||
               told.find("atom 9 at") != std::string::npos));
        domain::Domain const d{test::world(), s.cell, block_of(s),
                               5.0,           0.5,    domain::Lists::as_needed};
        CHECK_THROWS_AS(d.predict(LennardJones{{}}), DataError);
    }
    SECTION("a cell in nanometres") {
        s.cell = Cell{0.1 * s.cell.rows()};
        CHECK_THROWS_AS((domain::Domain{test::world(), s.cell, block_of(s), 5.0, 0.5}), DataError);
    }
    SECTION("a step that is not finite") {
        domain::Domain d{test::world(), s.cell, block_of(s), 5.0, 0.5};
        std::vector<Vec3> step(d.atoms().ids.size(), Vec3::Zero());
        for (std::size_t k = 0; k < step.size(); ++k)
            if (d.atoms().ids[k] == 3) step[k].x() = INFINITY;
        CHECK_THROWS_AS(d.move(step), NumericalError);
    }
}

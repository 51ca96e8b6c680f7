#include "kamacite/domain/prediction_in_parts.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "kamacite/structure/repeated.hpp"
#include "potential/eam_support.hpp"
#include "support/blocks.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/shapes.hpp"
#include "support/world.hpp"

using namespace kamacite;

namespace {

/// Holds the domains of all ranks against the prediction for the whole structure.
void check_against_serial(domain::Domain const& d, Structure const& whole,
                          Potential const& potential, double tolerance = 1e-10) {
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
    CHECK(worst < tolerance);
    auto const sums = domain::totals(test::world(), mine);
    CHECK(sums.atoms == whole.size());
    CHECK_THAT(sums.energy, WithinAbs(serial.energy(), tolerance * std::max(1, whole.size())));
    CHECK((sums.virial - serial.virial()).cwiseAbs().maxCoeff() <
          tolerance * std::max(1, whole.size()));
}

}  // namespace

TEST_CASE("domains predict what one rank predicts for the whole", "[domain]") {
    std::string const kind = GENERATE(as<std::string>{}, "bulk", "tiny", "one atom", "cluster",
                                      "slab", "skewed", "void");
    double const skin = GENERATE(0.0, 0.4);
    CAPTURE(kind, skin);
    auto const s = test::structure_of(kind);
    SECTION("pairs") {
        LennardJones const potential{{}};
        domain::Domain const d{test::world(), s.cell, test::block_of(test::world(), s),
                               potential.cutoff(), skin};
        check_against_serial(d, s, potential);
    }
    SECTION("embedded atoms") {
        EmbeddedAtom const potential{parse_eam(test::eam_text(), "made up")};
        domain::Domain const d{test::world(), s.cell, test::block_of(test::world(), s),
                               potential.cutoff(), skin};
        check_against_serial(d, s, potential);
    }
    SECTION("lists as they are needed") {
        LennardJones const potential{{}};
        domain::Domain const d{test::world(),      s.cell, test::block_of(test::world(), s),
                               potential.cutoff(), skin,   domain::Lists::as_needed};
        CHECK(d.entries() == 0);
        check_against_serial(d, s, potential);
    }
}

TEST_CASE("a structure of many blocks is predicted as a whole is", "[domain]") {
    auto const s = test::rattled_bcc(21, 8);  // 18,522 atoms: several blocks on two ranks
    LennardJones const potential{{}};
    domain::Domain const d{test::world(),      s.cell, test::block_of(test::world(), s),
                           potential.cutoff(), 0.0,    domain::Lists::as_needed};
    check_against_serial(d, s, potential);
}

TEST_CASE("a prediction in parts has the bits of one that is not", "[domain]") {
    auto const s = test::rattled_bcc(21, 8);  // 18,522 atoms: several parts on each of four ranks
    auto const lists = GENERATE(domain::Lists::kept, domain::Lists::as_needed);
    LennardJones const potential{{}};
    domain::Domain const d{test::world(),      s.cell, test::block_of(test::world(), s),
                           potential.cutoff(), 0.2,    lists};
    auto const wanted = d.predict(potential);
    auto const check_same = [&](Prediction const& p) {
        CHECK(p.energies == wanted.energies);
        CHECK(p.forces == wanted.forces);
        CHECK(p.virials == wanted.virials);
    };
    std::vector<std::vector<double>> states;
    {
        domain::PredictionInParts parts{test::world(), d, potential};
        states.push_back(parts.state());
        double before = 0.0;
        while (!parts.done()) {
            parts.advance();
            states.push_back(parts.state());
            CHECK(parts.share() > before);
            before = parts.share();
        }
        CHECK(before == 1.0);
        check_same(parts.finish());
    }
    CHECK((states.size() > 2 || test::world().size() > 4));
    for (auto const& state : states) {  // from after any part, the last among them
        domain::PredictionInParts again{test::world(), d, potential};
        again.restore(state);
        while (!again.done()) again.advance();
        check_same(again.finish());
    }
    domain::PredictionInParts other{test::world(), d, potential};
    auto wrong = states.back();
    wrong.pop_back();
    CHECK_THROWS_AS(other.restore(wrong), DataError);
    wrong = states.back();
    wrong[2] += 1.0;  // atoms in another order
    CHECK_THROWS_AS(other.restore(wrong), DataError);
}

TEST_CASE("a potential that fails on one rank fails on all, and the next prediction is right",
          "[domain]") {
    struct Failing : Potential {
        explicit Failing(bool f) : fails{f} {}
        [[nodiscard]] double cutoff() const override { return pairs.cutoff(); }
        [[nodiscard]] Prediction predict(Structure const& s, Neighbours const& n) const override {
            if (fails) throw NumericalError("made to fail");
            return pairs.predict(s, n);
        }
        LennardJones pairs{{}};
        bool fails;
    };
    auto const s = test::structure_of("bulk");
    Failing const failing{test::world().rank() == test::world().size() - 1};
    domain::Domain const d{test::world(), s.cell, test::block_of(test::world(), s),
                           failing.cutoff(), 0.3};
    for (int n = 0; n < 3; ++n) CHECK_THROWS_AS(d.predict(failing), NumericalError);
    domain::PredictionInParts parts{test::world(), d, failing};
    CHECK_THROWS_AS(parts.advance(), NumericalError);
    check_against_serial(d, s, LennardJones{{}});
}

TEST_CASE("atoms cross domains without loss", "[domain]") {
    std::string const kind = GENERATE(as<std::string>{}, "bulk", "tiny", "one atom", "cluster",
                                      "slab", "skewed", "void");
    CAPTURE(kind);
    auto s = test::structure_of(kind);
    auto atoms = test::block_of(test::world(), s);
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

TEST_CASE("the choice of lattice vectors does not matter, however tilted", "[domain]") {
    bool const open = GENERATE(false, true);  // along the third direction
    CAPTURE(open);
    auto s = test::rattled_bcc(3, 8);
    std::array<bool, 3> const periodic{true, true, !open};
    s.cell = Cell{s.cell.rows(), periodic};
    // 13,000 images lie within reach
    Mat3 M = Mat3::Identity();
    M.row(1) += 8.0 * M.row(0);
    M.row(2) -= (open ? 12.5 : 12.0) * M.row(1);
    if (!open) M.row(0) += 5.0 * M.row(2);
    Cell const tilted{M * s.cell.rows(), periodic};
    auto atoms = test::block_of(test::world(), s);
    atoms.images.assign(atoms.ids.size(), {0, 0, 0});
    constexpr double rounding = 1e-8;  // of positions, with vectors of 4000 Å
    LennardJones const potential{{}};
    domain::Domain d{test::world(), tilted, atoms, potential.cutoff(), 0.6};
    check_against_serial(d, s, potential, rounding);
    Mat3 F = Mat3::Identity();
    F(0, 1) = 0.01;
    F(2, 2) = 0.998;
    for (int step = 0; step < 70; ++step) {  // sheared so far that other vectors become shortest
        Vec3 const wind(0.3, -0.2, open ? 0.0 : 0.25);
        for (auto& r : s.positions) r = F * r + wind;
        s.cell = Cell{s.cell.rows() * F.transpose(), periodic};
        d.move(std::vector<Vec3>(d.atoms().ids.size(), wind), F);
    }
    CHECK(d.rebuilds() > 10);
    CHECK((d.cell().rows() - M * s.cell.rows()).norm() < 1e-9 * d.cell().rows().norm());
    check_against_serial(d, s, potential, rounding);
    for (std::size_t k = 0; k < d.atoms().ids.size(); ++k) {  // where the path of each leads to
        auto const& n = d.atoms().images[k];
        Vec3 const at = d.atoms().positions[k] + d.cell().to_cartesian(Vec3(n[0], n[1], n[2]));
        CHECK((at - s.positions[static_cast<std::size_t>(d.atoms().ids[k])]).norm() < 1e-7);
    }
}

TEST_CASE("lists and ghosts follow atoms that move less than half the skin", "[domain]") {
    auto s = test::structure_of("bulk");
    LennardJones const potential{{}};
    domain::Domain d{test::world(), s.cell, test::block_of(test::world(), s), potential.cutoff(),
                     0.8};
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

TEST_CASE("atoms move along their velocities", "[domain]") {
    auto s = test::structure_of("skewed");
    auto atoms = test::block_of(test::world(), s);
    std::vector<Vec3> velocities;
    for (int i = 0; i < s.size(); ++i)
        velocities.push_back(RandomStream{13, "v", static_cast<std::uint64_t>(i)}.normal3());
    for (auto const id : atoms.ids)
        atoms.velocities.push_back(velocities[static_cast<std::size_t>(id)]);
    LennardJones const potential{{}};
    domain::Domain d{test::world(), s.cell, atoms, potential.cutoff(), 0.5};
    for (int step = 0; step < 6; ++step) {
        d.drift(0.03);
        for (std::size_t i = 0; i < s.positions.size(); ++i) s.positions[i] += 0.03 * velocities[i];
        check_against_serial(d, s, potential);
    }
    CHECK(d.rebuilds() > 1);
    CHECK(d.rebuilds() < 7);
}

TEST_CASE("a domain that is refreshed is as one made from its atoms", "[domain]") {
    auto const s = test::structure_of("void");
    LennardJones const potential{{}};
    domain::Domain d{test::world(), s.cell, test::block_of(test::world(), s), potential.cutoff(),
                     0.5};
    for (int step = 0; step < 3; ++step) {
        std::vector<Vec3> mine;
        for (auto const id : d.atoms().ids)
            mine.push_back(
                0.2 *
                RandomStream{14, "walk", static_cast<std::uint64_t>(3 * id + step)}.normal3());
        d.move(mine);
    }
    auto const atoms = d.atoms();
    d.refresh();
    domain::Domain other{test::world(), s.cell, atoms, potential.cutoff(), 0.5};
    other.refresh();
    REQUIRE(other.atoms().ids == d.atoms().ids);
    CHECK(other.atoms().positions == d.atoms().positions);
    auto const a = d.predict(potential), b = other.predict(potential);
    CHECK(a.energies == b.energies);
    CHECK(a.forces == b.forces);  // in every bit
    CHECK(a.virials == b.virials);
}

TEST_CASE("boxes stay balanced by cost when a domain is refreshed", "[domain]") {
    auto s = test::rattled_bcc(12, 9);  // a crystal below, a third as dense above
    Structure left{s.cell, {}, {}};
    for (std::size_t i = 0; i < s.positions.size(); ++i) {
        if (s.cell.to_fractional(s.positions[i]).z() > 0.5 && i % 3 != 0) continue;
        left.positions.push_back(s.positions[i]);
        left.species.push_back(26);
    }
    domain::Domain d{test::world(), left.cell, test::block_of(test::world(), left), 5.0, 0.3};
    auto const& world = test::world();
    auto const imbalance = [&] {
        auto const mine = 100.0 * d.owned() + static_cast<double>(d.entries());  // as measured
        return world.all_reduce(mpi::Op::max, mine) * world.size() /
               world.all_reduce(mpi::Op::sum, mine);
    };
    double const by_number = imbalance();
    d.refresh();
    CAPTURE(by_number, imbalance());
    CHECK(imbalance() < 1.02);
    CHECK((world.size() == 1 || by_number > 1.05));
    d.refresh();
    CHECK(imbalance() < 1.02);
    // Without lists that are kept neighbours are counted for it: the same boxes, the same atoms.
    domain::Domain once{world, left.cell, test::block_of(world, left),
                        5.0,   0.3,       domain::Lists::as_needed};
    once.refresh();
    domain::Domain kept{world, left.cell, test::block_of(world, left), 5.0, 0.3};
    kept.refresh();
    CHECK(once.atoms().ids == kept.atoms().ids);
}

TEST_CASE("what ghosts have comes to the atoms they stand for", "[domain]") {
    std::string const kind = GENERATE(as<std::string>{}, "tiny", "slab", "skewed");
    CAPTURE(kind);
    auto const s = test::structure_of(kind);
    domain::Domain const d{test::world(), s.cell, test::block_of(test::world(), s), 4.0, 0.5};
    // one from each copy: their number is that of all copies
    std::vector<Vec3> values(static_cast<std::size_t>(d.owned() + d.ghosts()), Vec3(1.0, 0.0, 2.0));
    d.add_ghosts(values);
    double sum = 0.0;
    for (int i = 0; i < d.owned(); ++i) {
        auto const& v = values[static_cast<std::size_t>(i)];
        CHECK(v.z() == 2.0 * v.x());
        sum += v.x();
    }
    auto const& world = test::world();
    CHECK(world.all_reduce(mpi::Op::sum, sum) ==
          world.all_reduce(mpi::Op::sum, static_cast<double>(values.size())));
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

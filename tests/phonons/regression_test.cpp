#include "kamacite/phonons/regression.hpp"

#include <algorithm>
#include <cmath>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/phonons/thermodynamics.hpp"
#include "phonons/argon.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::phonons;
using generate::Lattice;

namespace {

LennardJones const near_pairs{{0.5, 2.2, 2.9, 3.6}};  // its force constants end before the cutoff

/// E = ½ Σ Φ u u + ⅙ Σ Φ u u u about the atoms of a supercell, with given constants.
class Lattice3 : public Potential {
public:
    explicit Lattice3(Constants constants) : constants_{std::move(constants)} {}
    double cutoff() const override { return 1.0; }
    Prediction predict(Structure const& s, Neighbours const&) const override {
        auto const& supercell = constants_.second.supercell;
        auto const size = std::size_t(s.size());
        std::vector<Vec3> u(size);
        for (std::size_t n = 0; n < size; ++n)
            u[n] = s.positions[n] - supercell.structure().positions[n];
        Prediction p;
        p.energies.assign(size, 0.0);
        p.forces.assign(size, Vec3::Zero());
        for (int copy = 0; copy < supercell.copies(); ++copy) {
            auto const to = supercell.moved(supercell.cell(copy));
            auto const at = [&](int j) { return std::size_t(to[std::size_t(j)]); };
            auto const home = [&](int i) {
                return std::size_t(supercell.index(i, supercell.cell(copy)));
            };
            for (int i = 0; i < supercell.unit().size(); ++i)
                for (int j = 0; j < supercell.size(); ++j)
                    p.forces[home(i)] -= constants_.second.block(i, j) * u[at(j)];
            for (auto const& t : constants_.third.triples)
                for (int abc = 0; abc < 27; ++abc)
                    p.forces[home(t.i)](abc / 9) -=
                        0.5 * t.constants(abc) * u[at(t.j)](abc / 3 % 3) * u[at(t.k)](abc % 3);
        }
        return p;
    }

private:
    Constants constants_;
};

struct Case {
    Structure unit;
    Mat3i matrix;
    std::vector<Operation> operations;
    ConstantsBasis basis;
};

Case make_case(Structure const& unit, Mat3i const& matrix, double second, double third) {
    auto const operations = operations_on(find_space_group(unit), matrix);
    return {unit, matrix, operations,
            constants_basis(Supercell{unit, matrix}, operations, second, third)};
}

Case iron_case(Lattice lattice, double edge = 11.0) {
    double const volume = test::volume_at_rest(near_pairs, lattice, 26, 7.0, 13.0);
    auto const unit = properties::perfect_lattice(lattice, 26, volume);
    return make_case(unit, supercell_matrix(unit, find_space_group(unit), edge), 3.6, 3.6);
}

double largest(ForceConstants const& a) {
    double most = 0.0;
    for (auto const& b : a.blocks) most = std::max(most, b.cwiseAbs().maxCoeff());
    return most;
}

double apart(ForceConstants const& a, ForceConstants const& b) {
    double most = 0.0;
    for (std::size_t k = 0; k < a.blocks.size(); ++k)
        most = std::max(most, (a.blocks[k] - b.blocks[k]).cwiseAbs().maxCoeff());
    return most;
}

double apart(ThirdOrder const& a, ThirdOrder const& b) {
    REQUIRE(a.triples.size() == b.triples.size());
    double most = 0.0;
    for (std::size_t k = 0; k < a.triples.size(); ++k) {
        REQUIRE(a.triples[k].j == b.triples[k].j);
        REQUIRE(a.triples[k].k == b.triples[k].k);
        most =
            std::max(most, (a.triples[k].constants - b.triples[k].constants).cwiseAbs().maxCoeff());
    }
    return most;
}

Eigen::VectorXd random_unknowns(int n) {
    RandomStream random{5, "unknowns", 0};
    Eigen::VectorXd x{n};
    for (double& v : x) v = random.normal();
    return x;
}

}  // namespace

TEST_CASE("force constants of a basis have the symmetry of the crystal and its sum rules",
          "[phonons]") {
    auto const lattice = GENERATE(Lattice::bcc, Lattice::fcc, Lattice::hcp, Lattice::diamond);
    auto const unit = properties::perfect_lattice(lattice, 26, 11.0);
    auto const matrix = supercell_matrix(unit, find_space_group(unit), 9.3);
    auto const c = make_case(unit, matrix, 4.5, 3.0);
    auto const all = constants_of(c.basis, random_unknowns(c.basis.unknowns()));
    auto const& s = c.basis.supercell;
    CAPTURE(generate::name_of(lattice), s.size(), c.basis.second.unknowns(),
            c.basis.third.unknowns());
    CHECK(c.basis.second.unknowns() > 1);
    CHECK(c.basis.third.unknowns() > 1);
    CHECK(all.third.sum < 1e-12);
    double exchange = 0.0, turn = 0.0, sum = 0.0;
    for (int i = 0; i < unit.size(); ++i) {
        Mat3 total = Mat3::Zero();
        for (int j = 0; j < s.size(); ++j) {
            Mat3 const& block = all.second.block(i, j);
            total += block;
            Mat3 const other = all.second.block(s.unit_atom(j), s.index(i, -s.cell(j)));
            exchange = std::max(exchange, (block - other.transpose()).cwiseAbs().maxCoeff());
            for (auto const& op : c.operations) {
                Mat3 const image =
                    all.second.block(op.atom[std::size_t(i)], test::moved_atom(s, op, i, j));
                turn = std::max(turn, (op.cartesian * block * op.cartesian.transpose() - image)
                                          .cwiseAbs()
                                          .maxCoeff());
            }
        }
        sum = std::max(sum, total.cwiseAbs().maxCoeff());
    }
    CHECK(exchange < 1e-12);
    CHECK(turn < 1e-11);
    CHECK(sum < 1e-12);
    // Third order, by what it does: the energy of displacements is that of turned displacements.
    auto const energy = [&](std::vector<Vec3> const& u) {
        double e = 0.0;
        for (int copy = 0; copy < s.copies(); ++copy) {
            auto const to = s.moved(s.cell(copy));
            for (auto const& t : all.third.triples)
                for (int abc = 0; abc < 27; ++abc)
                    e += t.constants(abc) / 6.0 *
                         u[std::size_t(s.index(t.i, s.cell(copy)))](abc / 9) *
                         u[std::size_t(to[std::size_t(t.j)])](abc / 3 % 3) *
                         u[std::size_t(to[std::size_t(t.k)])](abc % 3);
        }
        return e;
    };
    RandomStream random{3, "displacements", 0};
    std::vector<Vec3> u(std::size_t(s.size()));
    for (auto& x : u) x = random.normal3();
    double const before = energy(u);
    CHECK(std::abs(before) > 1.0);
    for (std::size_t n = 0; n < c.operations.size(); n += 7) {
        auto const& op = c.operations[n];
        std::vector<Vec3> turned(u.size());
        for (int j = 0; j < s.size(); ++j)
            turned[std::size_t(test::moved_atom(s, op, -1, j))] = op.cartesian * u[std::size_t(j)];
        CHECK_THAT(energy(turned), WithinAbs(before, 1e-9 * std::abs(before)));
    }
    for (auto& x : u) x += Vec3(0.3, -0.2, 0.5);  // of the whole crystal
    CHECK_THAT(energy(u), WithinAbs(before, 1e-9 * std::abs(before)));
}

TEST_CASE("the basis holds as many constants as group theory leaves", "[phonons]") {
    // Fcc, nearest neighbours: Φ of a pair along [110] has 3 constants (xx, zz, xy); the sum rule
    // gives that of an atom with itself.
    auto const fcc = make_case(properties::perfect_lattice(Lattice::fcc, 26, 11.0),
                               test::multiples(4, 4, 4), 3.0, 2.6);
    CHECK(fcc.basis.second.orbits == 2);
    CHECK(fcc.basis.second.unknowns() == 3);
    // Bcc: 2 of [111] (xx, xy), 2 of [200] (xx, yy).
    auto const bcc = make_case(properties::perfect_lattice(Lattice::bcc, 26, 11.0),
                               test::multiples(4, 4, 4), 3.0, 2.6);
    CHECK(bcc.basis.second.orbits == 3);
    CHECK(bcc.basis.second.unknowns() == 4);
}

TEST_CASE("a fit recovers the constants of a harmonic and cubic lattice", "[phonons]") {
    auto const lattice = GENERATE(Lattice::fcc, Lattice::hcp);
    auto const unit = properties::perfect_lattice(lattice, 26, 11.0);
    auto const matrix = supercell_matrix(unit, find_space_group(unit), 9.3);
    auto const c = make_case(unit, matrix, 3.6, 3.0);
    auto const given = constants_of(c.basis, random_unknowns(c.basis.unknowns()));
    Ensemble const ensemble{c.basis.supercell, 0.1};
    auto const fit = fit_cells(test::world(), Lattice3{given}, c.basis, ensemble,
                               std::max(6, cells_needed(c.basis)), 1);
    CAPTURE(generate::name_of(lattice), fit.condition);
    CHECK(apart(fit.constants.second, given.second) < 1e-9);
    CHECK(apart(fit.constants.third, given.third) < 1e-8);
    CHECK(apart(fit.halves[0].third, given.third) < 1e-8);
    CHECK(fit.determination > 1.0 - 1e-13);
    CHECK(fit.error < 1e-6);
    CHECK(fit.constants.third.sum < 1e-12);
}

TEST_CASE("of small rattles the fit is the finite differences", "[phonons]") {
    auto const c = iron_case(Lattice::fcc);
    auto const third_plan = plan_third_order(c.unit, c.matrix, 3.6, 1e-3);
    auto const third = solve_third_order(
        third_plan, compute_forces(test::world(), force_jobs(third_plan, near_pairs)));
    auto const second = force_constants(test::world(), near_pairs, c.unit, c.matrix, 1e-3);
    double before = 1e300;
    for (double const amplitude : {4e-3, 2e-3}) {
        auto const fit = fit_cells(test::world(), near_pairs, c.basis,
                                   Ensemble{c.basis.supercell, amplitude}, 8, 3);
        // What the fit has no terms for, the fourth order, goes with the square.
        double const two = apart(fit.constants.second, second);
        CHECK(two < 1e-3 * largest(second));
        CHECK(two < 0.3 * before);
        CHECK(apart(fit.constants.third, third) < 0.3);
        CHECK(fit.determination > 1.0 - 1e-5);
        before = two;
    }
    double most = 0.0;
    for (auto const& t : third.triples) most = std::max(most, t.constants.cwiseAbs().maxCoeff());
    CHECK(most > 10.0);
}

TEST_CASE("cells too few are refused with how many are needed", "[phonons]") {
    // A crystal without symmetry has many unknowns to a cell; of third order, an atom alone has
    // none.
    auto unit =
        generate::make_lattice(Lattice::fcc, {3.5, 1.0}, generate::CellChoice::conventional, {26});
    RandomStream random{2, "unit", 0};
    for (auto& r : unit.positions) r += 0.05 * random.normal3();
    auto const c = make_case(unit, test::multiples(3, 3, 2), 4.0, 1.0);
    REQUIRE(c.operations.size() == 1);
    REQUIRE(c.basis.third.unknowns() == 0);
    int const needed = cells_needed(c.basis);
    auto const fit = [&](int cells) {
        return fit_cells(test::world(), near_pairs, c.basis, Ensemble{c.basis.supercell, 0.02},
                         cells, 1);
    };
    CAPTURE(needed, c.basis.unknowns());
    REQUIRE(needed > 4);
    std::string told;
    try {
        (void)fit(needed - 2);
    } catch (InputError const& e) {
        told = e.what();
    }
    CHECK(told.find("at least " + std::to_string(needed) + " are needed") != std::string::npos);
    CHECK_THROWS_AS(fit(needed + 1), InputError);  // odd
    CHECK_NOTHROW(fit(needed));
}

TEST_CASE("an ensemble has the mean square displacement of its spectrum", "[phonons]") {
    auto const unit = test::argon_cell();
    auto const matrix = test::multiples(4, 4, 4);
    Harmonic const crystal{force_constants(test::world(), test::argon_pairs(), unit, matrix, 0.01)};
    auto const mesh = make_mesh(find_space_group(unit), Vec3i{4, 4, 4});
    auto const spectrum = spectrum_of(crystal, mesh);
    double const mass = mass_of(18);
    for (double const t : {0.0, 20.0, 80.0}) {
        Ensemble const ensemble{crystal, t, Statistics::quantum};
        double const wanted = h_bar / mass * thermodynamics(spectrum, t).inverse_frequency;
        CHECK_THAT(ensemble.mean_square(), WithinRel(wanted, 1e-9));
    }
    double const hot = Ensemble{crystal, 2000.0, Statistics::quantum}.mean_square();
    CHECK_THAT(Ensemble(crystal, 2000.0, Statistics::classical).mean_square(),
               WithinRel(hot, 1e-3));
    // Equipartition of what is drawn: ½ u Φ u is kT/2 for each of the 3N − 3 vibrations.
    Ensemble const classical{crystal, 50.0, Statistics::classical};
    auto const& fc = crystal.constants();
    double energy = 0.0;
    int const draws = 40;
    for (int n = 0; n < draws; ++n) {
        RandomStream random{9, "test", static_cast<std::uint64_t>(n)};
        auto const u = classical.draw(random);
        Vec3 sum = Vec3::Zero();
        for (auto const& x : u) sum += x;
        CHECK(sum.norm() < 1e-9);
        for (int copy = 0; copy < fc.supercell.copies(); ++copy) {
            auto const to = fc.supercell.moved(fc.supercell.cell(copy));
            for (int j = 0; j < fc.supercell.size(); ++j)
                energy +=
                    0.5 / draws *
                    u[std::size_t(copy)].dot(fc.block(0, j) * u[std::size_t(to[std::size_t(j)])]);
        }
    }
    double const freedoms = 3.0 * fc.supercell.size() - 3.0;
    CHECK_THAT(energy / (0.5 * units::k_boltzmann * 50.0 * freedoms),
               WithinAbs(1.0, 4.0 * std::sqrt(2.0 / (freedoms * draws))));
}

TEST_CASE("a fit has the same bits on any number of ranks", "[phonons]") {
    auto const c = iron_case(Lattice::fcc);
    Ensemble const ensemble{c.basis.supercell, 0.05};
    auto const alone = test::world().split(test::world().rank(), 0);
    auto const one = fit_cells(alone, near_pairs, c.basis, ensemble, 10, 4);
    auto const all = fit_cells(test::world(), near_pairs, c.basis, ensemble, 10, 4);
    CHECK(apart(one.constants.second, all.constants.second) == 0.0);
    CHECK(apart(one.constants.third, all.constants.third) == 0.0);
    CHECK(apart(one.halves[1].third, all.halves[1].third) == 0.0);
    CHECK(one.error == all.error);
    REQUIRE(one.without.size() == all.without.size());
    for (std::size_t k = 0; k < one.without.size(); ++k)
        CHECK(apart(one.without[k], all.without[k]) == 0.0);
}

TEST_CASE("a renormalised crystal has the mean curvature of its ensemble", "[phonons]") {
    auto const potential = test::argon_pairs();
    auto const unit = test::argon_cell();
    auto const matrix = test::multiples(4, 4, 4);
    auto const operations = operations_on(find_space_group(unit), matrix);
    Harmonic const at_rest{force_constants(test::world(), potential, unit, matrix, 0.01)};
    RegressionSettings settings;
    settings.temperature = 40.0;
    settings.cells = 32;
    settings.iterations = 4;
    settings.third_cutoff = 5.0;
    auto const found = renormalise(test::world(), potential, at_rest, operations, settings);
    // Each iteration draws the same noise: they converge.
    CHECK(found.changes[3] < 0.1 * found.changes[0]);
    CHECK(found.fit.determination > 0.95);
    auto const on_site = [](ForceConstants const& fc) { return fc.block(0, 0).trace() / 3.0; };
    auto const error_of = [&](Regression const& fit) {
        std::vector<double> without;
        for (auto const& fc : fit.without) without.push_back(on_site(fc));
        return jackknife_error(without);
    };
    double const value = on_site(found.fit.constants.second), error = error_of(found.fit);
    CAPTURE(value, error, on_site(at_rest.constants()));
    CHECK(error < 0.03 * value);
    // Another route: second differences of the energy in other cells of the same ensemble.
    Ensemble const ensemble{Harmonic{found.last}, 40.0, Statistics::quantum};
    auto const& s = found.last.supercell;
    double mean = 0.0, square = 0.0;
    int const cells = 30, atoms = 6;
    double const h = 0.01;
    for (int n = 0; n < cells; ++n) {
        RandomStream random{77, "other cells", static_cast<std::uint64_t>(n)};
        auto moved = s.structure();
        auto const u = ensemble.draw(random);
        for (std::size_t i = 0; i < u.size(); ++i) moved.positions[i] += u[i];
        double here = 0.0;
        for (int a = 0; a < atoms; ++a)
            for (int k = 0; k < 3; ++k) {
                auto const force = [&](double step) {
                    auto cell = moved;
                    cell.positions[std::size_t(10 * a)](k) += step;
                    return potential.predict(cell, find_neighbours(cell, potential.cutoff()))
                        .forces[std::size_t(10 * a)](k);
                };
                here -= (force(h) - force(-h)) / (2.0 * h * 3.0 * atoms);
            }
        mean += here / cells;
        square += here * here / cells;
    }
    double const spread = std::sqrt((square - mean * mean) / cells);
    CAPTURE(mean, spread);
    CHECK(spread < 0.03 * mean);
    CHECK_THAT(value, WithinAbs(mean, 4.0 * std::hypot(error, spread)));
    // At rest it is another crystal: the difference is what is found, not noise.
    CHECK(std::abs(on_site(at_rest.constants()) - mean) > 8.0 * std::hypot(error, spread));
    // Another seed, the same crystal.
    settings.seed = 2;
    auto const other = renormalise(test::world(), potential, at_rest, operations, settings);
    CHECK_THAT(on_site(other.fit.constants.second),
               WithinAbs(value, 4.0 * std::hypot(error, error_of(other.fit))));
    // Cold and classical, nothing is left of it.
    settings.temperature = 1e-3;
    settings.statistics = Statistics::classical;
    settings.cells = 12;
    settings.iterations = 1;
    auto const cold = renormalise(test::world(), potential, at_rest, operations, settings);
    CHECK(apart(cold.fit.constants.second, at_rest.constants()) <
          2e-3 * largest(cold.fit.constants.second));
}

#include "kamacite/potential/embedded_atom.hpp"

#include "eam_support.hpp"
#include "kamacite/core/error.hpp"
#include "support/catch.hpp"
#include "support/check_potential.hpp"
#include "support/finite_difference.hpp"
#include "support/ghosts.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;

namespace {

/// Every second or third atom is of the other element.
Structure with_second(Structure s, int z) {
    for (std::size_t i = 0; i < s.species.size(); ++i)
        if (i % 5 == 1 || i % 3 == 0) s.species[i] = z;
    return s;
}

/// A rattled crystal in a cell whose rows are lower triangular, as LAMMPS wants it.
Structure triangular(int n, unsigned seed, Mat3 const& tilt) {
    auto s = test::rattled_bcc(n, seed);
    Mat3 rows = 2.86 * n * tilt;
    auto const old = s.cell;
    s.cell = Cell{rows};
    Mat3 const map = old.rows().inverse() * rows;
    for (auto& r : s.positions) r = map.transpose() * r;
    return s;
}

Mat3 lower(double xy, double xz, double yz) {
    Mat3 m = Mat3::Identity();
    m(1, 0) = xy;
    m(2, 0) = xz;
    m(2, 1) = yz;
    return m;
}

void check_against_lammps(Structure const& s, std::filesystem::path const& file) {
    auto const tables = read_eam(file);
    auto const here = test::predict(EmbeddedAtom{tables}, s);
    auto const there = test::ask_lammps(s, file, tables);
    REQUIRE(there.energies.size() == here.energies.size());
    double worst_energy = 0.0, worst_force = 0.0;
    for (std::size_t i = 0; i < here.energies.size(); ++i) {
        worst_energy = std::max(worst_energy, std::abs(here.energies[i] - there.energies[i]));
        worst_force =
            std::max(worst_force, (here.forces[i] - there.forces[i]).cwiseAbs().maxCoeff());
    }
    Mat3 const w = here.virial();
    CHECK(worst_energy < 1e-8);
    CHECK(worst_force < 1e-8 * std::max(1.0, test::force_scale(here)));
    CHECK((w - there.virials[0]).cwiseAbs().maxCoeff() <
          1e-8 * std::max(1.0, w.cwiseAbs().maxCoeff()));
    CHECK(test::force_scale(here) > 0.1);  // there is something to compare
}

void check_structures_against_lammps(std::filesystem::path const& file, int second) {
    auto const of_both = [&](Structure s) { return second > 0 ? with_second(s, second) : s; };
    SECTION("a rattled crystal") {
        check_against_lammps(of_both(triangular(4, 1, Mat3::Identity())), file);
    }
    SECTION("a skewed cell") {
        check_against_lammps(of_both(triangular(3, 2, lower(0.31, -0.22, 0.4))), file);
    }
    SECTION("a cell smaller than the cutoff") {
        check_against_lammps(of_both(triangular(1, 3, lower(0.1, 0.05, -0.2))), file);
    }
    SECTION("a surface") {
        auto s = of_both(triangular(3, 4, Mat3::Identity()));
        Mat3 rows = s.cell.rows();
        rows(2, 2) += 12.0;
        s.cell = Cell{rows, {true, true, false}};
        for (auto& r : s.positions) r.z() += 5.0;
        check_against_lammps(s, file);
    }
    SECTION("a pressed crystal") {
        auto s = of_both(triangular(3, 5, Mat3::Identity()));
        check_against_lammps(strained(s, -0.15 * Mat3::Identity()), file);
    }
}

}  // namespace

TEST_CASE("a spline of even steps goes through its points, and on as LAMMPS does", "[potential]") {
    std::vector<double> values;
    double const h = 0.125;
    auto const f = [](double x) { return 2.0 - x + 0.5 * x * x; };
    for (int k = 0; k < 20; ++k) values.push_back(f(k * h));
    EvenSpline const spline{values, h};
    for (int k = 0; k < 20; ++k)
        CHECK_THAT(spline.at(k * h).value, WithinAbs(values[std::size_t(k)], 1e-13));
    for (double const x : {0.3, 0.777, 1.9})  // a parabola is met exactly where five points are
        CHECK_THAT(spline.at(x).value, WithinAbs(f(x), 1e-13));
    // next to the ends, where there are not five points, from two
    std::vector<double> cubic;
    for (int k = 0; k < 9; ++k) cubic.push_back(std::pow(k * h, 3));
    EvenSpline const of_cubic{cubic, h};
    CHECK_THAT(of_cubic.at(h).slope, WithinAbs(4.0 * h * h, 1e-13));
    CHECK_THAT(of_cubic.at(2 * h).slope, WithinAbs(12.0 * h * h, 1e-13));
    CHECK_THAT(of_cubic.at(7 * h).slope, WithinAbs(148.0 * h * h, 1e-12));
    CHECK_THAT(of_cubic.at(8 * h).slope, WithinAbs(169.0 * h * h, 1e-12));
    for (double const x : {0.03, 0.2, 1.0, 2.3})
        test::check_derivative([&](double y) { return spline.at(y).value; }, x, spline.at(x).slope,
                               0.01);
    // beyond: the last point
    CHECK(spline.last() == 19 * h);
    CHECK(spline.at(5.0).value == spline.at(spline.last()).value);
    CHECK_THAT(spline.at(5.0).slope, WithinAbs((values[19] - values[18]) / h, 1e-12));
    // below: the first cubic, whose slope at 0 is that of the first two points
    CHECK_THAT(spline.at(0.0).slope, WithinAbs((values[1] - values[0]) / h, 1e-12));
    test::check_derivative([&](double y) { return spline.at(y).value; }, -0.2,
                           spline.at(-0.2).slope, 0.01);
}

TEST_CASE("embedded atoms are a potential: forces, virials and symmetries", "[potential]") {
    bool const by_pair = GENERATE(true, false);
    EmbeddedAtom const eam{parse_eam(test::eam_text({.by_pair = by_pair}), "made")};
    SECTION("a rattled crystal of two elements") {
        test::check_potential(eam, with_second(test::rattled_bcc(2, 3), 24));
    }
    SECTION("a cell of two atoms, smaller than the cutoff") {
        test::check_potential(eam, with_second(test::rattled_bcc(1, 7), 24));
    }
    SECTION("a slab") {
        auto s = with_second(test::rattled_bcc(2, 5), 24);
        s.cell = Cell{s.cell.rows(), {true, true, false}};
        test::check_potential(eam, s);
    }
}

TEST_CASE("the virial of an atom is what the energies of others say of it", "[potential]") {
    // W_j = Σ_i r_ji ⊗ ∂E_i/∂r_ij: in a cluster, Σ_i (r_i − r_j) ⊗ (−∂E_i/∂r_j), differences.
    EmbeddedAtom const eam{parse_eam(test::eam_text(), "made")};
    auto s = with_second(test::rattled_bcc(2, 11), 24);
    s.cell = Cell{s.cell.rows(), {false, false, false}};
    auto const p = test::predict(eam, s);
    for (std::size_t const j : {0u, 5u, 9u}) {
        Mat3 w = Mat3::Zero();
        for (std::size_t i = 0; i < s.positions.size(); ++i) {
            if (i == j) continue;
            for (int axis = 0; axis < 3; ++axis) {
                auto const energy = [&](double h) {
                    auto t = s;
                    t.positions[j][axis] += h;
                    return test::predict(eam, t).energies[i];
                };
                w.col(axis) -= (s.positions[j] - s.positions[i]) * test::richardson(energy, 2e-3);
            }
        }
        CHECK((w - p.virials[j]).cwiseAbs().maxCoeff() < 1e-7 * w.cwiseAbs().maxCoeff());
    }
}

TEST_CASE("ghost atoms get the forces and virials of the atoms that have lists", "[potential]") {
    EmbeddedAtom const eam{parse_eam(test::eam_text(), "made")};
    auto const s = with_second(test::rattled_bcc(1 + GENERATE(0, 1), 13), 24);
    REQUIRE(test::check_ghosts(eam, s, 1e-12) > 2 * s.size());
}

TEST_CASE("an element that the potential lacks is refused", "[potential]") {
    EmbeddedAtom const eam{parse_eam(test::eam_text(), "made")};
    auto const s = with_second(test::rattled_bcc(1, 1), 8);
    CHECK_THROWS_AS(test::predict(eam, s), DataError);
}

TEST_CASE("energies, forces and pressure of made-up tables are those of LAMMPS", "[potential]") {
    if (!test::has_lammps()) {
        WARN("skipped: LAMMPS (lmp) is not installed");
        return;
    }
    bool const by_pair = GENERATE(true, false);
    // Densities to 60 hold all atoms, those to 20 not all: a straight line beyond. Tables of few
    // points show how the slopes at their ends are made.
    auto const shape = GENERATE_COPY(
        test::EamShape{.by_pair = by_pair}, test::EamShape{.by_pair = by_pair, .density_end = 20.0},
        test::EamShape{.by_pair = by_pair, .densities = 6, .distances = 12});
    CAPTURE(by_pair, shape.density_end, shape.distances);
    test::Scratch const scratch;
    auto const file = scratch.file("made.eam", test::eam_text(shape));
    check_structures_against_lammps(file, 24);
}

TEST_CASE("energies, forces and pressure of published potentials are those of LAMMPS",
          "[potential]") {
    struct Published {
        char const* file;
        int second;
    };
    auto const which = GENERATE(Published{"Fe_mm.eam.fs", 0}, Published{"AlFe_mm.eam.fs", 13},
                                Published{"FeP_mm.eam.fs", 15});
    std::filesystem::path const file =
        std::filesystem::path{"/usr/share/lammps/potentials"} / which.file;
    if (!test::has_lammps() || !std::filesystem::exists(file)) {
        WARN("skipped: LAMMPS (lmp) is not installed, or " << file << " is absent");
        return;
    }
    CAPTURE(which.file);
    check_structures_against_lammps(file, which.second);
}

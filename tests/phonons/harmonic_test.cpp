#include "kamacite/phonons/harmonic.hpp"

#include <cmath>
#include <numbers>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/phonons/bands.hpp"
#include "kamacite/phonons/mesh.hpp"
#include "kamacite/properties/elastic.hpp"
#include "phonons/crystals.hpp"
#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::phonons;
using generate::Lattice;

namespace {

LennardJones const pairs{{}};

Structure crystal_at_rest(Lattice lattice, Potential const& potential = pairs) {
    return properties::perfect_lattice(lattice, 26,
                                       test::volume_at_rest(potential, lattice, 26, 7.0, 13.0));
}

Harmonic harmonic(Structure const& unit, double length, Potential const& potential = pairs) {
    auto const matrix = supercell_matrix(unit, find_space_group(unit), length);
    return Harmonic{force_constants(test::world(), potential, unit, matrix, 1e-3)};
}

Vec3 q_of(std::vector<SpecialPoint> const& path, std::string const& label) {
    for (auto const& p : path)
        if (p.label == label) return p.q;
    throw std::logic_error{"no point " + label};
}

}  // namespace

TEST_CASE("springs between nearest neighbours of fcc vibrate as the formula says", "[phonons]") {
    // Only nearest neighbours see each other, at the minimum of the pair energy: ω² by hand.
    LennardJones const springs{{0.5, 2.2, 2.9, 3.2}};
    double const r = 2.2 * std::pow(2.0, 1.0 / 6.0);
    auto const unit = generate::make_lattice(Lattice::fcc, {r * std::numbers::sqrt2, 1.0},
                                             generate::CellChoice::primitive, {26});
    double const k = 72.0 * 0.5 / (2.2 * 2.2 * std::pow(2.0, 1.0 / 3.0));  // φ″ at the minimum
    double const m = mass_of(26);
    auto const crystal = harmonic(unit, 10.0, springs);
    auto const path = usual_path(Lattice::fcc, unit);
    auto const x = crystal.modes(q_of(path, "X")).frequencies;
    CHECK_THAT(x[0], WithinRel(std::sqrt(4.0 * k / m), 1e-4));
    CHECK_THAT(x[1], WithinRel(std::sqrt(4.0 * k / m), 1e-4));
    CHECK_THAT(x[2], WithinRel(std::sqrt(8.0 * k / m), 1e-4));
    auto const l = crystal.modes(q_of(path, "L")).frequencies;
    CHECK_THAT(l[0], WithinRel(std::sqrt(2.0 * k / m), 1e-4));
    CHECK_THAT(l[2], WithinRel(std::sqrt(8.0 * k / m), 1e-4));
}

TEST_CASE("special points are where their names say", "[phonons]") {
    for (auto const lattice :
         {Lattice::bcc, Lattice::fcc, Lattice::sc, Lattice::hcp, Lattice::diamond}) {
        auto const unit = generate::make_lattice(lattice, {3.0, generate::ideal_ratio(lattice)},
                                                 generate::CellChoice::primitive, {26});
        auto const path = usual_path(lattice, unit);
        auto const group = find_space_group(unit);
        for (auto const& p : path) {
            // A point is special: more operations bring it back, modulo reciprocal vectors, than
            // a point nearby along a general direction.
            auto const star = [&](Vec3 const& q) {
                int kept = 0;
                for (auto const& op : group.operations) {
                    Vec3 const moved = op.rotation.transpose().cast<double>() * q - q;
                    if ((moved - Vec3{moved.array().round()}).norm() < 1e-9) ++kept;
                }
                return kept;
            };
            CHECK(star(p.q) >= 4);
            CHECK(star(p.q + Vec3(1e-3, 2.7e-3, 5.1e-3)) == 1);
        }
        auto const points = points_along(path, unit.cell, 0.1);
        CHECK(points.front().label == "Γ");
        for (std::size_t n = 1; n < points.size(); ++n)
            CHECK(points[n].along >= points[n - 1].along);
    }
    auto const tetragonal = generate::make_lattice(Lattice::L1_0, {3.6, 1.3},
                                                   generate::CellChoice::primitive, {26, 28});
    CHECK_THROWS_AS(usual_path(Lattice::L1_0, tetragonal), InputError);
}

TEST_CASE("the dynamical matrix has the symmetry of the crystal", "[phonons]") {
    auto const unit = crystal_at_rest(Lattice::hcp);
    auto const crystal = harmonic(unit, 9.0);
    Vec3 const q{0.13, 0.21, 0.37};
    auto const frequencies = crystal.modes(q).frequencies;
    for (auto const& op : find_space_group(unit).operations) {
        auto const turned = crystal.modes(op.rotation.transpose().cast<double>() * q).frequencies;
        for (std::size_t m = 0; m < frequencies.size(); ++m)
            CHECK_THAT(turned[m], WithinAbs(frequencies[m], 1e-9));
    }
    auto const back = crystal.modes(-q).frequencies;
    auto const far = crystal.modes(q + Vec3(1, -2, 3)).frequencies;
    for (std::size_t m = 0; m < frequencies.size(); ++m) {
        CHECK_THAT(back[m], WithinAbs(frequencies[m], 1e-9));
        CHECK_THAT(far[m], WithinAbs(frequencies[m], 1e-9));
    }
    auto const still = crystal.modes(Vec3::Zero()).frequencies;
    for (std::size_t m = 0; m < 3; ++m) CHECK(std::abs(still[m]) < 1e-4 * thz);
}

TEST_CASE("velocities are slopes of the frequencies", "[phonons]") {
    auto const unit = crystal_at_rest(Lattice::hcp);
    auto const crystal = harmonic(unit, 9.0);
    Vec3 const q{0.13, 0.21, 0.37};
    auto const modes = crystal.modes(q);
    auto const velocities = crystal.velocities(q, modes);
    // q_Cartesian = 2π rows⁻¹ q
    Mat3 const inverse = unit.cell.rows() / (2.0 * std::numbers::pi);
    for (std::size_t m = 0; m < velocities.size(); ++m)
        for (int a = 0; a < 3; ++a)
            test::check_derivative(
                [&](double x) {
                    Vec3 const step = inverse * (x * Vec3::Unit(a));
                    return 1e3 * crystal.modes(q + step).frequencies[m];
                },
                0.0, 1e3 * velocities[m](a), 2e-3);
}

TEST_CASE("long waves travel as the elastic constants say", "[phonons]") {
    double const volume = test::volume_at_rest(pairs, Lattice::fcc, 26, 7.0, 13.0);
    auto const unit = properties::perfect_lattice(Lattice::fcc, 26, volume);
    auto const crystal = harmonic(unit, 12.0);
    auto const elastic = properties::elastic_constants(pairs, unit, 0.002);
    double const density = mass_of(26) / volume;
    Vec3 const small = unit.cell.rows() * Vec3(1e-4, 0.0, 0.0);  // along [100]
    auto const modes = crystal.modes(small);
    auto const velocities = crystal.velocities(small, modes);
    CHECK_THAT(velocities[2].norm(), WithinRel(std::sqrt(elastic.c11() / density), 2e-3));
    CHECK_THAT(velocities[0].norm(), WithinRel(std::sqrt(elastic.c44() / density), 2e-3));
    CHECK_THAT(modes.frequencies[2] / (2.0 * std::numbers::pi * 1e-4),
               WithinRel(velocities[2].norm(), 1e-3));
}

TEST_CASE("a mesh covers the zone once", "[phonons]") {
    auto const lattice = GENERATE(Lattice::bcc, Lattice::fcc, Lattice::hcp);
    auto const unit = crystal_at_rest(lattice);
    auto const crystal = harmonic(unit, 8.0);
    auto const group = find_space_group(unit);
    auto const mesh = make_mesh(group, {6, 6, 6});
    CHECK(mesh.size() < 50);
    double sum = 0.0;
    for (double const w : mesh.weights) sum += w;
    CHECK_THAT(sum, WithinAbs(1.0, 1e-12));
    auto const frequencies = mesh_frequencies(crystal, mesh);
    for (int k = 0; k < 216; k += 7) {
        auto const here = crystal.modes(mesh.grid_point(k)).frequencies;
        for (int m = 0; m < crystal.branches(); ++m)
            CHECK_THAT(here[std::size_t(m)],
                       WithinAbs(frequencies(mesh.point_of[std::size_t(k)], m), 1e-7));
    }
    auto const spaced = mesh_divisions(unit.cell, 0.2);
    CHECK(spaced(0) == spaced(1));
}

TEST_CASE("the density of states has 3N vibrations and the right mean square", "[phonons]") {
    auto const unit = crystal_at_rest(Lattice::fcc);
    auto const crystal = harmonic(unit, 9.0);
    auto const group = find_space_group(unit);
    // Mean of ω² over the zone: the trace of Φ of an atom with itself, whatever the mesh.
    double const square = crystal.constants().block(0, 0).trace() / mass_of(26);
    double before = 1.0;
    for (int const n : {8, 16}) {
        auto const mesh = make_mesh(group, {n, n, n});
        auto const frequencies = mesh_frequencies(crystal, mesh);
        double const step = 1.001 * frequencies.maxCoeff() / 2000.0;
        std::vector<double> at;
        for (int p = 0; p <= 2000; ++p) at.push_back(p * step);
        auto const density = density_of_states(mesh, unit.cell, frequencies, at);
        double count = 0.0, second = 0.0;
        for (std::size_t p = 0; p < at.size(); ++p) {
            count += density[p] * step;
            second += density[p] * at[p] * at[p] * step;
        }
        CHECK_THAT(count, WithinRel(3.0, 2e-3));
        double const error = std::abs(second / square - 1.0);
        CHECK(error < 0.5 * before);
        before = error;
    }
    CHECK(before < 2e-3);
}

TEST_CASE("an unstable crystal has imaginary frequencies", "[phonons]") {
    // bcc of pairs falls to fcc along the Bain path.
    auto const unit = crystal_at_rest(Lattice::bcc);
    auto const crystal = harmonic(unit, 9.0);
    auto const n = q_of(usual_path(Lattice::bcc, unit), "N");
    CHECK(crystal.modes(n).frequencies.front() < 0.0);
}

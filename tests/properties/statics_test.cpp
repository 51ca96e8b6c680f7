#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "kamacite/properties/bain.hpp"
#include "kamacite/properties/elastic.hpp"
#include "kamacite/properties/equation_of_state.hpp"
#include "kamacite/properties/point_defects.hpp"
#include "kamacite/properties/surfaces.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::properties;

namespace {

LennardJones const pairs{{}};

std::vector<double> grid(double from, double to, int n) {
    std::vector<double> values;
    for (int k = 0; k < n; ++k) values.push_back(from + (to - from) * k / (n - 1.0));
    return values;
}

/// Volume per atom at which the pressure of the fcc crystal vanishes.
double volume_at_rest() {
    double low = 7.0, high = 13.0;
    for (int k = 0; k < 60; ++k) {
        double const v = (low + high) / 2.0;
        auto const p = volume_point(pairs, perfect_lattice(Lattice::fcc, 26, v)).pressure;
        (p > 0.0 ? low : high) = v;
    }
    return low;
}

double energy_of(Structure const& s) {
    return pairs.predict(s, find_neighbours(s, pairs.cutoff())).energy();
}

Structure cube(double volume) {
    double const a = std::cbrt(4.0 * volume);
    return generate::make_lattice(Lattice::fcc, {a, 1.0}, generate::CellChoice::conventional, {26});
}

}  // namespace

TEST_CASE("elastic constants are second derivatives of the energy", "[properties]") {
    auto const crystal = cube(volume_at_rest());
    auto const elastic = elastic_constants(pairs, crystal, 0.004);
    CHECK(elastic.stress.norm() < 1e-10);
    double const volume = crystal.cell.volume();
    // At zero stress (1/V) ∂²E/∂ε² is C: by energies alone, at two steps.
    for (double const d : {2e-3, 1e-3}) {
        auto const curvature = [&](Mat3 const& direction) {
            return (energy_of(strained(crystal, d * direction)) +
                    energy_of(strained(crystal, -d * direction)) - 2.0 * energy_of(crystal)) /
                   (d * d * volume);
        };
        Mat3 axial = Mat3::Zero(), volumetric = Mat3::Identity(), shear = Mat3::Zero();
        axial(0, 0) = 1.0;
        shear(1, 2) = shear(2, 1) = 0.5;
        double const tolerance = 200.0 * d * d;
        CHECK_THAT(elastic.c11(), WithinRel(curvature(axial), tolerance));
        CHECK_THAT(elastic.c44(), WithinRel(curvature(shear), tolerance));
        CHECK_THAT(3.0 * elastic.c11() + 6.0 * elastic.c12(),
                   WithinRel(curvature(volumetric), tolerance));
    }
    // Cauchy's relation: central forces, every atom a centre of inversion, no stress.
    CHECK_THAT(elastic.c12(), WithinRel(elastic.c44(), 1e-6));
    CHECK(elastic.stable());
    CHECK((elastic.c - elastic.c.transpose()).norm() < 1e-7);
    CHECK(std::abs(elastic.c(0, 3)) < 1e-9);
    CHECK(elastic.error.maxCoeff() < 1e-3 * elastic.c11());
    // The bulk modulus is that of the equation of state.
    auto const curve = energy_volume_curve(pairs, Lattice::fcc, 26,
                                           grid(0.98 * volume / 4.0, 1.02 * volume / 4.0, 13));
    CHECK_THAT((elastic.c11() + 2.0 * elastic.c12()) / 3.0,
               WithinRel(fit_near_minimum(curve).bulk.value, 2e-3));
}

TEST_CASE("atoms are relaxed in a strained cell where symmetry does not hold them",
          "[properties]") {
    // hcp has two atoms that shift against each other under a shear of the basal plane. The
    // constants of the relaxed crystal are lower than those at fixed fractional coordinates.
    double const volume = volume_at_rest();
    auto const crystal = perfect_lattice(Lattice::hcp, 26, volume);
    dynamics::RelaxOptions tight;
    tight.force_tolerance = 1e-7;
    auto const relaxed = elastic_constants(pairs, crystal, 0.002, tight);
    auto loose = tight;
    loose.force_tolerance = 1e3;  // nothing moves
    auto const clamped = elastic_constants(pairs, crystal, 0.002, loose);
    CHECK(relaxed.c(5, 5) < clamped.c(5, 5) - 1e-3);
    // Isotropy of the basal plane: C66 = (C11 − C12)/2, for the relaxed ones too.
    CHECK_THAT(relaxed.c(5, 5),
               WithinAbs((relaxed.c(0, 0) - relaxed.c(0, 1)) / 2.0, 1e-3 * relaxed.c(0, 0)));
}

TEST_CASE("bcc of pairs is unstable, and says so", "[properties]") {
    auto const s = perfect_lattice(Lattice::bcc, 26, volume_at_rest());
    CHECK_FALSE(elastic_constants(pairs, s, 0.004).stable());
}

TEST_CASE("the Bain path goes from bcc to fcc", "[properties]") {
    double const volume = volume_at_rest();
    std::vector<double> const ratios{1.0, 1.2, std::sqrt(2.0)};
    auto const path = bain_path(pairs, 26, ratios, volume);
    auto const at = [&](Lattice lattice, double v) {
        return volume_point(pairs, perfect_lattice(lattice, 26, v)).energy;
    };
    CHECK_THAT(path[0].energy, WithinAbs(at(Lattice::bcc, volume), 1e-10));
    CHECK_THAT(path[2].energy, WithinAbs(at(Lattice::fcc, volume), 1e-10));
    auto const relaxed = relaxed_bain_path(pairs, 26, ratios, 1.03 * volume);
    for (std::size_t k = 0; k < ratios.size(); ++k)
        CHECK(relaxed[k].energy <= path[k].energy + 1e-8);
    CHECK_THAT(relaxed[2].volume, WithinRel(volume, 1e-4));
    CHECK_THAT(relaxed[2].energy, WithinAbs(path[2].energy, 1e-8));
    CHECK_THROWS_AS(relaxed_bain_path(pairs, 26, ratios, 2.0 * volume), NumericalError);
}

TEST_CASE("an unrelaxed vacancy of pairs costs the cohesive energy", "[properties]") {
    // Taking out an atom breaks bonds of twice the energy per atom; putting it back on the crystal
    // gains it once.
    double const volume = volume_at_rest();
    double const a = std::cbrt(4.0 * volume);
    double const cohesive = -energy_of(cube(volume)) / 4.0;
    auto const small = defect_energy(pairs, Lattice::fcc, 26, a, "vacancy", 3);
    CHECK_THAT(small.unrelaxed, WithinAbs(cohesive, 1e-9));
    CHECK(small.formation < small.unrelaxed);
    CHECK(small.formation > 0.9 * small.unrelaxed);
    CHECK(small.atoms == 108);
    auto const interstitial = defect_energy(pairs, Lattice::fcc, 26, a, "dumbbell_100", 3);
    CHECK(interstitial.formation > small.formation);
    CHECK(interstitial.formation < interstitial.unrelaxed);
    CHECK(interstitial.pressure > 0.0);
    CHECK_THROWS_AS(defect_energy(pairs, Lattice::hcp, 26, a, "vacancy", 2), InputError);
}

TEST_CASE("surface energies count the bonds that are cut", "[properties]") {
    double const volume = volume_at_rest();
    double const a = std::cbrt(4.0 * volume);
    auto const of = [&](char const* plane, int layers) {
        return surface_energy(pairs, Lattice::fcc, 26, a, plane, layers);
    };
    auto const dense = of("111", 12), open = of("100", 12);
    CHECK(dense.energy < open.energy);
    CHECK(dense.energy < dense.unrelaxed);
    CHECK(dense.energy > 0.9 * dense.unrelaxed);
    // Thick enough: four more planes change nothing.
    CHECK_THAT(of("100", 16).energy, WithinRel(open.energy, 1e-5));
    // Unrelaxed, by cutting every pair across a (100) plane of the endless crystal.
    auto const block = cube(volume);
    auto const neighbours = find_neighbours(block, pairs.cutoff());
    double cut = 0.0;
    auto const list = neighbours.of(0);
    for (int k = 0; k < list.size(); ++k) {
        double const height = list.vector(k).x();  // pairs that reach over `height` are cut
        if (height > 0.0)                          // by as many planes as lie between, a/2 apart
            cut -=
                pairs.pair(list.distance[static_cast<std::size_t>(k)]).energy * height / (a / 2.0);
    }
    // per atom of a plane, two atoms on a² and two surfaces
    CHECK_THAT(open.unrelaxed, WithinRel(cut * 2.0 / (2.0 * a * a), 1e-9));
}

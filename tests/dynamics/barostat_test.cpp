// Distributions of volume and pressure that barostats make, and targets that move.
#include "kamacite/core/units.hpp"
#include "kamacite/dynamics/averages.hpp"
#include "kamacite/dynamics/trajectory.hpp"
#include "kamacite/generate/lattice.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "support/blocks.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
using dynamics::CellFreedom;
using dynamics::Ensemble;

namespace {

constexpr double kelvin = 600.0;
constexpr double kT = units::k_boltzmann * kelvin;
constexpr double dt = 3.0;

dynamics::Trajectory started(Potential const& potential, Ensemble const& ensemble) {
    auto const cell = generate::make_lattice(generate::Lattice::fcc, {3.4, 1.0},
                                             generate::CellChoice::conventional, {26});
    auto const s = supercell(cell, {2, 2, 2});
    auto atoms = test::block_of(test::world(), s);
    atoms.velocities = dynamics::thermal_velocities(atoms.species, atoms.ids, 2.0 * kelvin, 5);
    domain::Domain domain{test::world(), s.cell, std::move(atoms), potential.cutoff(), 0.5};
    dynamics::Trajectory t{test::world(), potential, std::move(domain), dt, ensemble};
    t.stop_drift();
    return t;
}

Ensemble ensemble_of(int kind, double pressure) {
    auto const freedom = kind % 2 == 0 ? CellFreedom::isotropic : CellFreedom::full;
    dynamics::CellRescaling const rescaling{pressure, 100.0, 1.5, freedom, 4};
    dynamics::MartynaTobiasKlein const inertia{pressure, 300.0, freedom, 3};
    dynamics::NoseHoover const chain{kelvin, 40.0, 3};
    switch (kind / 2) {
        case 0:
            return {dynamics::Langevin{kelvin, 0.02, 3}, rescaling};
        case 1:
            return {dynamics::Rescaling{kelvin, 50.0, 3}, rescaling};
        default:
            return {chain, inertia};
    }
}

}  // namespace

// With a density w(V) ~ V^a exp(-P_0 V/k_B T) Z(V) of volumes and k_B T d ln Z/dV = <P>_V + c k_B
// T/V (c = 1 where the momentum of all atoms is held at zero, else 0; a is of the measure of the
// cell), integrals of dw/dV and d(V w)/dV over all volumes are zero, so that
//
//     <P> = P_0 - (a + c) k_B T <1/V>,   cov(V, P) = -k_B T (1 + a + c) + (a + c) k_B T <V><1/V>
//
// and cov(V, P) = -k_B T up to (a + c) var(V)/V², a thousandth here. P is that of atoms and their
// motion. Without noise of the right size, or with another force on the cell, the covariance is
// another; with a cell that stands still it is zero.
TEST_CASE("volume and pressure have the distribution of constant pressure", "[dynamics]") {
    auto const kind = GENERATE(0, 1, 2, 3, 4, 5);
    CAPTURE(kind);
    LennardJones const potential{{0.5, 2.2, 3.6, 4.4}};
    constexpr double aim = 0.02;  // [eV/Å³]
    auto t = started(potential, ensemble_of(kind, aim));
    constexpr int wait = 600, steps = 12000;
    std::vector<double> volumes, pressures, products;
    for (int step = 0; step < wait + steps; ++step) {
        t.advance();
        if (step < wait) continue;
        volumes.push_back(t.domain().cell().volume());
        pressures.push_back(t.thermo().pressure());
    }
    auto const V = dynamics::average_of(volumes), P = dynamics::average_of(pressures);
    for (std::size_t i = 0; i < volumes.size(); ++i)
        products.push_back((volumes[i] - V.mean) * (pressures[i] - P.mean) / kT);
    auto const covariance = dynamics::average_of(products);
    CAPTURE(V.mean, V.error, P.mean, P.error, covariance.mean, covariance.error);
    CHECK(P.error < 0.004);
    CHECK_THAT(P.mean, WithinAbs(aim, 4.0 * P.error + 3.0 * kT / V.mean));
    CHECK(covariance.error < 0.2);
    CHECK_THAT(covariance.mean, WithinAbs(-1.0, 4.0 * covariance.error));
}

TEST_CASE("the pressure follows a target that moves", "[dynamics]") {
    auto const kind = GENERATE(2, 5);
    CAPTURE(kind);
    LennardJones const potential{{0.5, 2.2, 3.6, 4.4}};
    auto ensemble = ensemble_of(kind, 0.0);
    ensemble.final_pressure = 0.1;
    ensemble.ramp_steps = 6000;
    auto t = started(potential, ensemble);
    std::vector<double> late, away;
    for (int step = 0; step < 6000; ++step) {
        t.advance();
        double const now = t.thermo().pressure();
        if (step >= 500) away.push_back(now - 0.1 * step / 6000.0);
        if (step >= 5000) late.push_back(now);
    }
    auto const all = dynamics::average_of(away), end = dynamics::average_of(late);
    CAPTURE(all.mean, all.error, end.mean, end.error);
    CHECK(all.error < 0.004);
    CHECK_THAT(all.mean, WithinAbs(0.0, 4.0 * all.error + 0.001));
    CHECK_THAT(end.mean, WithinAbs(0.0917, 4.0 * end.error + 0.001));  // from 0.0833 to 0.1
    CHECK(end.error < 0.01);
}

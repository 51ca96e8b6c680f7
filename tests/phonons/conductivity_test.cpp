#include "kamacite/phonons/conductivity.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "phonons/argon.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::phonons;

namespace {

std::vector<Conductivity> conductivity_of(test::Anharmonic const& crystal, int divisions,
                                          std::vector<double> const& temperatures,
                                          double width = 0.0) {
    ConductivitySettings settings;
    settings.broadening.width = width;
    return conductivity(test::world(), crystal.harmonic, crystal.third, crystal.group,
                        make_mesh(crystal.group, Vec3i::Constant(divisions)), temperatures,
                        settings);
}

double anisotropy(Mat3 const& kappa) {
    return (kappa - kappa(0, 0) * Mat3::Identity()).norm() / kappa.norm();
}

}  // namespace

TEST_CASE("the conductivity of a cubic crystal is isotropic in any of its cells", "[phonons]") {
    auto const unit = test::argon_cell();
    Mat3 turn;
    turn = Eigen::AngleAxisd{0.7, Vec3(1.0, 2.0, -0.5).normalized()}.toRotationMatrix();
    Mat3 other;  // vectors of another primitive cell of the same lattice
    other << 1, 1, 0, 0, 1, 0, 0, -1, 1;
    auto const cell_of = [&](Mat3 const& rows) {
        return Structure{Cell{rows}, {18}, {Vec3::Zero()}};
    };
    auto const pairs = test::argon_pairs();
    auto const at = [&](Mat3 const& rows) {
        return test::anharmonic(pairs, cell_of(rows), 21.0, 5.6, 1e-3);
    };
    auto const crystals =
        std::array{at(unit.cell.rows()), at(unit.cell.rows() * turn), at(other * unit.cell.rows())};
    for (double const width : {0.0, 0.15 * thz}) {
        std::vector<Mat3> alone, whole;
        for (auto const& crystal : crystals) {
            auto const found = conductivity_of(crystal, 6, {40.0}, width);
            alone.push_back(found[0].relaxation_time);
            whole.push_back(found[0].iterative);
            CHECK(anisotropy(alone.back()) < 1e-8);
            CHECK(anisotropy(whole.back()) < 1e-8);
        }
        CHECK((alone[1] - alone[0]).norm() < 1e-6 * alone[0].norm());
        CHECK((whole[1] - whole[0]).norm() < 1e-6 * whole[0].norm());
        // Another cell has other tetrahedra; a Gaussian does not see it, nor do the displacements
        // but for their length.
        double const most = width > 0.0 ? 1e-5 : 0.1;
        CHECK((alone[2] - alone[0]).norm() < most * alone[0].norm());
        CHECK((whole[2] - whole[0]).norm() < most * whole[0].norm());
    }
}

TEST_CASE("the conductivity of hot argon falls as 1/T, and the whole equation gives more",
          "[phonons]") {
    auto const crystal = test::argon();
    auto const found = conductivity_of(crystal, 8, {20.0, 500.0, 1000.0});
    for (auto const& c : found) {
        CAPTURE(c.temperature, c.relaxation_time(0, 0) / watt_per_metre_kelvin,
                c.iterative(0, 0) / watt_per_metre_kelvin, c.iterations);
        CHECK(c.residual < 1e-6);
        CHECK(c.iterative(0, 0) > c.relaxation_time(0, 0));
        CHECK(c.iterative(0, 0) < 2.0 * c.relaxation_time(0, 0));
        CHECK_THAT(c.contributions.sum(), WithinRel(c.relaxation_time(0, 0), 1e-9));
    }
    CHECK_THAT(found[1].iterative(0, 0) * 500.0,
               WithinRel(found[2].iterative(0, 0) * 1000.0, 0.01));
}

TEST_CASE("isotopes take from the conductivity", "[phonons]") {
    auto const crystal = test::argon();
    auto const mesh = make_mesh(crystal.group, {6, 6, 6});
    std::vector<double> const temperatures{20.0};
    double before = 1e300, resistance = 0.0;
    for (double const g : {0.0, 1e-3, 2e-3}) {
        ConductivitySettings settings;
        if (g > 0.0) settings.isotopes = {g};
        auto const c = conductivity(test::world(), crystal.harmonic, crystal.third, crystal.group,
                                    mesh, temperatures, settings)[0];
        CHECK(c.iterative(0, 0) < before);
        before = c.iterative(0, 0);
        // Rates add: what isotopes add is proportional to g.
        double const rate = c.rates(mesh.size() - 1, 0);
        if (g == 0.0) resistance = rate;
        if (g == 1e-3) resistance = rate - resistance;
        if (g == 2e-3) CHECK(rate > 2.0 * resistance);
    }
}

TEST_CASE("conductivity does not depend on the number of ranks", "[phonons]") {
    auto const crystal = test::argon();
    auto const mesh = make_mesh(crystal.group, {4, 4, 4});
    std::vector<double> const temperatures{30.0};
    ConductivitySettings settings;
    settings.isotopes = {1e-3};
    auto const mine = test::world().split(test::world().rank(), 0);
    auto const run = [&](mpi::Communicator const& comm) {
        return conductivity(comm, crystal.harmonic, crystal.third, crystal.group, mesh,
                            temperatures, settings)[0];
    };
    auto const alone = run(mine), shared = run(test::world());
    CHECK((alone.iterative - shared.iterative).norm() < 1e-9 * alone.iterative.norm());
    CHECK((alone.rates - shared.rates).norm() < 1e-10 * alone.rates.norm());
}

TEST_CASE("a crystal that is unstable has no conductivity", "[phonons]") {
    auto const crystal =
        test::anharmonic(test::argon_pairs(), test::argon_cell(6.4), 21.0, 5.0, 0.02);
    CHECK_THROWS_AS(conductivity_of(crystal, 4, {30.0}), NumericalError);
}

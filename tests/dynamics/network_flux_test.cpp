// The heat flux of the networks that come with kamacite.
#include "dynamics/energy_moment.hpp"
#include "kamacite/model/mean_potential.hpp"
#include "kamacite/model/model_file.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;

TEST_CASE("the heat flux of a committee of networks", "[dynamics]") {
    auto const path = std::filesystem::path{KAMACITE_SOURCE_DIR} / "inputs/models/iron/model.h5";
    auto const models = load_models(path, test::world());
    std::vector<Potential const*> members;
    for (auto const& m : models.members) members.push_back(&m);
    MeanPotential const potential{members};
    auto cluster = test::rattled_bcc(3, 5, 0.1);  // 54 atoms in empty space
    cluster.cell = Cell::around(cluster.positions);
    constexpr double duration = 5.0;
    auto const compared = [&](double dt, auto const& flux) {
        return test::compare(potential, cluster, dt, duration, flux);
    };
    auto const total = [](test::Trajectory const& t) { return test::flux_of(t).total(); };
    auto const coarse = compared(0.5, total), fine = compared(0.25, total);
    CAPTURE(members.size(), coarse.error, fine.error, fine.scale);
    CHECK(fine.scale > 1e-2);
    CHECK(fine.error < 1e-3 * fine.scale);
    CHECK_THAT(coarse.error / fine.error, WithinAbs(4.0, 0.3));  // of the differences, as dt²
    // what other formulas give is far from it: one part alone, virials the other way round
    auto const convective =
        compared(0.5, [](auto const& t) -> Vec3 { return test::flux_of(t).convective; });
    auto const virial =
        compared(0.5, [](auto const& t) -> Vec3 { return test::flux_of(t).virial; });
    auto const transposed = compared(0.5, [](test::Trajectory const& t) -> Vec3 {
        auto p = t.now;
        for (auto& w : p.virials) w = Mat3(w.transpose());
        return dynamics::heat_flux(p, t.velocities, t.masses).total();
    });
    CAPTURE(convective.error, virial.error, transposed.error);
    CHECK(convective.error > 0.05 * fine.scale);
    CHECK(virial.error > 0.05 * fine.scale);
    CHECK(transposed.error > 20.0 * coarse.error);
}

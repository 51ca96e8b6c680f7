#include "kamacite/inference/large.hpp"

#include <fmt/format.h>

#include <numeric>

#include "io/temporary.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/domain/by_number.hpp"
#include "kamacite/inference/grid_map.hpp"
#include "kamacite/structure/repeated.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;

namespace {

Model member(std::uint64_t seed) {
    std::vector<RadialFunction> radial;
    for (double const eta : {0.1, 0.5, 1.5})
        radial.push_back({26, 26, eta, 0.0, {CutoffForm::poly3, 4.5, 0.0}});
    Descriptors descriptors{{26}, {.radial = radial}};
    auto const scaling = Scaling::none(1, descriptors.width());
    Head energy, moment{Head::Kind::moment};
    energy.hidden = moment.hidden = {5};
    return Model{std::move(descriptors), scaling, {energy, moment}, seed};
}

}  // namespace

TEST_CASE("a committee says of a structure over ranks what it says on one", "[inference]") {
    auto const& world = test::world();
    int const members = GENERATE(1, 4);
    CAPTURE(members);
    std::vector<Model> models;
    for (int m = 0; m < members; ++m) models.push_back(member(static_cast<std::uint64_t>(m + 1)));
    Committee committee{models};
    committee.set_calibration({1.5, 2.5});
    auto const unit = test::rattled_bcc(1, 2);
    std::array<int, 3> const n{4, 3, 5};
    auto const whole = supercell(unit, n);
    auto const serial = committee.predict(whole, find_neighbours(whole, committee.cutoff()));

    auto const block = mpi::block_of(world.rank(), world.size(), whole.size());
    domain::Domain const domain{world, whole.cell, domain::supercell_atoms(unit, n, block),
                                committee.cutoff(), 0.0};
    std::vector<Potential const*> asked;
    for (auto const& m : committee.members()) asked.push_back(&m);
    auto const answer = inference::answer_of(world, domain, asked, committee.calibration());

    CHECK_THAT(answer.total.energy, WithinRel(serial.mean.energy(), 1e-11));
    CHECK((answer.total.virial - serial.mean.virial()).norm() < 1e-9);
    CHECK(answer.energy_std.has_value() == (members > 1));
    REQUIRE(serial.spread.has_value() == (members > 1));
    domain::ByNumber const to_file{world, domain.atoms().ids, whole.size()};
    std::vector<double> forces;
    for (auto const& f : answer.mean.forces) forces.insert(forces.end(), f.data(), f.data() + 3);
    auto const rows = to_file.rows<double>(forces, 3);
    auto const moments = to_file.rows<double>(answer.mean.moments, 1);
    REQUIRE(static_cast<long long>(moments.size()) == block.size());
    std::vector<double> spread;
    if (members > 1) {
        CHECK_THAT(*answer.energy_std, WithinRel(serial.spread->energy, 1e-9));
        spread = to_file.rows<double>(answer.force_std, 1);
    }
    double worst = 0.0;
    for (std::size_t k = 0; k < moments.size(); ++k) {
        auto const i = static_cast<std::size_t>(block.begin) + k;
        worst = std::max(
            {worst, std::abs(moments[k] - serial.mean.moments[i]),
             (Vec3(rows[3 * k], rows[3 * k + 1], rows[3 * k + 2]) - serial.mean.forces[i]).norm()});
        if (members > 1) worst = std::max(worst, std::abs(spread[k] - serial.spread->forces[i]));
    }
    CHECK(worst < 1e-10);
}

TEST_CASE("a prediction that is kept after any part goes on to the same bits", "[inference]") {
    auto const& world = test::world();
    int const members = GENERATE(1, 3);
    CAPTURE(members);
    std::vector<Model> models;
    for (int m = 0; m < members; ++m) models.push_back(member(static_cast<std::uint64_t>(m + 1)));
    std::vector<Potential const*> asked;
    for (auto const& m : models) asked.push_back(&m);
    auto const unit = test::rattled_bcc(1, 2);
    std::array<int, 3> const n{24, 21, 20};  // 20,160 atoms
    auto const whole = repeated(unit.cell, n);
    domain::Domain const domain{
        world,
        whole,
        domain::supercell_atoms(unit, n, mpi::block_of(world.rank(), world.size(), 20160)),
        asked.front()->cutoff(),
        0.0,
        domain::Lists::as_needed};
    auto const wanted = inference::answer_of(world, domain, asked, {1.5, 2.5});
    test::TemporaryDirectory const tmp{"large"};
    int kept = 0;
    for (bool done = false; !done; ++kept) {
        auto const file = tmp / fmt::format("{}.h5", kept);
        inference::LargePrediction first{world, domain, asked, {1.5, 2.5}};
        for (int part = 0; part < kept; ++part) first.advance();
        done = first.done();
        auto out = io::File::create(file, world);
        first.save(out);
        out.commit();
        inference::LargePrediction second{world, domain, asked, {1.5, 2.5}};
        CHECK(second.restore(io::File::open(file, world)));
        CHECK(second.share() == first.share());
        while (!second.done()) second.advance();
        auto const answer = second.answer();
        CHECK(answer.total.energy == wanted.total.energy);
        CHECK(answer.total.virial == wanted.total.virial);
        CHECK(answer.mean.energies == wanted.mean.energies);
        CHECK(answer.mean.forces == wanted.mean.forces);
        CHECK(answer.mean.virials == wanted.mean.virials);
        CHECK(answer.mean.moments == wanted.mean.moments);
        CHECK(answer.force_std == wanted.force_std);
        CHECK(answer.energy_std == wanted.energy_std);
    }
    CHECK(kept > members);
    // of other atoms
    domain::Domain const other{
        world, repeated(unit.cell, {2, 2, 2}),
        domain::supercell_atoms(unit, {2, 2, 2}, mpi::block_of(world.rank(), world.size(), 16)),
        asked.front()->cutoff(), 0.0};
    inference::LargePrediction wrong{world, other, asked, {1.5, 2.5}};
    CHECK_THROWS_AS(wrong.restore(io::File::open(tmp / fmt::format("{}.h5", kept - 1), world)),
                    DataError);
}

TEST_CASE("a map has the averages of the parts of a cell", "[inference]") {
    auto const& world = test::world();
    std::vector<Model> models;
    for (int m = 0; m < 2; ++m) models.push_back(member(static_cast<std::uint64_t>(m + 1)));
    Committee const committee{models};
    auto const unit = test::rattled_bcc(1, 2);
    std::array<int, 3> const n{4, 3, 5}, parts{2, 1, 3};
    auto const whole = supercell(unit, n);
    auto const serial = committee.predict(whole, find_neighbours(whole, committee.cutoff())).mean;
    domain::Domain const domain{
        world, whole.cell,
        domain::supercell_atoms(unit, n, mpi::block_of(world.rank(), world.size(), whole.size())),
        committee.cutoff(), 0.0};
    std::vector<Potential const*> asked;
    for (auto const& m : committee.members()) asked.push_back(&m);
    auto const answer = inference::answer_of(world, domain, asked, committee.calibration());
    auto const map = inference::grid_map_of(world, domain, answer, parts);

    REQUIRE(map.atoms.size() == 6);
    double const volume = whole.cell.volume() / 6.0;
    for (std::size_t p = 0; p < 6; ++p) {
        double atoms = 0.0, energy = 0.0, force = 0.0, moment = 0.0;
        Mat3 virial = Mat3::Zero();
        for (std::size_t i = 0; i < whole.positions.size(); ++i) {
            Vec3 f = whole.cell.to_fractional(whole.positions[i]);
            f.array() -= f.array().floor();
            auto const part =
                static_cast<std::size_t>(f.x() * 2.0) * 3 + static_cast<std::size_t>(f.z() * 3.0);
            if (part != p) continue;
            atoms += 1.0;
            energy += serial.energies[i];
            force += serial.forces[i].squaredNorm();
            moment += serial.moments[i];
            virial += serial.virials[i];
        }
        CHECK(map.atoms[p] == atoms);
        CHECK_THAT(map.energy[p], WithinRel(energy / atoms, 1e-10));
        CHECK_THAT(map.force[p], WithinRel(std::sqrt(force / atoms), 1e-9));
        CHECK_THAT(map.moment[p], WithinRel(moment / atoms, 1e-10));
        CHECK((map.stress[p] + virial / volume).norm() < 1e-10);
        CHECK(map.force_std[p] > 0.0);
    }
    auto const none = inference::grid_map_of(world, domain, answer, {50, 50, 50});
    CHECK_THAT(std::accumulate(none.atoms.begin(), none.atoms.end(), 0.0),
               WithinAbs(static_cast<double>(whole.size()), 0.0));
    CHECK(std::ranges::any_of(none.energy, [](double e) { return std::isnan(e); }));
}

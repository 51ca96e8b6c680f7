#include "kamacite/inference/large.hpp"

#include "kamacite/domain/by_number.hpp"
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

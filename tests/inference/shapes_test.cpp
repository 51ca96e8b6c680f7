#include <algorithm>
#include <cmath>

#include "kamacite/inference/large.hpp"
#include "model/random_model.hpp"
#include "support/blocks.hpp"
#include "support/catch.hpp"
#include "support/shapes.hpp"
#include "support/world.hpp"

using namespace kamacite;

TEST_CASE("networks with angular functions say of any shape over ranks what they say on one",
          "[inference]") {
    auto const& world = test::world();
    std::string const kind = GENERATE(as<std::string>{}, "bulk", "tiny", "one atom", "cluster",
                                      "slab", "skewed", "void");
    double const skin = GENERATE(0.0, 0.4);
    CAPTURE(kind, skin);
    auto const whole = test::structure_of(kind);
    auto const model = test::random_atom_model({26}, 3);
    auto const serial = model.predict(whole, find_neighbours(whole, model.cutoff()));
    domain::Domain const domain{world, whole.cell, test::block_of(world, whole), model.cutoff(),
                                skin};
    std::vector<Potential const*> const asked{&model};
    auto const answer = inference::answer_of(world, domain, asked, Calibration{});

    auto const& ids = domain.atoms().ids;
    double largest = 1.0, worst = 0.0;
    for (std::size_t k = 0; k < ids.size(); ++k) {
        auto const i = static_cast<std::size_t>(ids[k]);
        largest =
            std::max({largest, std::abs(serial.energies[i]), serial.forces[i].cwiseAbs().maxCoeff(),
                      serial.virials[i].cwiseAbs().maxCoeff()});
        worst = std::max({worst, std::abs(answer.mean.energies[k] - serial.energies[i]),
                          (answer.mean.forces[k] - serial.forces[i]).cwiseAbs().maxCoeff(),
                          (answer.mean.virials[k] - serial.virials[i]).cwiseAbs().maxCoeff(),
                          std::abs(answer.mean.moments[k] - serial.moments[i])});
    }
    CHECK(worst < 1e-10 * largest);
    CHECK(answer.total.atoms == whole.size());
    CHECK_THAT(answer.total.energy, WithinRel(serial.energy(), 1e-10));
    auto const virial = serial.virial();
    CHECK((answer.total.virial - virial).cwiseAbs().maxCoeff() <
          1e-10 * std::max(1.0, virial.cwiseAbs().maxCoeff()) * whole.size());
}

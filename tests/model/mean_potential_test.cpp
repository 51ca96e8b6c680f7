#include "kamacite/model/mean_potential.hpp"

#include "kamacite/potential/lennard_jones.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;

TEST_CASE("the mean of potentials is that of all that they say", "[model]") {
    LennardJones const a{{}}, b{{1.5, 2.3, 4.0, 5.0}};
    MeanPotential const mean{{&a, &b}};
    CHECK(mean.cutoff() == a.cutoff());
    auto const s = test::rattled_bcc(3, 1);
    auto const neighbours = find_neighbours(s, mean.cutoff());
    auto const of_a = a.predict(s, neighbours), of_b = b.predict(s, neighbours);
    auto const p = mean.predict(s, neighbours);
    for (std::size_t i = 0; i < p.energies.size(); ++i) {
        CHECK_THAT(p.energies[i], WithinAbs((of_a.energies[i] + of_b.energies[i]) / 2, 1e-12));
        CHECK((p.forces[i] - (of_a.forces[i] + of_b.forces[i]) / 2).norm() < 1e-12);
        CHECK((p.virials[i] - (of_a.virials[i] + of_b.virials[i]) / 2).norm() < 1e-12);
    }
    MeanPotential const alone{{&b}};
    CHECK(alone.predict(s, neighbours).energies == of_b.energies);
}

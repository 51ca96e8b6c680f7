#include "kamacite/descriptors/descriptors.hpp"
#include "kamacite/simd/instruction_set.hpp"
#include "random_sets.hpp"
#include "support/catch.hpp"

using namespace kamacite;

namespace {

/// All three operations, end to end.
struct Results {
    Matrix g, rate;
    Descriptors::Pulled pulled;
};

Results compute(Descriptors const& d, Structure const& s) {
    auto const list = find_neighbours(s, d.cutoff());
    test::Uniform uniform{1};
    std::vector<Vec3> motion;
    for (int i = 0; i < s.size(); ++i) motion.push_back(uniform.vector(1.0));
    std::vector<Mat3> const strains(motion.size(), uniform.matrix(0.1));
    Matrix const c = Matrix::Constant(s.size(), d.width(), 0.7);
    return {d.evaluate(list, s.species), d.tangent(list, s.species, motion, strains),
            d.pull_back(list, s.species, c)};
}

}  // namespace

TEST_CASE("every instruction set gives the same descriptors to rounding",
          "[descriptors][targets]") {
    auto const d = test::random_set({26, 6},
                                    {.cutoffs = {CutoffForm::poly3, CutoffForm::cosine,
                                                 CutoffForm::tanh3, CutoffForm::exponential}},
                                    5);
    auto const s = test::random_alloy(9, {26, 6}, 5);
    auto const expected = compute(d, s);
    for (auto const& name : instruction_sets()) {
        CAPTURE(name);
        UseInstructionSet const only{name};
        auto const r = compute(d, s);
        CHECK((r.g - expected.g).norm() < 1e-12 * expected.g.norm());
        CHECK((r.rate - expected.rate).norm() < 1e-12 * expected.rate.norm());
        for (std::size_t i = 0; i < r.pulled.forces.size(); ++i) {
            CHECK((r.pulled.forces[i] - expected.pulled.forces[i]).norm() < 1e-11);
            CHECK((r.pulled.virials[i] - expected.pulled.virials[i]).norm() < 1e-11);
        }
    }
}

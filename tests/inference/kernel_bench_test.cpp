#include "kamacite/inference/kernel_bench.hpp"

#include "kamacite/core/error.hpp"
#include "kamacite/descriptors/recipe.hpp"
#include "kamacite/inference/machine.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::inference;

namespace {

Model model_of(Head::Kind kind, std::uint64_t seed = 3) {
    auto descriptors = standard_descriptors({26});
    auto scaling = Scaling::none(1, descriptors.width());
    scaling.inverse.setConstant(0.1);
    Head head;
    head.kind = kind;
    return Model{std::move(descriptors), std::move(scaling), {head}, seed};
}

}  // namespace

TEST_CASE("times of a kernel belong to the prediction that they time", "[kernel_bench]") {
    auto const& comm = test::world();
    auto const model = model_of(Head::Kind::energy);
    auto const s = test::rattled_bcc(2, 1);
    auto const times = time_kernel(comm, Committee{{model}}, s, 0.01);
    auto const list = find_neighbours(s, model.cutoff());
    auto const p = model.predict(s, list);
    CHECK(times.atoms == s.size());
    CHECK(times.energy == Approx(p.energy() / s.size()).epsilon(1e-13));
    CHECK((times.stress - p.stress(s.cell.volume())).cwiseAbs().maxCoeff() < 1e-12);
    CHECK(times.neighbours == Approx(static_cast<double>(list.entries()) / s.size()));
    CHECK(times.steps >= 5);
    CHECK(times.best > 0.0);
    CHECK(times.median >= times.best);
    CHECK(times.cpu_best > 0.0);
    CHECK(times.cpu >= times.cpu_best);
    CHECK(times.shares.sum() == Approx(1.0).epsilon(1e-12));
    CHECK(times.shares.descriptors > 0.0);
    CHECK(times.shares.gradients > 0.0);
    CHECK(times.network_flops == 4.0 * s.size() * static_cast<double>(model.parameters().size()));
    CHECK(times.descriptor_flops.evaluate ==
          count_flops(model.descriptors(), list, s.species, Precision::full).evaluate);
}

TEST_CASE("a step of a committee is a prediction of each member", "[kernel_bench]") {
    auto const& comm = test::world();
    auto const one = model_of(Head::Kind::energy, 3);
    auto const other = model_of(Head::Kind::energy, 4);
    auto const s = test::rattled_bcc(2, 1);
    auto const times = time_kernel(comm, Committee{{one, other}}, s, 0.01);
    auto const list = find_neighbours(s, one.cutoff());
    auto const a = one.predict(s, list);
    auto const b = other.predict(s, list);
    CHECK(times.energy == Approx(0.5 * (a.energy() + b.energy()) / s.size()).epsilon(1e-13));
    Mat3 const stress = 0.5 * (a.stress(s.cell.volume()) + b.stress(s.cell.volume()));
    CHECK((times.stress - stress).cwiseAbs().maxCoeff() < 1e-12);
    auto const alone = time_kernel(comm, Committee{{one}}, s, 0.0);
    CHECK(times.flops() == 2.0 * alone.flops());
    auto const errors = errors_of_mixed(Committee{{one, other}}, s);
    CHECK(errors.force_rms >= errors_of_mixed(Committee{{other}}, s).force_rms);
}

TEST_CASE("a model without forces is not timed", "[kernel_bench]") {
    CHECK_THROWS_AS(time_kernel(test::world(), Committee{{model_of(Head::Kind::moment)}},
                                test::rattled_bcc(1, 1), 0.01),
                    DataError);
}

TEST_CASE("mixed precision differs from double, a little", "[kernel_bench]") {
    auto const e =
        errors_of_mixed(Committee{{model_of(Head::Kind::energy)}}, test::rattled_bcc(2, 1));
    CHECK(e.force_size > 1e-3);
    CHECK(e.force_rms > 0.0);
    CHECK(e.force_largest >= e.force_rms);
    CHECK(e.force_rms < 1e-4 * e.force_size);
    CHECK(e.energy <= e.energy_atom);
}

TEST_CASE("growth of memory is seen", "[kernel_bench]") {
    MemoryGrowth const growth;
    if (!growth.largest()) {
        WARN("skipped: this system does not tell the memory of a process");
        return;
    }
    std::vector<char> const touched(std::size_t{32} << 20U, 'x');
    CHECK(touched[touched.size() / 2] == 'x');
    CHECK(*growth.largest() > 30e6);
    CHECK(*growth.largest() < 60e6);
}

TEST_CASE("a prediction takes at most 2 kB per atom beyond positions and neighbours",
          "[kernel_bench]") {
    auto const model = model_of(Head::Kind::energy);
    auto const s = test::rattled_bcc(14, 1);
    auto const times = time_kernel(test::world(), Committee{{model}}, s, 0.0);
    if (!times.memory) {
        WARN("skipped: this system does not tell the memory of a process");
        return;
    }
    CAPTURE(*times.memory);
    // energy, force and virial of an atom are 104 bytes at least
    CHECK(*times.memory > 100.0);
    CHECK(*times.memory < 2000.0);
}

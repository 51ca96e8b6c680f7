#include <cmath>
#include <cstdio>

#include "crystals.hpp"
#include "kamacite/magnetism/curie.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::magnetism;
using generate::Lattice;

TEST_CASE("spins of iron with four shells order at 925 K", "[magnetism]") {
    // 925 ± 10 K by an independent program, from the crossing of cubes of 10 and 16 cells.
    CurieOptions options;
    auto const curie = find_curie(
        test::world(), exchange_by_shells(test::crystal(Lattice::bcc, 10), test::iron_shells()),
        exchange_by_shells(test::crystal(Lattice::bcc, 16), test::iron_shells()), options);
    auto const& [t, u] = curie.crossing;
    if (test::world().is_root())
        std::printf("T_c = %.2f +- %.2f K, U4 = %.4f +- %.4f, mean field %.1f K\n", t.value,
                    t.error, u.value, u.error, curie.mean_field);
    CHECK_THAT(t.value, WithinAbs(925.0, 15.0));
    CHECK(t.error < 5.0);
    CHECK_THAT(u.value, WithinAbs(critical_binder, 0.01 + 3.0 * u.error));
    for (auto const& o : curie.large) CHECK(o.converged);
}

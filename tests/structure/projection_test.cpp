#include "kamacite/structure/projection.hpp"

#include <cmath>

#include "kamacite/core/random.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;

namespace {

Projection in_angstrom(Structure const& s) {
    return projected_positions(s, s.cell.rows().rowwise().norm());
}

}  // namespace

TEST_CASE("projections tell how far atoms are displaced", "[structure]") {
    double least = 1e9, most = 0.0;
    for (unsigned seed = 1; seed <= 300; ++seed) {
        RandomStream random{seed, "test", 0};
        auto s = test::rattled_bcc(1 + static_cast<int>(seed % 3), seed);
        if (seed % 4 == 0) s.cell = Cell{s.cell.rows(), {true, false, true}};
        auto t = s;
        double sum = 0.0;
        bool const one = seed % 2 == 0;  // one atom (not the first) or all the others
        for (std::size_t i = 1; i < t.positions.size(); ++i) {
            if (one && i != t.positions.size() / 2) continue;
            Vec3 const by = 1e-3 * random.normal3();
            t.positions[i] += by;
            sum += by.squaredNorm();
        }
        double const ratio = distance(in_angstrom(s), in_angstrom(t)) / std::sqrt(sum / s.size());
        least = std::min(least, ratio);
        most = std::max(most, ratio);
    }
    CAPTURE(least, most);
    CHECK(least > 0.3);
    CHECK(most < 2.5);
}

TEST_CASE("projections do not change when all atoms move, or one by a lattice vector",
          "[structure]") {
    auto const s = test::rattled_bcc(2, 4);
    auto t = s;
    for (auto& r : t.positions) r += Vec3(0.3, 0.4, -20.0);
    t.positions[5] += s.cell.to_cartesian(Vec3(1.0, -2.0, 0.0));
    CHECK(distance(in_angstrom(s), in_angstrom(t)) < 1e-12);
    Structure const open{Cell{s.cell.rows(), {true, false, true}}, s.species, s.positions};
    t = open;
    t.positions[5] += s.cell.to_cartesian(Vec3(1.0, 0.0, 0.0));
    CHECK(distance(in_angstrom(open), in_angstrom(t)) < 1e-12);
    t.positions[5] += s.cell.to_cartesian(Vec3(0.0, -2.0, 0.0));  // not periodic: another place
    CHECK(distance(in_angstrom(open), in_angstrom(t)) > 0.1);
    auto const strain = [](Structure const& x) {
        return projected_positions(strained(x, 0.1 * Mat3::Ones()), Vec3::Ones());
    };
    CHECK(distance(strain(s), projected_positions(s, Vec3::Ones())) < 1e-12);
}

TEST_CASE("the kind of a structure is that of its elements, their order and its periodicity",
          "[structure]") {
    auto const s = test::rattled_bcc(2, 4);
    CHECK(kind_of(strained(s, 0.1 * Mat3::Ones())) == kind_of(s));
    auto other = s;
    other.species[2] = 28;
    CHECK(kind_of(other) != kind_of(s));
    auto swapped = other;
    std::swap(swapped.species[2], swapped.species[3]);
    CHECK(kind_of(swapped) != kind_of(other));
    CHECK(kind_of({Cell{s.cell.rows(), {true, true, false}}, s.species, s.positions}) !=
          kind_of(s));
}

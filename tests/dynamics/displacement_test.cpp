#include "kamacite/dynamics/displacement.hpp"

#include <algorithm>
#include <cmath>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/domain/by_number.hpp"
#include "support/blocks.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::dynamics;

namespace {

Structure alloy() {
    auto s = test::rattled_bcc(3, 1);
    for (std::size_t i = 0; i < s.species.size(); i += 4) s.species[i] = 6;
    return s;
}

/// This rank's block of something that all have.
template <class T>
std::vector<T> mine(std::vector<T> const& all) {
    auto const block = mpi::block_of(test::world().rank(), test::world().size(),
                                     static_cast<long long>(all.size()));
    return {all.begin() + block.begin, all.begin() + block.end};
}

/// The mean squared displacement of some walkers: steps of variance 2 D each along x, y, z.
std::vector<double> walk(int walkers, int steps, double D, std::uint64_t seed) {
    std::vector<Vec3> u(static_cast<std::size_t>(walkers), Vec3::Zero());
    std::vector<RandomStream> random;
    for (int i = 0; i < walkers; ++i)
        random.emplace_back(seed, "walker", static_cast<std::uint64_t>(i));
    std::vector<double> msd;
    for (int t = 0; t < steps; ++t) {
        double sum = 0.0;
        for (std::size_t i = 0; i < u.size(); ++i) {
            sum += u[i].squaredNorm();
            u[i] += std::sqrt(2.0 * D) * random[i].normal3();
        }
        msd.push_back(sum / walkers);
    }
    return msd;
}

}  // namespace

TEST_CASE("displacements are squared by element, without the drift", "[dynamics]") {
    auto const s = alloy();
    MeanSquaredDisplacement const msd{test::world(), {6, 26}, mine(s.species), mine(s.positions)};
    CHECK(msd.elements() == std::vector{6, 26});
    CHECK(msd.reference() == mine(s.positions));
    CHECK(msd.of(test::world(), mine(s.positions)) == std::vector{0.0, 0.0});

    std::vector<Vec3> u;
    for (std::size_t i = 0; i < s.positions.size(); ++i) {
        RandomStream random{4, "displacement", i};
        u.emplace_back(random.normal3());
    }
    Vec3 centre = Vec3::Zero();
    double mass = 0.0;
    for (std::size_t i = 0; i < u.size(); ++i) {
        centre += mass_of(s.species[i]) * u[i];
        mass += mass_of(s.species[i]);
    }
    double iron = 0.0, carbon = 0.0;
    for (std::size_t i = 0; i < u.size(); ++i)
        (s.species[i] == 26 ? iron : carbon) += (u[i] - centre / mass).squaredNorm();
    iron /= static_cast<double>(std::ranges::count(s.species, 26));
    carbon /= static_cast<double>(std::ranges::count(s.species, 6));

    Vec3 const wind = GENERATE(Vec3(0.0, 0.0, 0.0), Vec3(1e3, -20.0, 3.0));
    auto moved = s.positions;
    for (std::size_t i = 0; i < u.size(); ++i) moved[i] += u[i] + wind;
    auto const result = msd.of(test::world(), mine(moved));
    CHECK_THAT(result[0], WithinRel(carbon, 1e-10));
    CHECK_THAT(result[1], WithinRel(iron, 1e-10));
    if (wind.x() > 0.0) {  // where atoms are held it is a motion like any other
        MeanSquaredDisplacement const held{
            test::world(), {6, 26}, mine(s.species), mine(s.positions), false};
        CHECK_THAT(held.of(test::world(), mine(moved))[1], WithinRel(wind.squaredNorm(), 0.02));
    }
    auto const of_root = [&] {
        auto copy = result;
        test::world().broadcast(copy);
        return copy;
    }();
    CHECK(result == of_root);
}

TEST_CASE("positions come from domains by number", "[dynamics]") {
    auto const s = alloy();
    domain::Domain d{test::world(), s.cell, test::block_of(test::world(), s), 4.0, 0.2};
    auto const total = static_cast<long long>(s.size());
    auto const rows = [&] {
        auto const& atoms = d.atoms();
        domain::ByNumber const by_number{test::world(), atoms.ids, total};
        std::span const numbers{reinterpret_cast<double const*>(atoms.positions.data()),
                                3 * atoms.positions.size()};
        auto const block = by_number.rows<double>(numbers, 3);
        std::vector<Vec3> result;
        for (std::size_t k = 0; k < block.size(); k += 3)
            result.emplace_back(block[k], block[k + 1], block[k + 2]);
        return result;
    };
    MeanSquaredDisplacement const msd{test::world(), {6, 26}, mine(s.species), rows()};
    // less than half the skin: no atom is wrapped
    std::vector<Vec3> step;
    for (std::size_t k = 0; k < d.atoms().ids.size(); ++k)
        step.emplace_back(d.atoms().species[k] == 6 ? 0.07 : 0.0, 0.01, 0.0);
    d.move(step);
    double const carbons = 14.0, irons = 40.0;
    double const centre =
        0.07 * carbons * mass_of(6) / (carbons * mass_of(6) + irons * mass_of(26));
    auto const result = msd.of(test::world(), rows());
    CHECK_THAT(result[0], WithinRel((0.07 - centre) * (0.07 - centre), 1e-9));
    CHECK_THAT(result[1], WithinRel(centre * centre, 1e-9));
}

TEST_CASE("an atom of an element that is not expected is refused on all ranks", "[dynamics]") {
    auto const s = alloy();
    CHECK_THROWS_AS(
        (MeanSquaredDisplacement{test::world(), {26}, mine(s.species), mine(s.positions)}),
        DataError);
    MeanSquaredDisplacement const more{
        test::world(), {26, 8, 6}, mine(s.species), mine(s.positions)};
    CHECK(more.of(test::world(), mine(s.positions))[1] == 0.0);
}

TEST_CASE("fewer atoms than ranks have a displacement", "[dynamics]") {
    std::vector<Vec3> const before{Vec3::Zero()};
    MeanSquaredDisplacement const msd{test::world(), {26}, mine(std::vector{26}), mine(before)};
    CHECK(msd.of(test::world(), mine(std::vector{Vec3{1.0, 2.0, 3.0}})).front() < 1e-25);
}

TEST_CASE("walkers have the diffusion coefficient they were given, within its error",
          "[dynamics]") {
    double const D = 0.3;
    int const walks = 120;
    std::vector<double> times(400);
    for (std::size_t t = 0; t < times.size(); ++t) times[t] = 2.0 * static_cast<double>(t);
    double mean = 0.0, square = 0.0, errors = 0.0;
    for (int k = 0; k < walks; ++k) {
        auto const found =
            diffusion_of(times, walk(20, 400, 2.0 * D, static_cast<std::uint64_t>(k)));
        REQUIRE(found.has_value());
        mean += found->coefficient / walks;
        square += (found->coefficient - D) * (found->coefficient - D) / walks;
        errors += found->error * found->error / walks;
    }
    CAPTURE(mean, std::sqrt(square), std::sqrt(errors));
    CHECK_THAT(mean, WithinAbs(D, 4.0 * std::sqrt(square / walks)));
    // the errors are as large as the scatter: both are known to some 10 %
    CHECK(errors / square > 0.7);
    CHECK(errors / square < 1.4);
}

TEST_CASE("a straight line has its slope, without error", "[dynamics]") {
    std::vector<double> times, msd;
    for (int t = 0; t < 61; ++t) {
        times.push_back(10.0 + 0.5 * t);
        msd.push_back(t < 20 ? 100.0 : 4.0 + 1.2 * times.back());  // the first half is not used
    }
    auto const found = diffusion_of(times, msd);
    REQUIRE(found.has_value());
    CHECK_THAT(found->coefficient, WithinRel(0.2, 1e-12));
    CHECK(found->error < 1e-12);
    std::span const few_times{times.data(), 40};
    CHECK_FALSE(diffusion_of(few_times, std::span{msd}.first(40)).has_value());
    CHECK(diffusion_of(few_times, std::span{msd}.first(40), 4).has_value());
}

#include "kamacite/kim/particles.hpp"

#include <algorithm>
#include <numeric>
#include <random>

#include "kamacite/core/error.hpp"
#include "model/random_model.hpp"
#include "n2p2/refusal.hpp"
#include "support/catch.hpp"
#include "support/check_potential.hpp"
#include "support/ghosts.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using test::says;

namespace {

constexpr double skin = 1.3;  // [Å]

/// Particles in an order that has nothing to do with who contributes, and lists that reach farther
/// than they need.
struct Shuffled {
    std::vector<int> original;  ///< of each particle, among the atoms of the structure
    std::vector<int> species, contributing;
    std::vector<Vec3> positions;
    std::vector<std::vector<int>> lists;

    Shuffled(Structure const& s, double cutoff) {
        auto const g = test::with_ghosts(s, cutoff + skin, 0, s.size());
        std::vector<std::size_t> order(g.original.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::shuffle(order.begin(), order.end(), std::mt19937_64{7});
        std::vector<int> place(order.size());
        for (std::size_t k = 0; k < order.size(); ++k) place[order[k]] = static_cast<int>(k);
        for (auto const i : order) {
            original.push_back(g.original[i]);
            species.push_back(g.structure.species[i]);
            positions.push_back(g.structure.positions[i]);
            contributing.push_back(i < static_cast<std::size_t>(s.size()) ? 1 : 0);
            auto& list = lists.emplace_back();
            if (contributing.back() == 0) continue;
            for (int const j : g.neighbours.of(static_cast<int>(i)).atom)
                list.push_back(place[static_cast<std::size_t>(j)]);
        }
    }
    [[nodiscard]] kim::Particles particles() const { return {species, positions, contributing}; }
    [[nodiscard]] kim::ListOf list_of() const {
        return [this](int i) { return std::span<int const>{lists[static_cast<std::size_t>(i)]}; };
    }
};

Structure alloy(int n) {
    auto s = test::rattled_bcc(n, 4);
    for (std::size_t i = 0; i < s.species.size(); i += 3) s.species[i] = 28;
    return s;
}

}  // namespace

TEST_CASE("particles in any order get what the atoms they stand for get", "[kim]") {
    auto const a = test::random_model({26, 28}, 3), b = test::random_model({26, 28}, 4);
    auto const s = alloy(3);
    Shuffled const all{s, a.cutoff()};
    REQUIRE(all.original.size() > static_cast<std::size_t>(s.size()));
    bool const both = GENERATE(false, true);
    std::vector<Potential const*> members{&a};
    if (both) members.push_back(&b);
    auto const p = kim::predict(members, all.particles(), all.list_of());
    auto const q = test::predict(a, s), r = test::predict(b, s);
    double const w = both ? 0.5 : 1.0;
    auto const mean = [&](auto const& x, auto const& y) { return (w * x + (1.0 - w) * y).eval(); };

    auto const n = static_cast<std::size_t>(s.size());
    std::vector<Vec3> forces(n, Vec3::Zero());
    std::vector<Mat3> virials(n, Mat3::Zero());
    REQUIRE(p.energies.size() == all.original.size());
    REQUIRE(p.forces.size() == all.original.size());
    REQUIRE(p.virials.size() == all.original.size());
    for (std::size_t i = 0; i < p.energies.size(); ++i) {
        auto const to = static_cast<std::size_t>(all.original[i]);
        double const energy = w * q.energies[to] + (1.0 - w) * r.energies[to];
        CHECK_THAT(p.energies[i], WithinAbs(all.contributing[i] == 1 ? energy : 0.0, 1e-12));
        forces[to] += p.forces[i];
        virials[to] += p.virials[i];
    }
    for (std::size_t i = 0; i < n; ++i) {
        CHECK((forces[i] - mean(q.forces[i], r.forces[i])).norm() < 1e-11);
        CHECK((virials[i] - mean(q.virials[i], r.virials[i])).norm() < 1e-11);
    }
}

TEST_CASE("more particles than are taken at once add up", "[kim]") {
    auto const model = test::random_model({26}, 3);
    auto s = test::rattled_bcc(14, 2);  // 5488 atoms
    s.cell = Cell{s.cell.rows(), {false, false, false}};
    auto const neighbours = find_neighbours(s, model.cutoff());
    std::vector<int> const contributing(s.species.size(), 1);
    std::vector<Potential const*> const members{&model};
    auto const p = kim::predict(members, {s.species, s.positions, contributing},
                                [&](int i) { return neighbours.of(i).atom; });
    auto const q = model.predict(s, neighbours);
    double worst = 0.0;
    for (std::size_t i = 0; i < q.energies.size(); ++i) {
        worst =
            std::max({worst, std::abs(p.energies[i] - q.energies[i]),
                      (p.forces[i] - q.forces[i]).norm(), (p.virials[i] - q.virials[i]).norm()});
    }
    CHECK(worst < 1e-11);
}

TEST_CASE("no particle, and none that contributes, have no energy", "[kim]") {
    auto const model = test::random_model({26}, 3);
    std::vector<Potential const*> const members{&model};
    auto const none = [](int) -> std::span<int const> { throw std::logic_error("asked"); };
    CHECK(kim::predict(members, {}, none).energies.empty());
    std::vector<int> const species{26, 26}, contributing{0, 0};
    std::vector<Vec3> const positions{Vec3::Zero(), Vec3::UnitX()};
    auto const p = kim::predict(members, {species, positions, contributing}, none);
    CHECK(p.energy() == 0.0);
    CHECK(p.forces == std::vector<Vec3>(2, Vec3::Zero()));
}

TEST_CASE("particles that no model can take are refused", "[kim]") {
    auto const model = test::random_model({26}, 3);
    std::vector<Potential const*> const members{&model};
    std::vector<int> const contributing{1, 1}, both{0, 1};
    auto const list_of = [&](int i) { return std::span{both}.subspan(1 - i, 1); };
    auto const message = [&](std::vector<int> const& species, double x) {
        std::vector<Vec3> const positions{Vec3::Zero(), Vec3(x, 0.0, 0.0)};
        return test::refusal_of([&] {
            return kim::predict(members, {species, positions, contributing}, list_of);
        });
    };
    CHECK(message({26, 26}, 2.5) == "no DataError");
    CHECK(says(message({26, 26}, 0.0), "particles 0 and 1 sit on the same point"));
    CHECK(says(message({26, 28}, 2.5), "atomic number 28"));
}

#include "kamacite/domain/by_number.hpp"

#include "kamacite/domain/domain.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;

namespace {

domain::Domain divided(Structure const& s) {
    auto const& world = test::world();
    auto const block = mpi::block_of(world.rank(), world.size(), s.size());
    domain::Atoms atoms;
    for (auto id = block.begin; id < block.end; ++id) {
        atoms.ids.push_back(id);
        atoms.species.push_back(26);
        atoms.positions.push_back(s.positions[static_cast<std::size_t>(id)]);
    }
    return {world, s.cell, atoms, 4.0, 0.5};
}

}  // namespace

TEST_CASE("what is known of atoms goes to blocks of numbers and back", "[domain]") {
    auto const& world = test::world();
    auto const s = test::rattled_bcc(4, 3);
    auto const d = divided(s);
    domain::ByNumber const order{world, d.atoms().ids, s.size()};
    std::vector<double> mine;
    for (auto const id : d.atoms().ids) {
        mine.push_back(static_cast<double>(id));
        mine.push_back(-2.0 * static_cast<double>(id));
    }
    auto const block = order.rows<double>(std::span<double const>{mine}, 2);
    auto const range = mpi::block_of(world.rank(), world.size(), s.size());
    REQUIRE(static_cast<long long>(block.size()) == 2 * range.size());
    for (std::size_t k = 0; 2 * k < block.size(); ++k)
        CHECK(block[2 * k] == static_cast<double>(range.begin + static_cast<long long>(k)));
    CHECK(order.of_atoms<double>(std::span<double const>{block}, 2) == mine);
}

TEST_CASE("ghosts know the numbers of the atoms that they stand for", "[domain]") {
    auto const s = test::rattled_bcc(4, 4);
    auto const d = divided(s);
    auto const ids = d.with_ghosts(d.atoms().ids);
    REQUIRE(ids.size() == d.structure().positions.size());
    for (std::size_t k = 0; k < ids.size(); ++k) {
        Vec3 f = s.cell.to_fractional(d.structure().positions[k] -
                                      s.positions[static_cast<std::size_t>(ids[k])]);
        for (double& x : f) x -= std::round(x);
        CHECK(f.norm() < 1e-9);
    }
}

TEST_CASE("a domain that is strained is the domain of the strained structure", "[domain]") {
    auto const s = test::rattled_bcc(4, 5);
    auto d = divided(s);
    Mat3 F;
    F << 1.02, 0.01, 0.0, 0.0, 0.99, 0.02, 0.01, 0.0, 1.01;
    d.move(std::vector<Vec3>(d.atoms().ids.size(), Vec3::Zero()), F);
    auto const strained_whole = strained(s, F - Mat3::Identity());
    CHECK((d.cell().rows() - strained_whole.cell.rows()).norm() < 1e-12);
    for (std::size_t k = 0; k < d.atoms().ids.size(); ++k) {
        Vec3 f = d.cell().to_fractional(
            d.atoms().positions[k] -
            strained_whole.positions[static_cast<std::size_t>(d.atoms().ids[k])]);
        for (double& x : f) x -= std::round(x);
        CHECK(f.norm() < 1e-9);
    }
}

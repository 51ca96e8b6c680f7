#include "kamacite/domain/domain.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/domain/bisection.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "support/blocks.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;

TEST_CASE("bisection gives each rank its share of the cost", "[domain]") {
    auto const& world = test::world();
    // a slab of random atoms in a long cell with vacuum, dear on one side
    Cell const cell{Vec3(30.0, 40.0, 200.0).asDiagonal().toDenseMatrix()};
    std::vector<Vec3> all;
    std::vector<double> costs;
    RandomStream random{5, "slab", 0};
    for (int i = 0; i < 20000; ++i) {
        all.emplace_back(random.uniform(), random.uniform(), 0.3 + 0.1 * random.uniform());
        costs.push_back(all.back().x() < 0.3 ? 5.0 : 1.0);
    }
    auto const block = mpi::block_of(world.rank(), world.size(), 20000);
    auto const part = [&](auto const& v) {
        return std::span{v}.subspan(static_cast<std::size_t>(block.begin),
                                    static_cast<std::size_t>(block.size()));
    };
    domain::Bisection const division{world, cell, part(all), part(costs)};
    std::vector<double> share(static_cast<std::size_t>(world.size()), 0.0);
    double sum = 0.0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        int const owner = division.owner(all[i]);
        share[static_cast<std::size_t>(owner)] += costs[i];
        sum += costs[i];
        CHECK((all[i].array() >= division.box(owner).low.array()).all());
        CHECK((all[i].array() <= division.box(owner).high.array()).all());
    }
    for (double const s : share) CHECK_THAT(s * world.size() / sum, WithinAbs(1.0, 0.01));
}

TEST_CASE("a slab is cut across, however flat it is and wherever it lies", "[domain]") {
    auto const& world = test::world();
    int const layers = GENERATE(1, 2, 3, 12);
    double const first = GENERATE(0.0, 5.0, 55.0);
    double const vacuum = 120.0, a = 2.87;
    int const wide = 32;
    Cell const cell{Vec3(wide * a, wide * a, layers * a / 2 + vacuum).asDiagonal().toDenseMatrix()};
    std::vector<Vec3> all;
    for (int z = 0; z < layers; ++z)
        for (int x = 0; x < wide; ++x)
            for (int y = 0; y < wide; ++y) {
                double const shift = z % 2 == 0 ? 0.0 : 0.5;
                all.push_back(
                    cell.to_fractional(Vec3((x + shift) * a, (y + shift) * a, first + z * a / 2)));
            }
    auto const block =
        mpi::block_of(world.rank(), world.size(), static_cast<long long>(all.size()));
    std::vector<double> const costs(static_cast<std::size_t>(block.size()), 1.0);
    domain::Bisection const division{world, cell,
                                     std::span{all}.subspan(static_cast<std::size_t>(block.begin),
                                                            static_cast<std::size_t>(block.size())),
                                     costs};
    std::vector<double> share(static_cast<std::size_t>(world.size()), 0.0);
    for (auto const& f : all) {
        share[static_cast<std::size_t>(division.owner(f))] += 1.0;
        auto const& box = division.box(division.owner(f));
        CHECK((f.array() >= box.low.array()).all());
        CHECK((f.array() <= box.high.array()).all());
    }
    CAPTURE(layers, first, share);
    // a rank has some 11 rows of 32 or more: one row more or less
    for (double const s : share)
        CHECK_THAT(s * world.size() / static_cast<double>(all.size()), WithinAbs(1.0, 0.15));
}

TEST_CASE("bad atoms are refused on all ranks", "[domain]") {
    auto s = test::rattled_bcc(3, 10);
    SECTION("not finite") {
        s.positions[7].y() = std::nan("");
        CHECK_THROWS_AS(
            (domain::Domain{test::world(), s.cell, test::block_of(test::world(), s), 5.0, 0.5}),
            DataError);
    }
    SECTION("on one point") {
        s.positions[7] = s.positions[8];
        std::string told;
        try {
            domain::Domain const d{test::world(), s.cell, test::block_of(test::world(), s), 5.0,
                                   0.5};
        } catch (DataError const& e) {
            told = e.what();
        }
        CAPTURE(told);
        CHECK((told.find("atom 8 at") != std::string::npos ||
               told.find("atom 9 at") != std::string::npos));
        LennardJones const potential{{}};
        domain::Domain const d{test::world(),      s.cell, test::block_of(test::world(), s),
                               potential.cutoff(), 0.5,    domain::Lists::as_needed};
        CHECK_THROWS_AS(d.predict(potential), DataError);
    }
    SECTION("a cell in nanometres") {
        s.cell = Cell{0.1 * s.cell.rows()};
        CHECK_THROWS_AS(
            (domain::Domain{test::world(), s.cell, test::block_of(test::world(), s), 5.0, 0.5}),
            DataError);
    }
    SECTION("a step that is not finite") {
        domain::Domain d{test::world(), s.cell, test::block_of(test::world(), s), 5.0, 0.5};
        std::vector<Vec3> step(d.atoms().ids.size(), Vec3::Zero());
        for (std::size_t k = 0; k < step.size(); ++k)
            if (d.atoms().ids[k] == 3) step[k].x() = INFINITY;
        CHECK_THROWS_AS(d.move(step), NumericalError);
    }
}

#include "kamacite/campaign/environments.hpp"

#include <algorithm>
#include <numeric>

#include "kamacite/campaign/explore.hpp"
#include "kamacite/inference/predict.hpp"
#include "model/random_model.hpp"
#include "support/blocks.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::campaign;

namespace {

Committee committee() {
    return Committee{{test::random_model({26}, 1), test::random_model({26}, 2)}};
}

EnvironmentOptions generous() {
    EnvironmentOptions o;
    o.most = 3;
    o.cut.core = 4.0;
    o.cut.most_atoms = 64;
    o.limits = {.changed = 0.5, .displacement = 1.0, .density = 0.2, .seam = 0.5};
    return o;
}

/// What environments_of() shall find, on one rank, without a domain.
std::vector<Candidate> expected(Committee const& c, Structure const& s,
                                EnvironmentOptions const& o) {
    Record const record{s, {}, "", "", "", "", ""};
    auto const spread = inference::answers_of(c, std::span{&record, 1}).front().spread->forces;
    auto const neighbours = find_neighbours(s, o.cut.core);
    std::vector<int> order(spread.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::ranges::greater{},
                             [&](int i) { return spread[static_cast<std::size_t>(i)]; });
    std::vector<bool> covered(spread.size(), false);
    std::vector<Record> cells;
    for (int const i : order) {
        if (std::ssize(cells) == o.most || covered[static_cast<std::size_t>(i)]) continue;
        auto const cut = cut_out(s, i, o.cut);
        if (!cut || !reasons_against(*cut, o.limits).empty()) continue;
        for (int const j : neighbours.of(i).atom) covered[static_cast<std::size_t>(j)] = true;
        cells.push_back({cut->structure, {}, "", "", "", std::to_string(i + 1), ""});
    }
    return candidates_of(c, cells);
}

}  // namespace

TEST_CASE("cells around the strangest atoms of a structure that ranks share", "[campaign]") {
    auto const& comm = test::world();
    auto const c = committee();
    bool const tilted = GENERATE(false, true);
    CAPTURE(tilted);
    auto s = test::rattled_bcc(5, 2, 0.02);
    s.positions[17] += Vec3(0.7, 0.0, 0.0);
    s.positions[120] += Vec3(0.0, 0.4, 0.3);
    auto const o = generous();
    auto const serial = expected(c, s, o);
    REQUIRE(serial.size() == 3);
    Mat3 rows = s.cell.rows();
    if (tilted) rows.row(1) -= 7.0 * rows.row(0);
    domain::Domain const domain{comm,       Cell{rows}, test::block_of(comm, s),
                                c.cutoff(), 0.0,        domain::Lists::as_needed};
    auto const all = environments_of(comm, c, domain, "big", "", o);
    CHECK(all.cells == 3);
    auto const& found = all.candidates;
    if (!comm.is_root()) {
        CHECK(found.empty());
        return;
    }
    REQUIRE(found.size() == serial.size());
    for (std::size_t k = 0; k < found.size(); ++k) {
        CHECK(found[k].source == "around atom " + serial[k].source + " of big");
        CHECK(found[k].family == "environment");
        CHECK(found[k].trajectory == "big");
        CHECK(found[k].structure.size() == serial[k].structure.size());
        CHECK(found[k].structure.size() <= 64);
        CHECK((found[k].structure.cell.rows() - serial[k].structure.cell.rows()).norm() < 1e-8);
        CHECK_THAT(*found[k].force_spread, WithinRel(*serial[k].force_spread, 1e-6));
        CHECK_THAT(*found[k].energy_spread, WithinAbs(*serial[k].energy_spread, 1e-9));
    }
}

TEST_CASE("equal atoms are taken by their numbers, and what cannot be cut is left out",
          "[campaign]") {
    auto const& comm = test::world();
    auto const c = committee();
    auto const s = test::rattled_bcc(4, 5, 0.0);  // all are alike, but for rounding
    domain::Domain const domain{comm,       s.cell, test::block_of(comm, s),
                                c.cutoff(), 0.0,    domain::Lists::as_needed};
    auto o = generous();
    o.most = 1;
    auto const found = environments_of(comm, c, domain, "big", "run 7", o).candidates;
    if (comm.is_root()) {
        REQUIRE(found.size() == 1);
        CHECK(found[0].source == "around atom 1 of big");
        CHECK(found[0].trajectory == "run 7");
    }
    o.limits.seam = 100.0;
    auto const none = environments_of(comm, c, domain, "big", "", o);
    CHECK(none.candidates.empty());
    CHECK(none.cells == 0);
    CHECK(none.failed == 10);
}

TEST_CASE("atoms beyond reach come last, and ranks may have no atom", "[campaign]") {
    auto const& comm = test::world();
    auto const c = committee();
    auto s = test::rattled_bcc(4, 5, 0.02);
    s.positions[17] += Vec3(0.7, 0.0, 0.0);
    domain::Domain const domain{comm,       s.cell, test::block_of(comm, s),
                                c.cutoff(), 0.0,    domain::Lists::as_needed};
    auto o = generous();
    o.most = 1;
    auto const first = environments_of(comm, c, domain, "big", "", o).candidates;
    Record const record{s, {}, "", "", "", "", ""};
    auto const spread = inference::answers_of(c, std::span{&record, 1}).front().spread->forces;
    o.most_force_spread = 0.99 * *std::ranges::max_element(spread);
    auto const second = environments_of(comm, c, domain, "big", "", o).candidates;
    if (comm.is_root()) {
        REQUIRE(first.size() == 1);
        REQUIRE(second.size() == 1);
        CHECK(first[0].source != second[0].source);
    }
    o.most_force_spread = 0.0;  // all are beyond: the least so is first
    auto const least = environments_of(comm, c, domain, "big", "", o).candidates;
    if (comm.is_root()) {
        REQUIRE(least.size() == 1);
        auto const at = std::ranges::min_element(spread) - spread.begin();
        CHECK(least[0].source == "around atom " + std::to_string(at + 1) + " of big");
    }
    Structure one{s.cell, {26}, {Vec3(0.1, 0.2, 0.3)}};
    one.cell = Cell{2.5 * Mat3::Identity()};
    domain::Domain const lonely{comm,       one.cell, test::block_of(comm, one),
                                c.cutoff(), 0.0,      domain::Lists::as_needed};
    o.most = 3;
    auto const few = environments_of(comm, c, lonely, "small", "", o);
    CHECK(few.cells + few.failed == 1);
}

TEST_CASE("atoms that ranks share are warmed as those of one rank", "[campaign]") {
    auto const& comm = test::world();
    auto const c = committee();
    auto const s = test::rattled_bcc(3, 3, 0.02);
    Warming plan;
    plan.steps = 20;
    plan.every = 5;
    plan.seed = 4;
    plan.most_force_spread = 1e9;
    SECTION("to the end") {
        Walk w{s, "", "", ""};
        w.steps = plan.steps;
        w.every = plan.every;
        w.seed = plan.seed;
        w.most_force_spread = plan.most_force_spread;
        auto const serial = walk(c, w);
        REQUIRE(serial.candidates.size() == 4);
        auto const mine = warmed(comm, c, s.cell, test::block_of(comm, s), plan);
        CHECK(mine.end.empty());
        CHECK(comm.all_reduce(mpi::Op::sum, mine.atoms.size()) == s.size());
        for (std::size_t k = 0; k < mine.atoms.ids.size(); ++k) {
            auto const i = static_cast<std::size_t>(mine.atoms.ids[k]);
            Vec3 const f = s.cell.to_fractional(mine.atoms.positions[k] -
                                                serial.candidates.back().structure.positions[i]);
            CHECK((f - f.array().round().matrix()).norm() < 1e-9);
        }
    }
    SECTION("until the committee is apart") {
        plan.most_force_spread = 1e-12;
        auto const mine = warmed(comm, c, s.cell, test::block_of(comm, s), plan);
        CHECK(mine.end.find("step 5: the committee is apart") == 0);
    }
    SECTION("until they fly apart: as they were before") {
        plan.timestep = 100.0;
        plan.temperature = 1e7;
        plan.every = 2;
        auto const mine = warmed(comm, c, s.cell, test::block_of(comm, s), plan);
        CHECK_FALSE(mine.end.empty());
        CHECK(comm.all_reduce(mpi::Op::sum, mine.atoms.size()) == s.size());
        for (auto const& r : mine.atoms.positions) CHECK(r.allFinite());
    }
}

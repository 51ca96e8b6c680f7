#include "kamacite/campaign/explore.hpp"

#include "kamacite/mpi/partition.hpp"
#include "model/random_model.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::campaign;

namespace {

Committee committee() {
    return Committee{{test::random_model({26}, 1), test::random_model({26}, 2)}};
}

Walk plan(std::uint64_t seed) {
    Walk w{test::rattled_bcc(1, 3, 0.02), "md", "walk", "start"};
    w.steps = 20;
    w.every = 5;
    w.seed = seed;
    w.most_force_spread = 1e9;
    return w;
}

}  // namespace

TEST_CASE("a walk is a function of its plan, and its seed counts", "[campaign]") {
    auto const c = committee();
    auto const a = walk(c, plan(1)), b = walk(c, plan(1)), other = walk(c, plan(2));
    REQUIRE(a.end.empty());
    REQUIRE(a.candidates.size() == 4);
    for (std::size_t i = 0; i < a.candidates.size(); ++i) {
        CHECK(a.candidates[i].structure.positions == b.candidates[i].structure.positions);
        CHECK(a.candidates[i].structure.positions != other.candidates[i].structure.positions);
        CHECK(a.candidates[i].force_spread == b.candidates[i].force_spread);
        CHECK(a.candidates[i].family == "md");
    }
    CHECK(a.candidates[1].source == "start, step 10");
}

TEST_CASE("a walk ends where the committee is too far apart, and that is a candidate",
          "[campaign]") {
    auto const c = committee();
    auto short_of = plan(1);
    short_of.most_force_spread = 1e-12;
    auto const w = walk(c, short_of);
    CHECK(w.candidates.size() == 1);
    CHECK(w.steps == 5);
    CHECK_FALSE(w.end.empty());
}

TEST_CASE("a walk of atoms that fly apart ends without a candidate", "[campaign]") {
    auto const c = committee();
    auto wild = plan(1);
    wild.timestep = 100.0;
    wild.temperature = 1e6;
    auto const w = walk(c, wild);
    for (auto const& candidate : w.candidates)
        for (auto const& r : candidate.structure.positions) CHECK(r.allFinite());
}

TEST_CASE("candidates of all ranks come together in order, to the last bit", "[campaign]") {
    auto const& comm = test::world();
    auto const c = committee();
    std::vector<Candidate> serial, mine;
    std::vector<long long> numbers;
    for (int i = 0; i < 7; ++i) {
        auto const w = walk(c, plan(static_cast<std::uint64_t>(i)));
        serial.push_back(w.candidates.back());
        if ((i * 5) % comm.size() != comm.rank()) continue;
        mine.push_back(serial.back());
        numbers.push_back(i);
    }
    auto const all = gather(comm, mine, numbers);
    REQUIRE(all.size() == serial.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK(all[i].structure.positions == serial[i].structure.positions);
        CHECK(all[i].structure.cell.rows() == serial[i].structure.cell.rows());
        CHECK(all[i].structure.species == serial[i].structure.species);
        CHECK(all[i].force_spread == serial[i].force_spread);
        CHECK(all[i].energy_spread == serial[i].energy_spread);
        CHECK(all[i].grade == serial[i].grade);
        CHECK(all[i].source == serial[i].source);
    }
}

TEST_CASE("the strains of walks are symmetric, bounded and their own", "[campaign]") {
    CHECK(strain_of_walk(0.02, 0.0, 7) == 0.02 * Mat3::Identity());
    Mat3 least = Mat3::Constant(1.0), most = Mat3::Constant(-1.0);
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        Mat3 const e = strain_of_walk(0.01, 0.03, seed) - 0.01 * Mat3::Identity();
        CHECK(e == e.transpose());
        CHECK(e == Mat3{strain_of_walk(0.01, 0.03, seed) - 0.01 * Mat3::Identity()});
        least = least.cwiseMin(e);
        most = most.cwiseMax(e);
    }
    CHECK(most.maxCoeff() < 0.03 + 1e-12);
    CHECK(least.minCoeff() > -0.03 - 1e-12);
    CHECK(most.minCoeff() > 0.025);  // each of the six takes all of its range
    CHECK(least.maxCoeff() < -0.025);
}

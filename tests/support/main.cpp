/// Runs the tests of one executable on every rank. The program fails if any rank fails.
/// Rank 0 reports to the terminal; rank r writes <executable>.rank<r>.log, shown on failure.

#define CATCH_CONFIG_RUNNER  // Catch2 v2; ignored by v3
#include "support/catch.hpp"
#include "support/world.hpp"

#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "kamacite/mpi/session.hpp"

namespace {
kamacite::mpi::Communicator const* world_ = nullptr;
}

kamacite::mpi::Communicator const& kamacite::test::world() {
    return *world_;
}

int main(int argc, char** argv) {
    kamacite::mpi::Session session{argc, argv};
    auto const world = kamacite::mpi::Communicator::duplicate(MPI_COMM_WORLD);
    world_ = &world;

    std::vector<std::string> args(argv, argv + argc);
    std::string const log = args[0] + ".rank" + std::to_string(world.rank()) + ".log";
    if (!world.is_root()) args.insert(args.end(), {"--out", log});
    std::vector<char const*> raw;
    for (auto const& a : args) raw.push_back(a.c_str());

    Catch::Session tests;
    int failures = tests.applyCommandLine(static_cast<int>(raw.size()), raw.data());
    if (failures == 0) failures = tests.run();

    for (int r = 1; r < world.size(); ++r) {  // in rank order, so that logs do not mix
        if (r == world.rank() && failures != 0)
            std::cerr << std::ifstream{log}.rdbuf() << std::flush;
        (void)world.all_reduce(kamacite::mpi::Op::max, failures);
    }
    return world.all_reduce(kamacite::mpi::Op::max, failures) == 0 ? 0 : 1;
}

#pragma once
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::test {

/// All ranks of the test run. The only communicator that tests start from.
mpi::Communicator const& world();

}  // namespace kamacite::test

#include "kamacite/mpi/partition.hpp"

namespace kamacite::mpi {

long long exclusive_sum(Communicator const& comm, long long value) {
    long long below = 0;
    check(MPI_Exscan(&value, &below, 1, MPI_LONG_LONG, MPI_SUM, comm.raw()), "MPI_Exscan");
    return comm.is_root() ? 0 : below;  // MPI leaves rank 0 undefined
}

}  // namespace kamacite::mpi

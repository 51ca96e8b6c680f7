#include "kamacite/mpi/verdict.hpp"

#include <chrono>
#include <thread>

#include "kamacite/core/error.hpp"

namespace kamacite::mpi {

std::optional<Verdict> agree_on_end(Communicator const& comm, int code, double patience) {
    KAMACITE_EXPECTS(code >= 0 && code < 256);
    // Static: if this rank gives up, MPI may write to them until the program is aborted.
    static int mine = 0;
    static int lowest = 0;
    mine = 256 * (code == 0 ? comm.size() : comm.rank()) + code;
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Iallreduce(&mine, &lowest, 1, MPI_INT, MPI_MIN, comm.raw(), &request),
          "MPI_Iallreduce");

    auto const start = std::chrono::steady_clock::now();
    for (int arrived = 0;;) {
        check(MPI_Test(&request, &arrived, MPI_STATUS_IGNORE), "MPI_Test");
        if (arrived != 0) break;
        std::chrono::duration<double> const waited = std::chrono::steady_clock::now() - start;
        if (waited.count() > patience) return std::nullopt;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    int const culprit = lowest / 256;
    if (culprit == comm.size()) return Verdict{};
    return Verdict{lowest % 256, culprit};
}

}  // namespace kamacite::mpi

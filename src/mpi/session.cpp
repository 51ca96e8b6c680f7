#include "kamacite/mpi/session.hpp"

#include <mpi.h>

#include <exception>

namespace kamacite::mpi {

Session::Session(int& argc, char**& argv) {
    int provided = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
}

Session::~Session() {
    if (std::uncaught_exceptions() == 0) MPI_Finalize();
}

}  // namespace kamacite::mpi

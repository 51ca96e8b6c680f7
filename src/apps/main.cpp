#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "kamacite/core/error.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/mpi/session.hpp"
#include "run.hpp"

namespace {

// HDF5 closes in MPI_Finalize what a failure left open. Should that wait for a rank that never
// comes, the alarm ends the program all the same, with the code of the failure.
int volatile exit_code = 0;
extern "C" void leave_now(int /*signal*/) {
    _exit(exit_code);
}

}  // namespace

int main(int argc, char** argv) {
    kamacite::mpi::Session const session{argc, argv};
    {
        auto const world = kamacite::mpi::Communicator::duplicate(MPI_COMM_WORLD);
        exit_code = kamacite::apps::run(world, {argv + 1, argv + argc});
    }
    if ((!std::cout.flush() || std::fflush(stdout) != 0 || std::ferror(stdout) != 0) &&
        exit_code == 0) {
        std::fputs("error: cannot write to standard output: is the disk full?\n", stderr);
        exit_code = static_cast<int>(kamacite::ErrorKind::io);
    }
    if (exit_code != 0) {
        std::signal(SIGALRM, leave_now);
        alarm(20);
    }
    return exit_code;
}

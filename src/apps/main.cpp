#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#if __has_include(<malloc.h>)
#include <malloc.h>  // of the GNU library, where there are the limits below
#endif

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

/// Keeps freed memory for what is asked for next, all but the largest arrays. Given back and
/// fetched anew for every block of atoms, it costs more in page faults than a cheap potential does.
void keep_freed_memory() {
#if defined(M_MMAP_THRESHOLD) && defined(M_TRIM_THRESHOLD)
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}

}  // namespace

int main(int argc, char** argv) {
    keep_freed_memory();
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

#pragma once

namespace kamacite::mpi {

/// Starts MPI and stops it at the end of main. One per program, made first.
/// If main is left by an exception it does not stop MPI: that would wait for ranks that
/// never come. run() aborts instead.
class Session {
public:
    Session(int& argc, char**& argv);
    ~Session();
    Session(Session const&) = delete;
    Session& operator=(Session const&) = delete;
};

}  // namespace kamacite::mpi

#pragma once
#include <optional>

#include "kamacite/mpi/communicator.hpp"

namespace kamacite::mpi {

/// How a program ended, over all its ranks.
struct Verdict {
    int code = 0;      ///< exit code: 0 if every rank has 0, else that of rank `culprit`
    int culprit = -1;  ///< the lowest rank whose code is not 0; −1 if there is none
};

/// Agrees on how the program ends. A rank that failed where the others did not would wait for them
/// for ever: it gives up after `patience`, and the caller must then abort the program.
///
/// \param code      this rank's exit code, 0 … 255
/// \param patience  [s] how long a rank waits for the others; infinite for a rank that succeeded,
///                  since the others may still be working
/// \returns nothing if the others did not come in time
/// Collective. `comm` must be used for nothing else.
[[nodiscard]] std::optional<Verdict> agree_on_end(Communicator const& comm, int code,
                                                  double patience);

}  // namespace kamacite::mpi

#pragma once
#include <string>

#include "kamacite/dft/engine.hpp"
#include "kamacite/jobs/queue.hpp"

namespace kamacite::campaign {

/// How much a calculation that failed may be given before it is given up.
struct LadderOptions {
    int attempts = 5;            ///< of one magnetic start, at most
    double time_factor = 1.5;    ///< more time after it ran out of it
    double longest = 86400.0;    ///< [s] but no more than this
    double memory_factor = 2.0;  ///< more memory after it ran out of it
    double most_memory = 0.0;    ///< [bytes] but no more than this; 0: memory is not raised
};

/// With what an attempt is made.
struct Step {
    int rung = 0;          ///< of the engine's ladder
    double seconds = 0.0;  ///< wall time
    double memory = 0.0;   ///< [bytes] per node, 0: the site's default
    int alike = 1;         ///< attempts so far with these numbers, this one among them
};

/// What follows from an attempt that gave no labels.
struct Decision {
    enum class Kind {
        retry,    ///< with `step`
        give_up,  ///< this structure: more of the same would fail again
        hold      ///< all structures: what is wrong is the same for each of them
    } kind = Kind::give_up;
    Step step;
    std::string text;  ///< what was seen and what is done
};

/// Decides by what the scheduler and the output say (docs/theory/labels.md):
///
///     out of time       more time, up to `longest`
///     out of memory     more memory, up to `most_memory`
///     not converged     next rung of the engine's ladder
///     killed, unknown, incomplete, stopped: once more the same
///     overlapping atoms, input refused, other structure, cancelled: give up
///     program or file missing, disk full, never scheduled: hold
///
/// \param last      with what it was made
/// \param attempts  that were made, this one among them
/// \param outcome   without labels
[[nodiscard]] Decision decide(Step const& last, int attempts, dft::Outcome const& outcome,
                              jobs::Ended const& ended, dft::Engine const& engine,
                              LadderOptions const& options);

}  // namespace kamacite::campaign

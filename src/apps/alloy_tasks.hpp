#pragma once
#include <vector>

#include "statics_tasks.hpp"

namespace kamacite::apps {

/// Compounds and solutes that the options ask for.
/// \param alone    of this rank by itself; outlives the tasks, as `crystal` does
[[nodiscard]] std::vector<Task> alloy_tasks(config::PropertiesOptions const& options,
                                            Crystal const& crystal, mpi::Communicator const& alone);

/// The screw dislocation, if the options ask for it: energies, then those of the way.
/// \param alone, crystal  as above
[[nodiscard]] std::vector<Task> screw_tasks(config::PropertiesOptions const& options,
                                            Crystal const& crystal, mpi::Communicator const& alone);

}  // namespace kamacite::apps

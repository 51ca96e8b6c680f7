#pragma once
#include <string>
#include <vector>

#include "kamacite/config/label.hpp"
#include "kamacite/structure/record.hpp"

/// \file
/// What stands in the way of jobs, as far as it can be told without one.

namespace kamacite::apps {

/// What stands in the way of labels, each a sentence with its mend: programs, pseudopotentials,
/// elements that have none, the scheduler, directories. Of rank 0; writes nothing.
/// \param records  structures that are to be labelled, as far as they are known; of rank 0
[[nodiscard]] std::vector<std::string> obstacles_of(config::LabelOptions const& options,
                                                    dft::Engine const& engine,
                                                    std::vector<Record> const& records);

/// Of these, all but those of the scheduler.
[[nodiscard]] std::vector<std::string> obstacles_here(config::LabelOptions const& options,
                                                      dft::Engine const& engine,
                                                      std::vector<Record> const& records);

/// Of these, those of the scheduler, which may pass by themselves: it does not answer, a partition
/// is down.
[[nodiscard]] std::vector<std::string> obstacles_of_scheduler(config::LabelOptions const& options);

/// The same of the scheduler alone, for jobs of one size.
[[nodiscard]] std::vector<std::string> obstacles_of(config::JobOptions const& options,
                                                    config::JobSize const& size);

}  // namespace kamacite::apps

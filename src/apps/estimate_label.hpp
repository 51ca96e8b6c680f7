#pragma once
#include "estimate.hpp"
#include "kamacite/config/label.hpp"

namespace kamacite::apps {

/// Structures, jobs and node-hours at most of an input of `label`; what stands in the way of its
/// first job as notes. Nothing is written, no job is made. Collective.
[[nodiscard]] Estimates estimate_label(Context& context, config::LabelOptions const& options);

/// Node-hours of a job that uses all of its time.
[[nodiscard]] double node_hours_of(config::JobSize const& size);

}  // namespace kamacite::apps

#pragma once
#include "estimate.hpp"
#include "kamacite/config/relax.hpp"

namespace kamacite::apps {

/// What a relaxation will need. \throws as the command would, of a structure or a model that it
/// cannot use. Collective.
[[nodiscard]] Estimates estimate_relax(Context& context, config::RelaxOptions const& options);

}  // namespace kamacite::apps

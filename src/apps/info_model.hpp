#pragma once
#include "models.hpp"

namespace kamacite::apps {

/// Tells what a directory of models holds: an n2p2 model or a committee. Collective.
void tell_models(Context& context, ModelOptions const& options);

}  // namespace kamacite::apps

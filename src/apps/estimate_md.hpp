#pragma once
#include "estimate.hpp"
#include "kamacite/config/md.hpp"

namespace kamacite::apps {

/// Atoms, memory, disk and time of a run of molecular dynamics; the time from a prediction of a few
/// atoms of the structure, made here. Notes say what could not be told. Collective.
/// \throws as md would, of a structure or a model that is there and will not do
[[nodiscard]] Estimates estimate_md(Context& context, config::MdOptions const& options);

}  // namespace kamacite::apps

#pragma once
#include "any_model.hpp"
#include "kamacite/config/relax.hpp"
#include "relax_files.hpp"

namespace kamacite::apps {

/// Carries out `path` of a relaxation: brings the ends to rest, then the images between them on
/// groups of ranks, and writes path.h5, path.xyz and path.csv.
/// \returns exit code. Collective.
/// \throws DataError if the ends are not the same atoms in the same cell
[[nodiscard]] int relax_path(Context& context, config::RelaxOptions const& options,
                             AnyModel const& model, RunGiven const& given);

}  // namespace kamacite::apps

#pragma once
#include <array>
#include <filesystem>
#include <string>

#include "any_model.hpp"
#include "data.hpp"
#include "kamacite/inference/large.hpp"

namespace kamacite::apps {

/// Copies along each cell vector from "20,20,20".
/// \throws UsageError if it is not three numbers from 1 to 100,000
[[nodiscard]] std::array<int, 3> repeats_of(std::string const& text);

/// Predicts one structure, repeated, with all ranks together: each holds the atoms of its domain
/// alone. Writes a file of format `prediction` (docs/reference/files.md).
/// \param repeats  copies along each cell vector, as repeats_of() gives them
/// \throws UsageError if the source has several structures, or the output is no .h5; as predict
/// \returns what was written. Collective.
inference::LargeAnswer predict_large(Context& context, AnyModel const& model, Source const& source,
                                     std::array<int, 3> const& repeats,
                                     std::filesystem::path const& output);

}  // namespace kamacite::apps

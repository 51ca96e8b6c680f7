#pragma once
#include <array>
#include <filesystem>
#include <optional>
#include <string>

#include "any_model.hpp"
#include "kamacite/inference/large.hpp"
#include "large_start.hpp"
#include "stop.hpp"

namespace kamacite::apps {

/// Copies along each cell vector from "20,20,20".
/// \throws UsageError if it is not three numbers from 1 to 100,000
[[nodiscard]] std::array<int, 3> repeats_of(std::string const& text,
                                            std::string const& option = "--supercell");

/// What the command line says of a prediction over all ranks.
struct LargeOptions {
    std::array<int, 3> repeats{1, 1, 1};      ///< copies along each cell vector
    std::optional<long long> index;           ///< of the structure; from the end if negative
    std::optional<std::array<int, 3>> parts;  ///< of the cell that are averaged over: a map
    std::filesystem::path output;
    std::string numerics;            ///< what else the bits depend on: units, precision
    double checkpoint_minutes = 10;  ///< wall time between two; 0: as often as there is something
    bool fresh = false;              ///< begin anew where there is a checkpoint
};

/// Predicts one structure, repeated, with all ranks together: each holds the atoms of its domain
/// alone. Writes a file of format `prediction`, or `map` (docs/reference/files.md), or extended
/// XYZ. What is done so far is kept in the directory <output>.checkpoint until then, and gone on
/// with. \throws UsageError if the file has several structures and none is named, or one of format
/// `prediction` that is to be repeated, or a map is to be text; as predict \returns what was
/// written; nothing if it stopped at a checkpoint before. Collective.
std::optional<inference::LargeAnswer> predict_large(Context& context, AnyModel const& model,
                                                    LargeFile const& from,
                                                    LargeOptions const& options, StopRequest& stop);

}  // namespace kamacite::apps

#pragma once
#include <filesystem>

#include "command.hpp"

namespace kamacite::apps {

/// Tells what a kamacite file or dataset directory holds: format, provenance, arrays with shape and
/// unit, and of a dataset its families and labels. Collective.
/// \throws MissingError, DataError
void tell_file(Context& context, std::filesystem::path const& path);

}  // namespace kamacite::apps

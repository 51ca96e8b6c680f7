#pragma once
#include <filesystem>
#include <string>

#include "command.hpp"
#include "kamacite/io/file.hpp"

namespace kamacite::apps {

using io::Existing;

/// Writes a text to a file, complete or not at all, or to standard output if `file` is empty.
/// \throws UsageError if the file exists and `existing` is refuse; SystemError if the disk refuses
/// Collective.
void put_text(Context& context, std::string const& text, std::filesystem::path const& file,
              Existing existing);

}  // namespace kamacite::apps

#pragma once
#include <filesystem>

namespace kamacite::dft {

/// Number of valence electrons that a pseudopotential file (UPF, version 1 or 2) tells in its
/// header. \throws MissingError if it cannot be read, DataError if it does not tell
[[nodiscard]] double valence_of(std::filesystem::path const& path);

}  // namespace kamacite::dft

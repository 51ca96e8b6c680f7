#pragma once
#include <filesystem>

#include "kamacite/dft/engine.hpp"

namespace kamacite::dft {

/// Engine::read() of pw.x: pw.out, the system's messages beside it, and scratch/pw.save/
/// data-file-schema.xml (or that file in the directory itself) for more digits.
[[nodiscard]] Outcome read_pw(std::filesystem::path const& directory, Structure const& structure,
                              Start const& start);

}  // namespace kamacite::dft

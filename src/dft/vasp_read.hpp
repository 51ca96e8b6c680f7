#pragma once
#include <filesystem>

#include "kamacite/dft/engine.hpp"

namespace kamacite::dft {

/// Engine::read() of VASP: vasprun.xml for what has many digits, OUTCAR for the moments and for how
/// the iterations ended; OUTCAR alone if there is no whole vasprun.xml.
[[nodiscard]] Outcome read_vasp(std::filesystem::path const& directory, Structure const& structure,
                                Start const& start);

}  // namespace kamacite::dft

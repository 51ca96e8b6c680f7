#pragma once
// Private to the module: parts of Engine::level() that engines share.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace kamacite::dft {

/// The states of which the lowest is the label, in any order. Ferromagnetic alone, which is usual,
/// is not said: labels of that kind keep the level that they had before starts were part of it.
inline void add_starts(nlohmann::json& level, std::vector<std::string> starts) {
    std::ranges::sort(starts);
    if (starts != std::vector<std::string>{"ferromagnetic"}) level["magnetic_starts"] = starts;
}

}  // namespace kamacite::dft

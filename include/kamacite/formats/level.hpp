#pragma once
#include <map>
#include <string>

/// \file
/// Levels of theory as records have them (Record::level): JSON of all that labels depend on beyond
/// the structure, or a text that somebody wrote. What is asked for (dft::Engine::level()) has no
/// version of the program, which is known only after it ran; what labels have has one.

namespace kamacite::formats {

/// The level of labels that this version of the program made; as it is if no version is told, or if
/// the level is a text.
[[nodiscard]] std::string with_version(std::string const& level, std::string const& version);

/// The level of which only the version is not told: equal for labels that fit together if both
/// versions give the same.
[[nodiscard]] std::string without_version(std::string const& level);

/// Of the program that made the labels; empty: not told.
[[nodiscard]] std::string version_of(std::string const& level);

/// What people should know of labels that are used together, whose levels are the keys and their
/// numbers the values: several levels, or several versions of the program. Empty: nothing.
[[nodiscard]] std::string mixture_of(std::map<std::string, long long> const& levels);

}  // namespace kamacite::formats

#pragma once
#include <filesystem>
#include <string>
#include <vector>

/// \file
/// Models that come with kamacite, known by name: `kamacite predict iron structure.xyz -o out.xyz`.

namespace kamacite::apps {

/// The one that commands use where no other is named.
inline constexpr char const* default_model = "iron";

/// Directories that are searched, in this order: that of the environment variable KAMACITE_MODELS,
/// that of the installation (share/kamacite/models beside bin), that of the sources.
[[nodiscard]] std::vector<std::filesystem::path> model_directories();

/// Names of the models that come with kamacite, in order.
[[nodiscard]] std::vector<std::string> shipped_models();

/// The path that MODEL stands for: itself if there is such a file or it has a '/' or an ending,
/// else the directory of the shipped model of this name; itself again if there is none.
[[nodiscard]] std::filesystem::path resolved_model(std::filesystem::path const& model);

}  // namespace kamacite::apps

#include "shipped_models.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "build.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;

}  // namespace

std::vector<fs::path> model_directories() {
    std::vector<fs::path> directories;
    if (char const* const own = std::getenv("KAMACITE_MODELS")) directories.emplace_back(own);
    std::error_code unknown;
    auto const program = fs::read_symlink("/proc/self/exe", unknown);
    if (!unknown)
        directories.push_back(program.parent_path().parent_path() / build::models_installed);
    directories.emplace_back(build::models_source);
    return directories;
}

std::vector<std::string> shipped_models() {
    std::set<std::string> names;
    for (auto const& directory : model_directories()) {
        std::error_code none;
        for (auto const& entry : fs::directory_iterator{directory, none})
            if (fs::is_regular_file(entry.path() / "model.h5", none))
                names.insert(entry.path().filename().string());
    }
    return {names.begin(), names.end()};
}

fs::path resolved_model(fs::path const& model) {
    std::error_code none;
    if (model.has_parent_path() || model.has_extension() || fs::exists(model, none)) return model;
    for (auto const& directory : model_directories())
        if (fs::is_regular_file(directory / model / "model.h5", none)) return directory / model;
    return model;
}

}  // namespace kamacite::apps

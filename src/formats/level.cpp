#include "kamacite/formats/level.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace kamacite::formats {
namespace {

using nlohmann::json;

/// The level as an object; empty if it is a text.
json object_of(std::string const& level) {
    if (!level.starts_with('{')) return json::object();
    auto const found = json::parse(level, nullptr, false);
    return found.is_object() ? found : json::object();
}

std::string text_of(json const& level) {
    return level.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string with_version(std::string const& level, std::string const& version) {
    auto object = object_of(level);
    if (version.empty() || object.empty()) return level;
    object["version"] = version;
    return text_of(object);
}

std::string without_version(std::string const& level) {
    auto object = object_of(level);
    return object.erase("version") > 0 ? text_of(object) : level;
}

std::string version_of(std::string const& level) {
    auto const object = object_of(level);
    auto const found = object.find("version");
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string mixture_of(std::map<std::string, long long> const& levels) {
    if (levels.size() < 2) return "";
    std::map<std::string, long long> settings, versions;
    for (auto const& [level, count] : levels) {
        settings[without_version(level)] += count;
        versions[version_of(level)] += count;
    }
    auto const list = [](std::map<std::string, long long> const& counts) {
        std::string text;
        for (auto const& [name, count] : counts)
            text += fmt::format("\n  {:>8}  {}", count, name.empty() ? "(not told)" : name);
        return text;
    };
    versions.erase("");  // of these nothing can be said
    if (settings.size() < 2 && versions.size() < 2) return "";
    if (settings.size() > 1)
        return "the data mixes levels of theory: energies of different levels must not be fitted "
               "together" +
               list(settings);
    return "the data mixes labels of several versions of the program: see that they give the same "
           "for one structure" +
           list(versions);
}

}  // namespace kamacite::formats

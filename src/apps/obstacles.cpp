#include "obstacles.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "desk.hpp"
#include "kamacite/core/element.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;

/// Why nothing can be written there; empty: it can, or the directory can be made.
std::string unwritable(fs::path const& directory) {
    auto at = fs::absolute(directory).lexically_normal();
    while (!fs::exists(at) && at.has_relative_path()) at = at.parent_path();
    if (!fs::is_directory(at))
        return fmt::format("{}: {} is no directory: name another", directory.string(), at.string());
    if (access(at.c_str(), W_OK | X_OK) != 0)
        return fmt::format(
            "{}: {} cannot be written to: name another directory, or change its "
            "permissions",
            directory.string(), at.string());
    return "";
}

/// Elements of structures for which the program has no potential.
std::vector<std::string> without_potential(config::LabelOptions const& o,
                                           std::vector<Record> const& records) {
    std::vector<std::string> found;
    if (o.program == config::LabelOptions::Program::command || o.potentials.empty()) return found;
    std::set<int> elements;
    for (auto const& record : records)
        elements.insert(record.structure.species.begin(), record.structure.species.end());
    for (int const z : elements) {
        auto const is_its = [&](auto const& p) { return p.element == symbol_of(z); };
        if (std::none_of(o.potentials.begin(), o.potentials.end(), is_its))
            found.push_back(fmt::format(
                "program.potentials: there is none for {}, which structures have: name one",
                symbol_of(z)));
    }
    return found;
}

}  // namespace

std::vector<std::string> obstacles_of(config::JobOptions const& o, config::JobSize const& size) {
    return scheduler_of(o, {})->obstacles(config::resources_of(o, size));
}

std::vector<std::string> obstacles_of_scheduler(config::LabelOptions const& o) {
    auto const limits = config::limits_of(o.jobs);
    return scheduler_of(o.jobs, {})
        ->obstacles(jobs::resources_of_pack(config::resources_of(o.jobs, o.size), limits.pack,
                                            std::min(limits.side_by_side, limits.pack)));
}

std::vector<std::string> obstacles_here(config::LabelOptions const& o, dft::Engine const& engine,
                                        std::vector<Record> const& records) {
    auto found = engine.obstacles();
    for (auto& text : without_potential(o, records)) found.push_back(std::move(text));
    if (auto text = unwritable(o.directory); !text.empty()) found.push_back(std::move(text));
    return found;
}

std::vector<std::string> obstacles_of(config::LabelOptions const& o, dft::Engine const& engine,
                                      std::vector<Record> const& records) {
    auto found = obstacles_here(o, engine, records);
    for (auto& text : obstacles_of_scheduler(o)) found.push_back(std::move(text));
    return found;
}

}  // namespace kamacite::apps

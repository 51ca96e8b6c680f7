#include "info_file.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/io/reader.hpp"

namespace kamacite::apps {
namespace {

using Json = nlohmann::ordered_json;

std::string shape_text(std::vector<long long> const& shape) {
    std::string text;
    for (auto const n : shape) text += (text.empty() ? "" : " × ") + std::to_string(n);
    return text.empty() ? "1" : text;
}

Json arrays_of(io::Reader const& file) {
    Json arrays = Json::array();
    for (auto const& a : file.arrays())
        arrays.push_back({{"name", a.name},
                          {"shape", a.shape},
                          {"type", a.type},
                          {"unit", a.unit},
                          {"description", a.description}});
    return arrays;
}

Json attributes_of(std::map<std::string, std::string> const& all) {
    Json attributes = Json::object();
    for (auto const& [key, value] : all) attributes[key] = value;
    return attributes;
}

/// One file: format, attributes, arrays. Local to one rank.
Json describe_file(std::filesystem::path const& path) {
    io::Reader const file{path};
    auto const attributes = file.attributes("/");
    auto const format = attributes.find("format");
    return {{"file", path.string()},
            {"format",
             format == attributes.end() ? "unknown (not written by kamacite)" : format->second},
            {"bytes", std::filesystem::file_size(path)},
            {"attributes", attributes_of(attributes)},
            {"arrays", arrays_of(file)}};
}

/// What only datasets have: segments and families. Collective.
Json describe_dataset(std::filesystem::path const& path, mpi::Communicator const& comm) {
    auto const segments = dataset::segments(path, comm);
    auto const tags = dataset::read_tags(path, comm);
    long long records = 0;
    long long atoms = 0;
    Json parts = Json::array();
    for (auto const& s : segments) {
        records += s.records;
        atoms += s.atoms;
        parts.push_back({{"file", s.path.string()},
                         {"structures", s.records},
                         {"atoms", s.atoms},
                         {"attributes", attributes_of(s.attributes)}});
    }
    std::map<std::string, long long> families;
    for (auto const& f : tags.family) ++families[f];
    return {{"structures", records},
            {"atoms", atoms},
            {"hash", fmt::format("{:016x}", dataset::content_hash(segments))},
            {"families", families},
            {"segments", parts}};
}

/// A text of several lines (the resolved input) is indented below its key.
void print_attribute(std::string const& key, std::string const& value) {
    if (value.find('\n') == std::string::npos) {
        fmt::print("  {:<16} {}\n", key, value);
        return;
    }
    fmt::print("  {}\n    ", key);
    for (std::size_t i = 0; i < value.size(); ++i) {
        fmt::print("{}", value[i]);
        if (value[i] == '\n' && i + 1 < value.size()) fmt::print("    ");
    }
    if (value.back() != '\n') fmt::print("\n");
}

void print(Json const& all) {
    fmt::print("{}: {}\n", all["file"].get<std::string>(), all["format"].get<std::string>());
    if (all.contains("attributes"))
        for (auto const& [key, value] : all["attributes"].items())
            if (key != "format") print_attribute(key, value.get<std::string>());
    if (all.contains("dataset")) {
        auto const& d = all["dataset"];
        fmt::print("{} structures, {} atoms, {} segment(s), hash {}\n",
                   d["structures"].get<long long>(), d["atoms"].get<long long>(),
                   d["segments"].size(), d["hash"].get<std::string>());
        for (auto const& [family, count] : d["families"].items())
            fmt::print("  {:<24} {:>8}\n", family.empty() ? "(no family)" : family,
                       count.get<long long>());
        if (d["segments"].size() > 1)
            for (auto const& s : d["segments"])
                fmt::print("  {}: {} structures, {} atoms\n", s["file"].get<std::string>(),
                           s["structures"].get<long long>(), s["atoms"].get<long long>());
    }
    if (!all.contains("arrays")) return;
    for (auto const& a : all["arrays"])
        fmt::print("  {:<32} {:<16} {:<8} {:<14} {}\n", a["name"].get<std::string>(),
                   shape_text(a["shape"].get<std::vector<long long>>()),
                   a["type"].get<std::string>(), a["unit"].get<std::string>(),
                   a["description"].get<std::string>());
}

}  // namespace

void tell_file(Context& context, std::filesystem::path const& path) {
    auto const& comm = context.comm;
    Json all;
    std::vector<int> is_dataset{0};
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        if (std::filesystem::is_directory(path)) {
            if (path.extension() != ".kds")
                throw DataError(
                    fmt::format("{}: a directory that is no dataset (its name does not end in "
                                ".kds): name a file, or a .kds directory",
                                path.string()));
            all = {{"file", path.string()}, {"format", "dataset"}};
        } else {
            all = describe_file(path);
        }
        is_dataset[0] = all["format"] == "dataset" ? 1 : 0;
    });
    comm.broadcast(is_dataset);
    if (is_dataset[0] == 1) {
        auto data = describe_dataset(path, comm);
        if (comm.is_root()) all["dataset"] = std::move(data);
    }
    if (!comm.is_root()) return;
    if (context.json)
        fmt::print("{}\n", all.dump(2));
    else
        print(all);
}

}  // namespace kamacite::apps

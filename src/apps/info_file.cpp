#include "info_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "campaign_status.hpp"
#include "kamacite/campaign/label_journal.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/io/exists.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/io/reader.hpp"
#include "kamacite/jobs/journal.hpp"

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

/// What only datasets have: segments, families, levels of theory; of the segments that are whole.
/// Collective.
Json describe_dataset(std::filesystem::path const& path, mpi::Communicator const& comm) {
    auto const health = dataset::health_of(path, comm, dataset::Depth::headers);
    std::vector<dataset::Segment> segments;
    std::map<std::string, long long> families, levels;
    for (auto const& file : health.whole) {
        segments.push_back(dataset::segments(file, comm).front());
        for (auto const& [name, count] : dataset::count_texts(file, comm, dataset::Text::family))
            families[name] += count;
        for (auto const& [name, count] : dataset::count_texts(file, comm, dataset::Text::level))
            levels[name] += count;
    }
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
    Json all{{"structures", records}, {"atoms", atoms}};
    if (health.damaged.empty()) all["hash"] = io::render_hash(dataset::content_hash(segments));
    all["families"] = families;
    all["levels"] = levels;
    all["segments"] = parts;
    if (!health.damaged.empty()) all["damaged"] = health.damaged;
    return all;
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
        fmt::print("{} structures, {} atoms, {} segment(s)", d["structures"].get<long long>(),
                   d["atoms"].get<long long>(), d["segments"].size());
        if (d.contains("hash")) fmt::print(", hash {}", d["hash"].get<std::string>());
        fmt::print("\n");
        for (auto const& [family, count] : d["families"].items())
            fmt::print("  {:<24} {:>8}\n", family.empty() ? "(no family)" : family,
                       count.get<long long>());
        for (auto const& [level, count] : d["levels"].items())
            fmt::print("  level of theory: {} ({})\n", level.empty() ? "not told" : level,
                       count.get<long long>());
        if (d["segments"].size() > 1 || d.contains("damaged"))
            for (auto const& s : d["segments"])
                fmt::print("  {}: {} structures, {} atoms\n", s["file"].get<std::string>(),
                           s["structures"].get<long long>(), s["atoms"].get<long long>());
        if (d.contains("damaged"))
            for (auto const& message : d["damaged"])
                fmt::print("  damaged: {}\n", message.get<std::string>());
    }
    if (!all.contains("arrays")) return;
    for (auto const& a : all["arrays"])
        fmt::print("  {:<32} {:<16} {:<8} {:<14} {}\n", a["name"].get<std::string>(),
                   shape_text(a["shape"].get<std::vector<long long>>()),
                   a["type"].get<std::string>(), a["unit"].get<std::string>(),
                   a["description"].get<std::string>());
}

/// The directory of a campaign, or of label. Of one rank.
void tell_journal(std::filesystem::path const& path, bool json) {
    auto const entries = jobs::Journal::read(path / "journal.jsonl");
    auto const is_round = [](auto const& entry) { return entry.kind.starts_with("round."); };
    bool const rounds = std::any_of(entries.begin(), entries.end(), is_round);
    auto const lost = campaign::given_up_in(entries);
    auto const labels = std::count_if(entries.begin(), entries.end(), [](auto const& entry) {
        return entry.kind == "label.outcome" &&
               Json::parse(entry.json).value("decision", "") == "accept";
    });
    auto const format = rounds ? "campaign" : "journal of jobs";
    if (json) {
        Json const all{{"file", path.string()},
                       {"format", format},
                       {"entries", entries.size()},
                       {"labels", labels},
                       {"given_up", lost.size()}};
        fmt::print("{}\n", all.dump(2));
        return;
    }
    fmt::print("{}: {}, {} entries, {} labels, {} given up\n", path.string(), format,
               entries.size(), labels, lost.size());
    if (rounds) tell_rounds(path);
}

}  // namespace

void tell_file(Context& context, std::filesystem::path const& path) {
    auto const& comm = context.comm;
    Json all;
    std::vector<int> is_dataset{0};
    std::size_t damaged = 0;
    if (io::exists(path / "journal.jsonl", comm)) {
        mpi::all_or_none(comm, [&] {
            if (comm.is_root()) tell_journal(path, context.json);
        });
        if (!io::exists(path / "dataset.kds", comm) || context.json) return;
        return tell_file(context, path / "dataset.kds");
    }
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        if (std::filesystem::is_directory(path)) {
            if (path.extension() != ".kds")
                throw DataError(
                    fmt::format("{}: a directory that is neither a dataset (its name does not end "
                                "in .kds) nor a campaign (it has no journal.jsonl): name a file, "
                                "or one of these",
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
        damaged = data.contains("damaged") ? data["damaged"].size() : 0;
        if (comm.is_root()) all["dataset"] = std::move(data);
    }
    if (comm.is_root() && context.json)
        fmt::print("{}\n", all.dump(2, ' ', false, Json::error_handler_t::replace));
    else if (comm.is_root())
        print(all);
    if (damaged > 0)
        throw DataError(fmt::format(
            "{}: {} of its segments cannot be read: remove them, or go on without them with "
            "'import --keep-going' or 'export --keep-going'",
            path.string(), damaged));
}

}  // namespace kamacite::apps

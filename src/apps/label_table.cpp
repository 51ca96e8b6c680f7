#include "label_table.hpp"

#include <fmt/format.h>

#include "campaign_files.hpp"
#include "kamacite/io/atomic_file.hpp"

namespace kamacite::apps {
namespace {

using campaign::LabelState;

char const* shown(LabelState::Kind kind) {
    switch (kind) {
        case LabelState::Kind::labelled:
            return "labelled";
        case LabelState::Kind::quarantined:
            return "quarantined";
        case LabelState::Kind::waiting:
            break;
    }
    return "waiting";
}

}  // namespace

void write_label_table(std::filesystem::path const& path, campaign::Labelling const& labelling,
                       std::span<std::string const> keys,
                       std::map<std::string, Record> const& taken,
                       std::set<std::string> const& stored) {
    std::string text =
        "key,name,family,state,start,attempts,iterations,total_moment_muB,collapsed,node_hours,"
        "version,what\n";
    for (auto const& key : keys) {
        if (taken.contains(key)) {
            auto const& record = taken.at(key);
            text += fmt::format("{},{},{},cached,,0,,,,0,,\n", key, csv_field(record.name),
                                csv_field(record.family));
            continue;
        }
        if (!labelling.knows(key)) {
            if (stored.contains(key)) text += fmt::format("{},,,stored,,,,,,,,\n", key);
            continue;
        }
        auto const s = labelling.state(key);
        auto const& record = labelling.wish(key);
        text +=
            fmt::format("{},{},{},{},{},{},{},{:.4f},{},{:.6g},{},{}\n", key,
                        csv_field(record.name), csv_field(record.family), shown(s.kind), s.start,
                        s.attempts, s.iterations, s.total_moment, s.collapsed ? "yes" : "no",
                        s.node_hours, csv_field(s.version), csv_field(s.text));
    }
    io::write_text_file(path, text);
}

}  // namespace kamacite::apps

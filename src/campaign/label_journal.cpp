#include "kamacite/campaign/label_journal.hpp"

#include <fmt/format.h>

#include <map>

#include "label_track.hpp"

namespace kamacite::campaign {

using json = nlohmann::json;

std::vector<LabelEvent> history_of(std::span<jobs::Journal::Entry const> entries,
                                   std::string const& key) {
    std::vector<LabelEvent> events;
    for (auto const& entry : entries) {
        if (!entry.kind.starts_with("label.")) continue;
        auto const data = json::parse(entry.json);
        if (data.value("key", "") != key) continue;
        if (entry.kind == "label.retry") events.push_back({entry.time, "taken out of quarantine"});
        if (entry.kind != "label.outcome") continue;
        auto const o = LabelOutcome::of(data);
        auto const what =
            o.kind == LabelOutcome::Kind::accept
                ? fmt::format("{:.6f} eV, {:.3f} muB in the cell, {} iterations{}", o.energy,
                              o.moment, o.iterations, o.collapsed ? "; " + o.text : "")
                : o.text;
        events.push_back({entry.time, fmt::format("{}, attempt {} in {}: {}", o.start, o.number,
                                                  o.directory, what)});
    }
    return events;
}

std::vector<LabelNote> given_up_in(std::span<jobs::Journal::Entry const> entries) {
    std::map<std::pair<std::string, std::string>, LabelOutcome> open;
    for (auto const& entry : entries) {
        if (entry.kind == "label.retry") {
            std::string const key = json::parse(entry.json).at("key");
            std::erase_if(open, [&](auto const& item) { return item.first.first == key; });
        }
        if (entry.kind != "label.outcome") continue;
        auto const o = LabelOutcome::of(json::parse(entry.json));
        if (o.kind == LabelOutcome::Kind::give_up)
            open[{o.key, o.start}] = o;
        else
            open.erase({o.key, o.start});
    }
    std::vector<LabelNote> notes;
    for (auto const& [at, o] : open) notes.push_back({o.key, o.start, o.text, o.name});
    return notes;
}

}  // namespace kamacite::campaign

#include "kamacite/campaign/rounds.hpp"

#include <nlohmann/json.hpp>

#include "kamacite/core/utf8.hpp"

namespace kamacite::campaign {
namespace {

using json = nlohmann::ordered_json;

json json_of(std::optional<TestError> const& e) {
    if (!e) return nullptr;
    return {{"rmse", e->rmse}, {"error", e->error}};
}

std::optional<TestError> error_of(json const& j) {
    if (j.is_null()) return std::nullopt;
    return TestError{j.at("rmse"), j.at("error")};
}

Trained trained_of(json const& j) {
    Trained t{
        j.at("model"), j.at("labels"), error_of(j.at("energy")), error_of(j.at("forces")), {}};
    for (auto const& [name, value] : j.at("properties").items())
        t.properties[name] = {value.at("value"), value.at("error")};
    return t;
}

Chosen chosen_of(json const& j) {
    return {j.at("considered"), j.at("worth"), j.at("correlated"), j.at("count")};
}

Labelled labelled_of(json const& j) {
    return {j.at("count"),
            j.at("quarantined"),
            j.at("node_hours"),
            error_of(j.at("energy")),
            error_of(j.at("forces")),
            j.at("within_energy"),
            j.at("within_forces"),
            j.value("late", std::vector<std::string>{})};
}

}  // namespace

int Progress::current() const {
    int round = rounds.empty() ? first : rounds.rbegin()->first;
    if (auto const at = rounds.find(round); at != rounds.end() && at->second.labelled) ++round;
    return round;
}

Round Progress::now() const {
    auto const at = rounds.find(current());
    return at == rounds.end() ? Round{} : at->second;
}

Progress progress_of(std::span<jobs::Journal::Entry const> entries, int first) {
    Progress p;
    p.first = first;
    for (auto const& entry : entries) {
        auto const is = [&](char const* kind) { return entry.kind == kind; };
        if (!is("round.trained") && !is("round.chosen") && !is("round.labelled") &&
            !is("work.outcome") && !is("campaign.ended") && !is("campaign.resumed") &&
            !is("label.retry") && !is("work.retry"))
            continue;
        auto const j = json::parse(entry.json);
        if (is("round.trained")) p.rounds[j.at("round")].trained = trained_of(j);
        if (is("round.chosen")) p.rounds[j.at("round")].chosen = chosen_of(j);
        if (is("round.labelled")) {
            auto const& labelled = p.rounds[j.at("round")].labelled = labelled_of(j);
            p.late = labelled->late;
            p.retried.clear();  // have labels now, are late, or got none again
            p.resumed = false;
        }
        if (is("campaign.ended")) p.ended = j.at("why");
        if (is("campaign.resumed")) p.ended.clear();
        if (is("label.retry")) {
            p.retried.push_back(j.at("key"));
            p.resumed = p.resumed || !p.ended.empty();
            p.ended.clear();
        }
        if (is("work.retry")) p.efforts[j.at("task")].counted = 0;
        if (!is("work.outcome")) continue;
        auto& effort = p.efforts[j.at("task")];
        effort.number = j.at("number");
        effort.done = j.at("done");
        effort.counted += j.at("counts").get<bool>() ? 1 : 0;
        effort.text = j.at("text");
    }
    return p;
}

void record(jobs::Journal& journal, int round, Trained const& t) {
    json properties = json::object();
    for (auto const& [name, value] : t.properties)
        properties[name] = {{"value", value.value}, {"error", value.error}};
    journal.append("round.trained", json{{"round", round},
                                         {"model", t.model},
                                         {"labels", t.labels},
                                         {"energy", json_of(t.energy)},
                                         {"forces", json_of(t.forces)},
                                         {"properties", properties}}
                                        .dump());
}

void record(jobs::Journal& journal, int round, Chosen const& c) {
    journal.append("round.chosen", json{{"round", round},
                                        {"considered", c.considered},
                                        {"worth", c.worth},
                                        {"correlated", c.correlated},
                                        {"count", c.count}}
                                       .dump());
}

void record(jobs::Journal& journal, int round, Labelled const& l) {
    journal.append("round.labelled", json{{"round", round},
                                          {"count", l.count},
                                          {"quarantined", l.quarantined},
                                          {"node_hours", l.node_hours},
                                          {"energy", json_of(l.energy)},
                                          {"forces", json_of(l.forces)},
                                          {"within_energy", l.within_energy},
                                          {"within_forces", l.within_forces},
                                          {"late", l.late}}
                                         .dump());
}

void record_work(jobs::Journal& journal, std::string const& task, int number, bool done,
                 bool counts, std::string const& text) {
    journal.append("work.outcome", json{{"task", task},
                                        {"number", number},
                                        {"done", done},
                                        {"counts", counts},
                                        {"text", as_utf8(text)}}
                                       .dump());
}

void record_retry(jobs::Journal& journal, std::string const& task) {
    journal.append("work.retry", json{{"task", task}}.dump());
}

void record_end(jobs::Journal& journal, std::string const& why) {
    journal.append("campaign.ended", json{{"why", why}}.dump());
}

void record_resumption(jobs::Journal& journal) {
    journal.append("campaign.resumed", "{}");
}

}  // namespace kamacite::campaign

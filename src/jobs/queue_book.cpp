#include "queue_book.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "kamacite/core/error.hpp"

namespace kamacite::jobs {

using Json = nlohmann::ordered_json;

Json json_of(Resources const& r) {
    Json json{{"nodes", r.nodes},
              {"processes", r.processes},
              {"threads", r.threads},
              {"memory", r.memory},
              {"seconds", r.seconds}};
    auto const add = [&](char const* name, std::string const& value) {
        if (!value.empty()) json[name] = value;
    };
    add("partition", r.partition);
    add("account", r.account);
    add("qos", r.qos);
    add("constraint", r.constraint);
    add("reservation", r.reservation);
    add("exclude", r.exclude);
    if (!r.lines.empty()) json["lines"] = r.lines;
    return json;
}

Resources resources_of(Json const& json) {
    Resources r;
    r.nodes = json.value("nodes", 1);
    r.processes = json.value("processes", 1);
    r.threads = json.value("threads", 1);
    r.memory = json.value("memory", 0.0);
    r.seconds = json.value("seconds", 3600.0);
    r.partition = json.value("partition", "");
    r.account = json.value("account", "");
    r.qos = json.value("qos", "");
    r.constraint = json.value("constraint", "");
    r.reservation = json.value("reservation", "");
    r.exclude = json.value("exclude", "");
    r.lines = json.value("lines", std::vector<std::string>{});
    return r;
}

Book::Book(Journal& journal, std::string campaign) : journal_{journal} {
    for (auto const& entry : journal.entries()) {
        if (!entry.kind.starts_with("job.")) continue;
        try {
            apply(entry.kind, Json::parse(entry.json));
        } catch (std::exception const& e) {  // its checksum is right: another program's
            throw DataError(
                fmt::format("the journal of {}, entry {} ({}): {}: it is not of this "
                            "version; go on with the program that began it",
                            campaign, entry.number, entry.kind, e.what()));
        }
    }
}

void Book::record(std::string const& kind, Json const& data) {
    journal_.append(kind, data.dump());
    apply(kind, data);
}

void Book::record_lost(Item const& item, std::string const& reason, double node_hours) {
    record("job.lost", {{"task", item.attempt.task},
                        {"number", item.attempt.number},
                        {"generation", item.generation},
                        {"job", item.job},
                        {"reason", reason},
                        {"node_hours", node_hours}});
}

void Book::record_ended(Ended const& e) {
    record("job.ended", {{"task", e.task},
                         {"number", e.number},
                         {"state", name_of(e.state)},
                         {"exit_code", e.exit_code},
                         {"signal", e.signal},
                         {"directory", e.directory.string()},
                         {"job", e.job},
                         {"node", e.node},
                         {"seconds", e.seconds},
                         {"node_hours", e.node_hours},
                         {"explanation", e.explanation}});
}

void Book::record_watches() {
    auto list = Json::array();
    for (auto const& [key, item] : items)
        if (item.phase == Phase::handed_over && item.watch != item.noted)
            list.push_back({key.first, key.second, item.watch.missing_since, item.watch.missed_at,
                            item.watch.missing_answers, item.watch.over_since});
    if (!list.empty()) record("job.watches", {{"watches", list}});
}

std::vector<Ended> ended_in(std::span<Journal::Entry const> entries) {
    std::vector<Ended> ends;
    for (auto const& entry : entries) {
        if (entry.kind != "job.ended") continue;
        auto const j = Json::parse(entry.json);
        Ended e{j.at("task"), j.at("number"), j.at("directory").get<std::string>(),
                state_named(j.at("state").get<std::string>()).value_or(State::failed)};
        e.exit_code = j.at("exit_code");
        e.signal = j.at("signal");
        e.job = j.at("job");
        e.node = j.at("node");
        e.seconds = j.at("seconds");
        e.node_hours = j.at("node_hours");
        e.explanation = j.at("explanation");
        ends.push_back(std::move(e));
    }
    return ends;
}

double Book::cost(Job const& job, double seconds) {
    return job.nodes * seconds / 3600.0 / job.side_by_side;
}

double Book::committed() const {
    double sum = 0.0;
    for (auto const& [key, item] : items)
        if (item.phase == Phase::handed_over)
            sum += cost(jobs.at(item.job), item.attempt.resources.seconds);
    return sum;
}

void Book::leave_job(Item& item) {
    auto const job = jobs.find(item.job);
    if (job != jobs.end() && --job->second.left == 0) jobs.erase(job);
    item.job.clear();
    item.runs = false;
    item.watch = item.noted = {};
}

void Book::apply(std::string const& kind, Json const& data) {
    if (kind == "job.cancel_all") {
        for (auto& [key, item] : items)
            if (item.phase != Phase::ended) item.cancelled = true;
        return;
    }
    if (kind == "job.watches") {
        for (auto const& one : data.at("watches")) {
            auto& item = items.at({one.at(0), one.at(1)});
            item.watch = item.noted = {one.at(2), one.at(3), one.at(4), one.at(5)};
        }
        return;
    }
    if (kind == "job.intent" || kind == "job.submitted" || kind == "job.withdrawn")
        return apply_to_job(kind, data);

    Key const key{data.at("task"), data.at("number")};
    if (kind == "job.added") {
        Item item;
        item.attempt = {key.first, key.second, data.at("directory").get<std::string>(), "",
                        resources_of(data.at("resources"))};
        item.sequence = static_cast<int>(items.size());
        items.emplace(key, std::move(item));
    } else if (kind == "job.lost") {
        auto& item = items.at(key);
        item.refusals = 0;
        leave_job(item);
        item.phase = Phase::planned;
        ++item.generation;
        spent += data.value("node_hours", 0.0);
    } else if (kind == "job.ended") {
        auto& item = items.at(key);
        if (item.phase == Phase::handed_over) leave_job(item);
        item.phase = Phase::ended;
        spent += data.value("node_hours", 0.0);
    }
}

void Book::apply_to_job(std::string const& kind, Json const& data) {
    std::string const name = data.at("name");
    if (kind == "job.submitted") {
        if (auto const job = jobs.find(name); job != jobs.end()) job->second.id = data.at("id");
    } else if (kind == "job.withdrawn") {
        for (auto& [key, item] : items) {
            if (item.phase != Phase::handed_over || item.job != name) continue;
            item.phase = Phase::planned;
            item.job.clear();
            if (!data.value("refused", false)) continue;
            ++item.refusals;
            item.refused = data.value("message", "");
        }
        jobs.erase(name);
    } else {
        Job job{name,
                "",
                static_cast<int>(data.at("tasks").size()),
                data.at("side_by_side"),
                data.at("nodes"),
                0,
                0,
                0.0};
        for (int t = 0; t < job.tasks; ++t)
            for (auto const& one : data.at("tasks").at(static_cast<std::size_t>(t))) {
                auto& item = items.at({one.at(0), one.at(1)});
                item.phase = Phase::handed_over;
                item.job = name;
                item.task = t;
                ++job.left;
            }
        job.size = job.left;
        next_batch = std::max(next_batch, data.at("batch").get<int>() + 1);
        jobs.emplace(name, job);
    }
}

}  // namespace kamacite::jobs

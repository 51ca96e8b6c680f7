#include "estimate_label.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kamacite/core/error.hpp"
#include "kamacite/io/exists.hpp"
#include "label_input.hpp"
#include "obstacles.hpp"

namespace kamacite::apps {

namespace fs = std::filesystem;

double node_hours_of(config::JobSize const& size) {
    return config::seconds_of(size.time) / 3600.0 * size.nodes;
}

Estimates estimate_label(Context& context, config::LabelOptions const& o) {
    Estimates e;
    auto const& comm = context.comm;
    auto const note = [&](std::string const& text) { e.notes.push_back(text); };
    auto const engine = config::engine_of(o);
    std::vector<fs::path> there;
    for (auto const& file : o.structures) {
        if (io::exists(file, comm))
            there.push_back(file);
        else
            note(fmt::format("not ready to run: structures: {} is not there", file.string()));
    }
    auto const records = structures_of(comm, there);
    int ready = 0;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        for (auto const& text : obstacles_of(o, *engine, records))
            note("not ready to run: " + text);
        ready = engine->obstacles().empty() ? 1 : 0;
    });
    comm.broadcast(std::span{&ready, 1});
    std::map<std::string, Record> known;
    if (ready == 1) {
        known = labelled_in(comm, std::span{&o.output, 1}, engine->level());
        known.merge(labelled_in(comm, o.cache, engine->level()));
    }
    if (o.structures.empty()) note("no structures are named: only a campaign can use this input");
    if (!comm.is_root() || records.empty()) return e;

    double structures = 0.0, atoms = 0.0, known_already = 0.0;
    int largest = 0;
    std::set<std::string> keys;
    for (auto const& record : records) {
        auto const key = campaign::label_key(record.structure, ready == 1 ? engine->level() : "");
        if (!keys.insert(key).second) continue;
        structures += 1.0;
        atoms += record.structure.size();
        largest = std::max(largest, static_cast<int>(record.structure.size()));
        if (known.contains(key)) known_already += 1.0;
    }
    double const jobs = (structures - known_already) * static_cast<double>(o.starts.size());
    e.numbers = {
        {"structures", structures, "", "structures, each counted once"},
        {"atoms", atoms, "", "atoms in them"},
        {"largest", static_cast<double>(largest), "", "atoms of the largest"},
        {"labelled", known_already, "", "of them have labels in the output or the cache"},
        {"jobs", jobs, "", "calculations to be done at most, one from each magnetic start"},
        {"processes", static_cast<double>(o.size.processes), "", "processes of each"},
        {"node_hours", jobs * node_hours_of(o.size), "node-hours",
         "cost at most, if each takes all of its time and none is tried again"}};
    if (o.jobs.limits.node_hours > 0.0 && jobs * node_hours_of(o.size) > o.jobs.limits.node_hours)
        note(fmt::format("the budget jobs.node_hours is {:.4g}: where it is spent, labelling waits",
                         o.jobs.limits.node_hours));
    return e;
}

}  // namespace kamacite::apps

#include "estimate_campaign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "campaign_work.hpp"
#include "data.hpp"
#include "estimate_label.hpp"
#include "kamacite/config/generate.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/generate/check.hpp"
#include "kamacite/generate/recipe.hpp"
#include "kamacite/io/exists.hpp"
#include "label_input.hpp"
#include "large_start.hpp"
#include "obstacles.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;
using config::CampaignOptions;

/// Counts what a campaign begins with and looks at, and keeps some of it. Collective.
class Count {
public:
    Count(Context& context, Estimates& estimates) : context_{context}, e_{estimates} {}

    /// Structures of a file; 0 and a note if it is not there.
    double structures(fs::path const& file, char const* what) {
        if (!is_there(file, what)) return 0.0;
        auto records = structures_of(context_.comm, std::span{&file, 1});
        auto const count = static_cast<double>(Source{context_.comm, file, ""}.size());
        std::move(records.begin(), records.end(), std::back_inserter(records_));
        return count;
    }

    /// Large structures of a file, which stays unread.
    double large(fs::path const& file, std::vector<int> const& supercell) {
        if (!is_there(file, "explore.environments.structures")) return 0.0;
        LargeFile const opened{context_.comm, file};
        opened.expect_copies(supercell);
        return static_cast<double>(opened.size());
    }

    /// Structures of recipes, before any is refused.
    double recipes(fs::path const& file, char const* what) {
        if (!is_there(file, what)) return 0.0;
        auto const o =
            config::read_options<config::GenerateOptions>(file, "generate", context_.comm);
        generate::check(o.plan);
        return static_cast<double>(generate::count(o.plan));
    }

    bool is_there(fs::path const& file, char const* what) {
        if (io::exists(file, context_.comm)) return true;
        e_.notes.push_back(
            fmt::format("not ready to run: {}: {} is not there", what, file.string()));
        complete_ = false;
        return false;
    }

    [[nodiscard]] std::vector<Record> const& records() const { return records_; }
    [[nodiscard]] bool is_complete() const { return complete_; }  ///< whether all was there

private:
    Context& context_;
    Estimates& e_;
    std::vector<Record> records_;  // of rank 0
    bool complete_ = true;
};

void add_candidates(Count& count, CampaignOptions const& o, Estimates& e) {
    double walks = 0.0, candidates = 0.0;
    for (auto const& d : o.dynamics)
        for (auto const& file : d.structures) {
            double const here = count.structures(file, "explore.dynamics.structures") *
                                static_cast<double>(d.temperatures.size() * d.strains.size()) *
                                d.copies;
            walks += here;
            candidates +=
                here * std::floor(static_cast<double>(d.steps) / static_cast<double>(d.every));
        }
    for (auto const& file : o.recipes) candidates += count.recipes(file, "explore.recipes");
    if (o.cut)
        for (auto const& file : o.environments.structures)
            candidates += count.large(file, o.environments.supercell) *
                          static_cast<double>(o.environments.most) *
                          (o.environments.warm
                               ? static_cast<double>(o.environments.dynamics.temperatures.size())
                               : 1.0);
    if (!count.is_complete()) return;
    e.numbers.push_back({"walks", walks, "", "walks in each round"});
    e.numbers.push_back({"candidates", candidates, "", "candidates in each round, at most"});
}

/// What will not work, or not as it was meant, by the inputs alone.
void hold_together(CampaignInputs const& in, Estimates& e) {
    auto const& o = in.campaign;
    auto const note = [&](std::string const& text) { e.notes.push_back(text); };
    if (!o.random && !in.train.committee)
        note(
            fmt::format("not ready to run: {} trains one model, and nothing tells how sure it is: "
                        "add 'committee: {{members: 4}}' there",
                        o.train.string()));
    if (o.test.empty() && o.least_fall > 0.0)
        note("no 'test' is named: errors are not known, and do not end the campaign");
    if (!(o.share > 0.0) && !(o.least_fall > 0.0) && o.settled.empty())
        note("nothing ends the campaign but 'stop.rounds' and the budget");
}

void add_costs(CampaignInputs const& in, double first, Estimates& e) {
    auto const& o = in.campaign;
    auto const starts = static_cast<double>(in.label.starts.size());
    double const label = node_hours_of(in.label.size) * starts;
    double const work = node_hours_of(o.size);
    double const labels = o.select.count * static_cast<double>(o.rounds);
    double const hours = (first + labels) * label + (2.0 * o.rounds + 1.0) * work;
    e.numbers.push_back({"rounds", static_cast<double>(o.rounds), "", "rounds at most"});
    e.numbers.push_back({"labels", first + labels, "", "structures to be labelled, at most"});
    e.numbers.push_back({"jobs", (first + labels) * starts + 2.0 * o.rounds + 1.0, "",
                         "jobs of labels, training and exploration, at most"});
    e.numbers.push_back({"processes", static_cast<double>(in.label.size.processes), "",
                         "processes of a calculation"});
    e.numbers.push_back({"node_hours", hours, "node-hours",
                         "cost at most, if each takes all of its time and none is tried again"});
    if (o.jobs.limits.node_hours > 0.0 && hours > o.jobs.limits.node_hours)
        e.notes.push_back(
            fmt::format("the budget jobs.node_hours is {:.4g}: where it is spent, the campaign "
                        "waits",
                        o.jobs.limits.node_hours));
}

/// Looks at machine and data. Collective.
void look_around(Context& context, CampaignInputs const& in, Count& count, Estimates& e) {
    auto const& comm = context.comm;
    std::unique_ptr<dft::Engine> engine;
    try {
        engine = config::engine_of(in.label);
    } catch (InputError const& error) {
        throw InputError(fmt::format("{}:1: {}", in.campaign.label.string(), error.what()));
    }
    int ready = 0;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        auto found = obstacles_of(in.label, *engine, count.records());
        for (auto const& text : obstacles_of(in.campaign.jobs, in.campaign.size))
            if (std::find(found.begin(), found.end(), text) == found.end())
                found.push_back("training and exploration ('job'): " + text);
        for (auto const& text : found) e.notes.push_back("not ready to run: " + text);
        ready = engine->obstacles().empty() ? 1 : 0;
    });
    comm.broadcast(std::span{&ready, 1});
    std::vector<fs::path> there;
    double structures = 0.0;
    for (auto const& file : in.campaign.data) {
        structures += count.structures(file, "data");
        if (io::exists(file, comm)) there.push_back(file);
    }
    auto const records = structures_of(comm, there);
    if (ready == 1)
        mpi::all_or_none(comm, [&] { expect_level(records, in, engine->level(), context.log); });
    if (!in.campaign.data.empty())
        e.numbers.push_back({"data", structures, "", "structures with labels to begin with"});
    if (!in.campaign.test.empty())
        e.numbers.push_back({"test", count.structures(in.campaign.test, "test"), "",
                             "structures that models are judged by"});
}

}  // namespace

Estimates estimate_campaign(Context& context, std::string const& file, CampaignOptions const& o) {
    Estimates e;
    Count count{context, e};
    bool all = true;
    for (auto const& [path, command] : {std::pair{o.label, "label"}, std::pair{o.train, "train"},
                                        std::pair{o.properties, "properties"}}) {
        if (path.empty() || io::exists(path, context.comm)) continue;
        e.notes.push_back(fmt::format(
            "not ready to run: {} is not there: 'kamacite init {} -o {}' writes one to begin with",
            path.string(), command, path.string()));
        all = false;
    }
    double const first = o.first.empty() ? 0.0 : count.recipes(o.first, "first");
    if (!o.first.empty())
        e.numbers.push_back(
            {"first", first, "", "structures that are labelled before the first model"});
    add_candidates(count, o, e);
    if (!all) return e;
    auto const in = read_campaign(context.comm, file);
    hold_together(in, e);
    look_around(context, in, count, e);
    add_costs(in, first, e);
    return e;
}

}  // namespace kamacite::apps

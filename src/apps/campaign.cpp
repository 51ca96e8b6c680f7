#include <fmt/format.h>

#include <memory>

#include "campaign_driver.hpp"
#include "campaign_explore.hpp"
#include "campaign_status.hpp"
#include "commands.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::apps {
namespace {

struct Given {
    std::string what, input, model;
    std::vector<std::string> which;
    double max_hours = 0.0;
    int round = 0;
};

int drive(Context& context, Given const& given) {
    StopRequest const stop{context.comm, given.max_hours};
    CampaignDriver driver{context, read_campaign(context.comm, given.input)};
    if (given.what == "retry") driver.retry(given.which);
    bool const once = given.what != "run";
    while (!driver.look()) {
        if (once || stop.agreed()) {
            if (!once)
                context.log.warn("stopped ({}): jobs go on; run it again to go on", stop.reason());
            return static_cast<int>(ErrorKind::stopped);
        }
        wait_for_jobs(context.comm, driver.inputs().campaign.jobs, stop);
    }
    if (context.comm.is_root()) fmt::print("ended: {}\n", driver.ended());
    return 0;
}

int campaign(Context& context, Given const& given) {
    if (given.what.empty())
        throw UsageError("campaign: what of it? plan, step, run, status, explain or retry");
    if (given.what == "run" || given.what == "step" || given.what == "retry")
        return drive(context, given);
    auto const inputs = read_campaign(context.comm, given.input);
    if (given.what == "plan") return tell_plan(context, inputs);
    if (given.what == "status") return tell_status(context, inputs);
    if (given.what == "explain") return explain(context, inputs, given.which.front());
    explore(context, inputs.campaign, given.round, given.model);
    return 0;
}

}  // namespace

Command campaign_command() {
    return {"campaign", "Grow a dataset where the model knows least: plan, step, run, status …",
            [](Arguments const& arguments) {
                auto const given = std::make_shared<Given>();
                auto const part = [&](std::string const& name, std::string const& doc) {
                    auto const p = arguments.part(name, doc, [given, name] { given->what = name; });
                    p.add("input", given->input, "Input file (YAML)").required();
                    return p;
                };
                (void)part("plan", "Say what would be done and what it may cost; touch nothing");
                (void)part("step",
                           "One look: take in what has ended, hand over what can be, end "
                           "(exit code 75 until the campaign has ended): for cron");
                auto const run = part("run", "Look again and again until the campaign has ended");
                run.add("--max-hours", given->max_hours,
                        "Stop before this time is over (exit code 75); jobs go on")
                    .between(0.0, 1e6);
                (void)part("status", "Rounds, labels, errors and costs so far");
                part("explain", "Where a structure came from, and what became of it")
                    .add("structure", given->which, "Its name, as r001-0017, or its key")
                    .required();
                part("retry", "Take structures out of quarantine, and try failed jobs again")
                    .add("structures", given->which,
                         "Their names or keys, names of jobs as train-003, or 'all'")
                    .required();
                auto const explore = part("explore", "What the job of exploration runs");
                explore.add("--round", given->round, "Number of the round").required();
                explore.add("--model", given->model, "Committee of the round").required();
                return [given](Context& context) { return campaign(context, *given); };
            },
            Command::Json::yes};
}

}  // namespace kamacite::apps

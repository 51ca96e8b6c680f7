#include "kamacite/config/jobs.hpp"

#include "words.hpp"

namespace kamacite::config {
namespace {

constexpr double second = 1e15;  // [fs]
Bounds const counts{1.0, 1e6};

void slurm_fields(Fields& f, JobOptions& o) {
    auto const optional = Key::Need::optional;
    f.text({"partition", "As sbatch has it; none: the site's default", optional, "standard"},
           o.partition);
    f.text({"account", "That is charged", optional, "project"}, o.account);
    f.text({"qos", "Quality of service", optional, "normal"}, o.qos);
    f.text({"constraint", "Features that nodes must have", optional, "ib"}, o.constraint);
    f.text({"reservation", "To run in", optional, "mine"}, o.reservation);
    f.text({"exclude", "Nodes that are not to be used", optional, "n17"}, o.exclude);
    f.texts({"lines", "Further options of sbatch, one each, as after #SBATCH", optional,
             "['--gres=tmp:10G']"},
            o.lines);
    f.integer({"array", "Calculations that are handed over as one array, at most"}, o.limits.array,
              counts);
    f.integer({"pack",
               "Calculations that one job works off, one after the other: more than one "
               "where they are short and the queue is slow"},
              o.limits.pack, counts);
    f.integer({"side_by_side", "Of those, at a time; the job asks for so many times the processes"},
              o.limits.side_by_side, counts);
    f.quantity({"grace",
                "How long a job that Slurm does not know of is waited for before it "
                "counts as lost"},
               o.grace, Dimension::time, {second, 86400.0 * second});
}

}  // namespace

void fields(Fields& f, JobOptions& o) {
    f.choice<JobOptions::Scheduler>(
        {"scheduler", "Who runs them"}, o.scheduler,
        {{JobOptions::Scheduler::local, "local", "this machine, beside the program",
          [&](Fields& s) {
              s.integer({"cores", "That jobs may have in all; 0: every one there is"}, o.cores,
                        {0.0, 1e6});
          }},
         {JobOptions::Scheduler::slurm, "slurm",
          "Slurm, by sbatch, squeue and, where there is "
          "accounting, sacct",
          [&](Fields& s) { slurm_fields(s, o); }}});
    f.texts({"setup", "Lines of bash before each program: modules, exports", Key::Need::optional,
             "['module load espresso']"},
            o.setup);
    f.integer({"most", "Jobs in the queue at a time"}, o.limits.jobs, counts);
    f.integer({"resubmissions",
               "Of a job that was lost or whose node failed, without counting as "
               "an attempt"},
              o.limits.resubmissions, {0.0, 1000.0});
    f.number({"node_hours", "Budget: nothing is handed over beyond it; 0: no limit"},
             o.limits.node_hours, {0.0, 1e9});
    f.quantity({"poll", "Between two looks at the queue"}, o.poll, Dimension::time,
               {0.01 * second, 86400.0 * second});
}

void fields(Fields& f, JobSize& size) {
    f.integer({"nodes", "Of a job"}, size.nodes, counts);
    f.integer({"processes", "MPI ranks of a job, over all its nodes"}, size.processes, counts);
    f.integer({"threads", "Cores of each rank"}, size.threads, counts);
    f.quantity({"memory", "Of a job on each node; 0: the site's default"}, size.memory,
               Dimension::memory, {0.0, 1e15});
    f.quantity({"time", "Wall time of a job"}, size.time, Dimension::time, {second, 1e8 * second});
}

jobs::Limits limits_of(JobOptions const& o) {
    auto limits = o.limits;
    limits.grace = seconds_of(o.grace);
    return limits;
}

jobs::Resources resources_of(JobOptions const& o, JobSize const& size) {
    jobs::Resources r;
    r.nodes = size.nodes;
    r.processes = size.processes;
    r.threads = size.threads;
    r.memory = size.memory;
    r.seconds = seconds_of(size.time);
    if (o.scheduler != JobOptions::Scheduler::slurm) return r;
    r.partition = o.partition;
    r.account = o.account;
    r.qos = o.qos;
    r.constraint = o.constraint;
    r.reservation = o.reservation;
    r.exclude = o.exclude;
    r.lines = o.lines;
    return r;
}

}  // namespace kamacite::config

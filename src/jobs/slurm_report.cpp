#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <sstream>

#include "command.hpp"
#include "kamacite/jobs/slurm.hpp"
#include "kamacite/jobs/slurm_text.hpp"

namespace kamacite::jobs {
namespace {

/// Value of a line "Name   = value" of scontrol show config; 0 if there is none.
double value_in(std::string const& config, std::string const& name) {
    std::istringstream lines{config};
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(name)) continue;
        auto const at = line.find('=');
        if (at != std::string::npos) return std::atof(line.c_str() + at + 1);
    }
    return 0.0;
}

/// The last thing that a command said, which is what it ended over.
std::string last_line(CommandResult const& result) {
    auto text = result.err;
    while (text.ends_with('\n')) text.pop_back();
    if (text.empty() || result.timed_out) return result.message();
    return text.substr(text.rfind('\n') + 1);  // npos + 1 is 0
}

std::vector<Partition> partitions_in(std::string const& text) {
    std::vector<Partition> result;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields{line};
        Partition p;
        std::string up;
        std::string limit;
        if (!std::getline(fields, p.name, '|') || !std::getline(fields, up, '|') ||
            !std::getline(fields, limit))
            continue;
        p.is_default = p.name.ends_with('*');
        if (p.is_default) p.name.pop_back();
        p.is_up = up == "up";
        p.seconds = slurm_duration(limit);
        result.push_back(p);
    }
    return result;
}

}  // namespace

SlurmReport slurm_report(SlurmOptions const& options) {
    SlurmReport report;
    auto environment = environment_of_jobs();
    environment.emplace_back("LC_ALL=C");
    auto const question = [&](std::vector<std::string> const& words) {
        return run_command(words, options.patience, environment);
    };
    auto const version = question({"sbatch", "--version"});
    report.installed = version.started;
    if (!report.installed) {
        report.mends.emplace_back(
            "sbatch is not in PATH: load Slurm's module, or run on a node "
            "from which jobs can be submitted; 'local' runs jobs here");
        return report;
    }
    report.version = version.good() ? version.out.substr(0, version.out.find('\n'))
                                    : "sbatch of unknown version";
    auto const config = question({"scontrol", "show", "config"});
    report.answers = config.good();
    if (!report.answers) {
        report.mends.push_back(fmt::format(
            "Slurm's controller does not answer ({}): is this a node that may talk to it, and is "
            "slurmctld up ('scontrol ping')?",
            last_line(config)));
        return report;
    }
    report.largest_array = std::max(1, static_cast<int>(value_in(config.out, "MaxArraySize")));
    report.remembers = value_in(config.out, "MinJobAge");
    report.partitions = partitions_in(question({"sinfo", "-h", "-o", "%P|%a|%l"}).out);
    report.accounting =
        options.accounting && question({"sacct", "-X", "-n", "-P", "-o", "JobID"}).good();
    if (!report.accounting && report.remembers < 60.0)
        report.mends.push_back(fmt::format(
            "without accounting, jobs that have ended are forgotten after {:.0f} s (MinJobAge): "
            "what "
            "became of a job that was killed is then guessed; ask for 300 s or for sacct",
            report.remembers));
    if (report.partitions.empty())
        report.mends.emplace_back(
            "no partition is visible to this account: ask the administrators");
    return report;
}

}  // namespace kamacite::jobs

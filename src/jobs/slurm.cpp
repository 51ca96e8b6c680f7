#include "kamacite/jobs/slurm.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "command.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/jobs/slurm_text.hpp"

namespace kamacite::jobs {
namespace {

/// For commands whose answers are parsed.
std::vector<std::string> environment_of_questions() {
    auto environment = environment_of_jobs();
    std::erase_if(environment, [](auto const& v) {
        return v.starts_with("LC_") || v.starts_with("LANG") || v.starts_with("SQUEUE_") ||
               v.starts_with("SACCT_") || v.starts_with("SINFO_");
    });
    for (auto const* const fixed :
         {"LC_ALL=C", "SLURM_TIME_FORMAT=standard", "SLURM_BITSTR_LEN=0"})  // 0: ranges whole
        environment.emplace_back(fixed);
    return environment;
}

class Slurm final : public Scheduler {
public:
    explicit Slurm(SlurmOptions const& options) : options_{options} {}

    [[nodiscard]] std::string name() const override { return "slurm"; }
    [[nodiscard]] std::string header(Submission const& submission) const override;
    [[nodiscard]] Receipt submit(Submission const& submission) override;
    [[nodiscard]] std::optional<std::vector<Status>> ask(std::string const& prefix) override;
    void cancel(std::string const& id, std::string const& name) override {
        (void)question({"scancel", "--name=" + name, id});
    }
    [[nodiscard]] int largest_array() override;
    [[nodiscard]] std::vector<std::string> obstacles(Resources const& resources) override;

private:
    [[nodiscard]] CommandResult question(std::vector<std::string> const& words) const {
        return run_command(words, options_.patience, environment_of_questions());
    }
    [[nodiscard]] std::vector<Status> ask_accounting(std::string const& prefix);

    SlurmOptions options_;
    std::optional<int> largest_array_;
    double no_accounting_before_ = 0.0;
};

std::string Slurm::header(Submission const& s) const {
    auto const& r = s.resources;
    auto const minutes = std::max(1L, std::lround(std::ceil(r.seconds / 60.0)));
    std::string lines;
    auto const add = [&](std::string_view option, auto const& value) {
        lines += fmt::format("#SBATCH --{}={}\n", option, value);
    };
    auto const add_text = [&](std::string_view option, std::string const& value) {
        if (!value.empty()) add(option, value);
    };
    add("job-name", s.name);
    add("comment", s.name);
    add("nodes", r.nodes);
    add("ntasks", r.processes);
    add("cpus-per-task", r.threads);
    if (r.memory > 0.0) add("mem", fmt::format("{:.0f}K", std::ceil(r.memory / 1024.0)));
    add("time", minutes);
    add_text("partition", r.partition);
    add_text("account", r.account);
    add_text("qos", r.qos);
    add_text("constraint", r.constraint);
    add_text("reservation", r.reservation);
    add_text("exclude", r.exclude);
    if (s.count > 1)
        add("array",
            fmt::format("0-{}{}", s.count - 1, s.at_once > 0 ? fmt::format("%{}", s.at_once) : ""));
    add("output", s.count > 1 ? "slurm-%A_%a.out" : "slurm-%j.out");
    lines += "#SBATCH --requeue\n#SBATCH --open-mode=append\n";
    for (auto const& line : r.lines) lines += fmt::format("#SBATCH {}\n", line);
    return lines;
}

Receipt Slurm::submit(Submission const& s) {
    auto environment = environment_of_jobs();
    // sbatch's own variables go over the script's lines: the input decides, not the shell
    std::erase_if(environment, [](auto const& v) { return v.starts_with("SBATCH_"); });
    auto const result =
        run_command({"sbatch", "--parsable", "--chdir=" + s.directory.string(), s.script.string()},
                    options_.submit_patience, environment);
    if (!result.started) return {Receipt::Kind::later, "", "sbatch is not in PATH"};
    if (result.timed_out) return {Receipt::Kind::unknown, "", result.message()};
    auto receipt = parse_sbatch(result.code, result.out, result.err);
    std::replace(receipt.message.begin(), receipt.message.end(), '\n', ' ');
    return receipt;
}

std::optional<std::vector<Status>> Slurm::ask(std::string const& prefix) {
    auto const result = question(
        {"squeue", "--states=all", "-h", "-u", std::to_string(::getuid()), "-o", squeue_format});
    if (!result.good()) return std::nullopt;
    return merged(parse_squeue(result.out, prefix), ask_accounting(prefix));
}

std::vector<Status> Slurm::ask_accounting(std::string const& prefix) {
    if (!options_.accounting || now() < no_accounting_before_) return {};
    auto const result = question({"sacct", "-X", "-P", "-n", "-u", std::to_string(::getuid()), "-S",
                                  fmt::format("now-{}days", options_.days), "-o", sacct_format});
    if (result.good()) return parse_sacct(result.out, prefix);
    // where it is switched off it stays so; where it hangs it must not hold up everything
    bool const is_off = !result.started || result.err.find("disabled") != std::string::npos;
    no_accounting_before_ = now() + (is_off ? 3600.0 : 300.0);
    return {};
}

int Slurm::largest_array() {
    if (largest_array_) return *largest_array_;
    auto const report = slurm_report(options_);
    if (!report.answers) return 1;
    largest_array_ = report.largest_array;
    return *largest_array_;
}

std::vector<std::string> Slurm::obstacles(Resources const& r) {
    auto const report = slurm_report(options_);
    if (!report.answers) return report.mends;
    std::vector<std::string> result;
    std::string names;
    Partition const* chosen = nullptr;
    for (auto const& p : report.partitions) {
        names += (names.empty() ? "" : ", ") + p.name;
        if (r.partition.empty() ? p.is_default : p.name == r.partition) chosen = &p;
    }
    if (chosen == nullptr) {
        bool const list = r.partition.find(',') != std::string::npos;  // Slurm chooses
        if (!list)
            result.push_back(
                r.partition.empty()
                    ? fmt::format("Slurm has no default partition: name one of {}", names)
                    : fmt::format("there is no partition {}: name one of {}", r.partition, names));
        return result;
    }
    if (r.seconds > chosen->seconds)
        result.push_back(fmt::format(
            "the time limit of {:.0f} min is above the {:.0f} min of partition {}: lower it, or "
            "name another partition",
            r.seconds / 60.0, chosen->seconds / 60.0, chosen->name));
    if (!chosen->is_up)
        result.push_back(
            fmt::format("partition {} is down: jobs would wait until it is up; name "
                        "another, or ask its administrators",
                        chosen->name));
    return result;
}

}  // namespace

std::unique_ptr<Scheduler> make_slurm(SlurmOptions const& options) {
    return std::make_unique<Slurm>(options);
}

}  // namespace kamacite::jobs

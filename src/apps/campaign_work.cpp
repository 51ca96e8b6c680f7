#include "campaign_work.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

#include "campaign_files.hpp"
#include "kamacite/config/properties.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/bash.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/formats/level.hpp"
#include "kamacite/io/atomic_file.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::json;

std::string text_of(fs::path const& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

json json_in(fs::path const& path) {
    try {
        return json::parse(text_of(path));
    } catch (json::exception const&) {
        throw DataError(
            fmt::format("{}: the job has ended well, but this is not there, or no JSON: "
                        "see what it says in 'work' beside 'rounds'",
                        path.string()));
    }
}

/// "mpirun -np 2 /usr/bin/kamacite"
std::string program(config::CampaignOptions const& o) {
    auto self = fs::read_symlink("/proc/self/exe").string();
    constexpr std::string_view replaced = " (deleted)";  // Linux says so once another is installed
    if (self.ends_with(replaced)) self.resize(self.size() - replaced.size());
    return with_processes(o.launch, o.size.processes) + " " + bash_quoted(self);
}

std::string here() {
    return "cd " + bash_quoted(fs::current_path().string()) + " || exit\n";
}

/// Root mean square error of all structures in what `evaluate --json` prints.
std::optional<campaign::TestError> score_of(json const& scores, std::string const& quantity) {
    for (auto const& s : scores)
        if (s.at("quantity") == quantity && s.at("family") == "all") {
            double const rmse = s.at("rmse");
            auto const& intervals = s.at("intervals");  // none for a few trajectories
            if (intervals.is_null()) return campaign::TestError{rmse, 0.0};
            // of the bootstrap: half of the interval of 95 % is 1.96 σ
            auto const& interval = intervals.at("rmse");
            double const error =
                (interval.at(1).get<double>() - interval.at(0).get<double>()) / (2.0 * 1.96);
            return campaign::TestError{rmse, std::isfinite(error) ? error : 0.0};
        }
    return std::nullopt;
}

std::string shown(std::optional<campaign::TestError> const& e, double unit, char const* name) {
    return e ? campaign::text_of(*e, unit) + " " + name : "?";
}

/// Whether another round would cost more than is left, if it costs what the last one did that a
/// model chose; what was computed before the first model tells nothing of that.
std::string rule_by_budget(config::CampaignOptions const& o, campaign::Progress const& p) {
    if (!(o.jobs.limits.node_hours > 0.0)) return "";
    double before = 0.0, spent = 0.0;
    bool is_told = false;
    for (auto const& [number, round] : p.rounds)
        if (round.labelled) {
            before = spent;
            spent = round.labelled->node_hours;
            is_told = number > 0;
        }
    if (!is_told) return "";
    auto const ruling = campaign::ruling(
        campaign::Budget{spent, spent - before, o.jobs.limits.node_hours, "node-hours"});
    return ruling.met ? ruling.text : "";
}

}  // namespace

void write_training_inputs(CampaignInputs const& in, int round) {
    RoundFiles const files{in.campaign, round};
    auto train = in.train;
    train.data = {dataset_of(in.campaign)};
    train.split_name = fmt::format("round-{:03}", round);
    train.training.directory = files.model_directory();
    train.training.seed = seed_of(in.campaign, round, "train", train.training.seed);
    io::write_text_file(files.train_input(), config::resolved_input("train", train));
    if (in.campaign.properties.empty()) return;
    auto properties = in.properties;
    properties.model = files.model().string();
    properties.output = files.directory / "properties";
    io::write_text_file(files.properties_input(), config::resolved_input("properties", properties));
}

std::string training_script(CampaignInputs const& in, int round) {
    RoundFiles const files{in.campaign, round};
    auto const run = program(in.campaign);
    auto const model = bash_quoted(files.model().string());
    auto script = here() + run + " train " + bash_quoted(files.train_input().string()) +
                  " --resume || exit\n";
    auto const test = files.test().string();
    if (!in.campaign.test.empty())
        script += fmt::format("{} evaluate {} {} --json >{}.part && mv {}.part {} || exit\n", run,
                              model, bash_quoted(in.campaign.test.string()), bash_quoted(test),
                              bash_quoted(test), bash_quoted(test));
    // Of an early model a property may not exist, such as the minimum of its energy.
    if (!in.campaign.properties.empty())
        script += fmt::format("{} properties {} || {{ code=$?; [ $code = {} ] || exit $code; }}\n",
                              run, bash_quoted(files.properties_input().string()),
                              static_cast<int>(ErrorKind::internal));
    return script;
}

std::string exploration_script(CampaignInputs const& in, int round, std::string const& model) {
    return here() + fmt::format("{} campaign explore {} --round {} --model {}\n",
                                program(in.campaign), bash_quoted(in.file), round,
                                bash_quoted(model));
}

campaign::Trained trained_of(CampaignInputs const& in, int round, long long labels) {
    RoundFiles const files{in.campaign, round};
    campaign::Trained t;
    t.model = files.model().string();
    if (!fs::exists(t.model))
        throw DataError(fmt::format("{}: training has ended well, but it is not there", t.model));
    t.labels = labels;
    if (!in.campaign.test.empty()) {
        auto const scores = json_in(files.test()).at("scores");
        t.energy = score_of(scores, "energy");
        t.forces = score_of(scores, "forces");
    }
    if (!in.campaign.properties.empty() && fs::exists(files.properties())) {
        auto const all = json_in(files.properties());
        for (auto const& [name, value] : all.at("properties").items()) {
            auto const number = [&](char const* key) {  // null: a member does not have it
                auto const at = value.find(key);
                return at != value.end() && at->is_number() ? std::optional<double>{*at}
                                                            : std::nullopt;
            };
            auto const error = number(value.contains("spread") ? "spread" : "error");
            if (auto const v = number("value"); v && error) t.properties[name] = {*v, *error};
        }
    }
    return t;
}

campaign::Chosen chosen_of(CampaignInputs const& in, int round) {
    auto const j = json_in(RoundFiles{in.campaign, round}.explored());
    return {j.at("considered"), j.at("worth"), j.at("correlated"), j.at("count")};
}

std::string described(campaign::Trained const& t) {
    auto text = fmt::format("{} structures, {}", t.labels, t.model);
    if (t.energy || t.forces)
        text += fmt::format("; on the test set {} and {}", shown(t.energy, 1e-3, "meV/atom"),
                            shown(t.forces, 1e-3, "meV/Å"));
    return text;
}

std::string described(campaign::Labelled const& l) {
    auto text = fmt::format("{} labels{}{}, {:.3g} node-hours so far", l.count,
                            l.quarantined > 0 ? fmt::format(", {} got none", l.quarantined) : "",
                            l.late.empty() ? "" : fmt::format(", {} are late", l.late.size()),
                            l.node_hours);
    if (l.energy)
        text += fmt::format(
            "; the model was off by {} ({:.0f} % within its spread) and {} "
            "({:.0f} %)",
            shown(l.energy, 1e-3, "meV/atom"), 100.0 * l.within_energy,
            shown(l.forces, 1e-3, "meV/Å"), 100.0 * l.within_forces);
    return text;
}

std::string rules_by_models(config::CampaignOptions const& o, campaign::Progress const& p) {
    int const r = p.current();
    if (r > o.rounds) return fmt::format("{} rounds of labels were asked for", o.rounds);
    if (auto const why = rule_by_budget(o, p); !why.empty()) return why;
    std::vector<campaign::TestError> errors;
    for (auto const& [number, round] : p.rounds)
        if (round.trained && round.trained->forces) errors.push_back(*round.trained->forces);
    if (o.least_fall > 0.0 && std::ssize(errors) >= o.error_rounds) {
        auto const ruling =
            campaign::ruling(errors, campaign::ErrorRule{o.least_fall, 0.9, o.error_rounds});
        if (ruling.met) return ruling.text;
    }
    std::string why;
    for (auto const& property : o.settled) {
        std::vector<campaign::PropertyValue> values;
        for (auto const& [number, round] : p.rounds)
            if (round.trained) {
                auto const at = round.trained->properties.find(property.name);
                if (at != round.trained->properties.end())
                    values.push_back(at->second);
                else
                    values.clear();  // what earlier models had tells nothing of this one
            }
        auto const ruling = campaign::ruling(
            values, campaign::PropertyRule{property.name, property.tolerance, property.error,
                                           o.settled_rounds, 1.0, ""});
        if (!ruling.met) return "";
        why += (why.empty() ? "" : "; ") + ruling.text;
    }
    return why;
}

std::string rules_by_candidates(config::CampaignOptions const& o, campaign::Progress const& p) {
    std::vector<campaign::Explored> explored;
    for (auto const& [number, round] : p.rounds)
        if (number > 0 && round.chosen)
            explored.push_back({static_cast<double>(round.chosen->considered),
                                static_cast<double>(round.chosen->worth),
                                round.chosen->correlated});
    if (!explored.empty() && p.rounds.at(p.current()).chosen->count == 0) {
        auto const worth = p.rounds.at(p.current()).chosen->worth;
        auto const bound = campaign::upper_bound(
            explored.back(), campaign::ShareRule{o.share, o.confidence, o.share_rounds});
        if (worth == 0 && !o.random)
            return fmt::format(
                "none of {} candidates is worth a label: of what is explored, less than {:.2g} % "
                "is, at {:.3g} % confidence{}",
                explored.back().total, 100.0 * bound, 100.0 * o.confidence,
                bound <= o.share ? ""
                                 : "; more candidates (walks, steps, recipes) would tell more");
        return fmt::format(
            "none of {} candidates could be chosen, which is not success: {} says why of each "
            "(select: reach, most_atoms, tolerance, quotas, geometry)",
            o.random ? "the" : fmt::format("{}", worth),
            RoundFiles{o, p.current()}.candidates().string());
    }
    if (!(o.share > 0.0) || o.random || explored.empty()) return "";
    auto const ruling =
        campaign::ruling(explored, campaign::ShareRule{o.share, o.confidence, o.share_rounds});
    return ruling.met ? ruling.text : "";
}

void expect_level(std::string const& name, std::string const& its, CampaignInputs const& in,
                  std::string const& level, Logger const& log) {
    if (formats::without_version(its) == level) return;
    auto const text = fmt::format(
        "{} is {} (labels of two levels do not fit together), while {} computes {}", name,
        its.empty() ? "of a level of theory that is not told" : "of the level " + its,
        in.campaign.label.string(), level);
    if (!in.campaign.other_levels)
        throw DataError(text +
                        ": use other data, or say 'other_levels: true' if you know that "
                        "they do");
    log.warn("{}", text);
}

void expect_level(std::vector<Record> const& records, CampaignInputs const& in,
                  std::string const& level, Logger const& log) {
    auto const other = std::ranges::find_if(records, [&](auto const& record) {
        return formats::without_version(record.level) != level;
    });
    if (other != records.end()) expect_level(other->name, other->level, in, level, log);
}

std::string last_lines_of(fs::path const& log) {
    auto const text = text_of(log);
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        auto const end = std::min(text.find('\n', at), text.size());
        auto const line = text.substr(at, end - at);
        bool const chatter = line.find("MPI_ABORT") != std::string::npos ||
                             line.find_first_not_of("- ") == std::string::npos;
        if (!chatter) lines.push_back(line);
        at = end + 1;
    }
    for (auto const& line : lines)
        if (line.starts_with("error:")) return line;
    constexpr std::size_t few = 3;
    std::string last;
    for (std::size_t i = lines.size() > few ? lines.size() - few : 0; i < lines.size(); ++i)
        last += (last.empty() ? "" : " | ") + lines[i];
    return last;
}

}  // namespace kamacite::apps

#include "campaign_status.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "campaign_explore.hpp"
#include "campaign_files.hpp"
#include "estimate_label.hpp"
#include "kamacite/campaign/label_journal.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/generate/recipe.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "label_input.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;

std::vector<jobs::Journal::Entry> journal_in(config::CampaignOptions const& o) {
    if (!fs::exists(journal_of(o))) return {};
    return jobs::Journal::read(journal_of(o));
}

json json_of(std::optional<campaign::TestError> const& e) {
    if (!e) return nullptr;
    return {{"rmse", e->rmse}, {"error", e->error}};
}

json json_of(campaign::PropertyValues const& properties) {
    json all = json::object();
    for (auto const& [name, p] : properties) all[name] = {{"value", p.value}, {"error", p.error}};
    return all;
}

json json_of(campaign::Progress const& p, std::vector<campaign::LabelNote> const& quarantined) {
    json rounds = json::array();
    for (auto const& [number, round] : p.rounds) {
        json r{{"round", number}};
        if (round.trained)
            r["model"] = {{"file", round.trained->model},
                          {"structures", round.trained->labels},
                          {"energy_eV_per_atom", json_of(round.trained->energy)},
                          {"forces_eV_per_angstrom", json_of(round.trained->forces)},
                          {"properties", json_of(round.trained->properties)}};
        if (round.chosen)
            r["explored"] = {{"candidates", round.chosen->considered},
                             {"worth", round.chosen->worth},
                             {"chosen", round.chosen->count}};
        if (round.labelled)
            r["labels"] = {{"count", round.labelled->count},
                           {"quarantined", round.labelled->quarantined},
                           {"late", round.labelled->late.size()},
                           {"node_hours", round.labelled->node_hours},
                           {"energy_eV_per_atom", json_of(round.labelled->energy)},
                           {"forces_eV_per_angstrom", json_of(round.labelled->forces)},
                           {"within_energy_spread", round.labelled->within_energy},
                           {"within_forces_spread", round.labelled->within_forces}};
        rounds.push_back(std::move(r));
    }
    json lost = json::array();
    for (auto const& note : quarantined)
        lost.push_back(
            {{"name", note.name}, {"key", note.key}, {"start", note.start}, {"why", note.text}});
    return {{"round", p.current()}, {"ended", p.ended}, {"rounds", rounds}, {"quarantined", lost}};
}

std::string cell(std::optional<campaign::TestError> const& e) {
    return e ? campaign::text_of(*e, 1e-3) : "-";
}

std::string curve_of(campaign::Progress const& p) {
    std::string text =
        "round,structures,energy_rmse_eV/atom,energy_error,forces_rmse_eV/A,forces_error\n";
    for (auto const& [number, round] : p.rounds) {
        if (!round.trained) continue;
        auto const& t = *round.trained;
        auto const pair = [](std::optional<campaign::TestError> const& e) {
            if (!e) return std::string{","};
            if (e->error == 0.0) return fmt::format("{:.6g},", e->rmse);
            return fmt::format("{:.6g},{:.3g}", e->rmse, e->error);
        };
        text += fmt::format("{},{},{},{}\n", number, t.labels, pair(t.energy), pair(t.forces));
    }
    return text;
}

/// What labels said of the model that chose them, and the properties of models.
void print_learnt(campaign::Progress const& p) {
    auto const percent = [](double share) { return fmt::format("{:.0f} %", 100.0 * share); };
    for (auto const& [number, r] : p.rounds) {
        if (r.labelled && (r.labelled->energy || r.labelled->forces))
            fmt::print(
                "round {}: its model was off by {} meV/atom ({} within its spread) and {} meV/Å "
                "({}) on the labels that it chose\n",
                number, cell(r.labelled->energy), percent(r.labelled->within_energy),
                cell(r.labelled->forces), percent(r.labelled->within_forces));
        if (!r.trained || r.trained->properties.empty()) continue;
        std::string text;
        for (auto const& [name, value] : r.trained->properties)
            text += fmt::format("{}{} {:.5g} ± {:.2g}", text.empty() ? "" : ", ", name, value.value,
                                value.error);
        fmt::print("round {}: {}\n", number, text);
    }
}

void print_table(campaign::Progress const& p, std::vector<campaign::LabelNote> const& lost) {
    fmt::print("{:>5} {:>10} {:>20} {:>20} {:>10} {:>6} {:>7} {:>7} {:>11}\n", "round",
               "structures", "energy, meV/atom", "forces, meV/Å", "candidates", "worth", "chosen",
               "labels", "node-hours");
    for (auto const& [number, r] : p.rounds) {
        auto const or_dash = [](bool is, auto const& value) {
            return is ? fmt::format("{}", value) : std::string{"-"};
        };
        fmt::print("{:>5} {:>10} {:>20} {:>20} {:>10} {:>6} {:>7} {:>7} {:>11}\n", number,
                   or_dash(!!r.trained, r.trained ? r.trained->labels : 0),
                   r.trained ? cell(r.trained->energy) : "-",
                   r.trained ? cell(r.trained->forces) : "-",
                   or_dash(!!r.chosen, r.chosen ? r.chosen->considered : 0),
                   or_dash(!!r.chosen, r.chosen ? r.chosen->worth : 0),
                   or_dash(!!r.chosen, r.chosen ? r.chosen->count : 0),
                   or_dash(!!r.labelled, r.labelled ? r.labelled->count : 0),
                   r.labelled ? fmt::format("{:.3g}", r.labelled->node_hours) : "-");
    }
    print_learnt(p);
    for (auto const& note : lost)
        fmt::print("in quarantine: {} ({}): {}\n", note.name.empty() ? note.key : note.name,
                   note.start, note.text);
    fmt::print("{}\n", p.ended.empty() ? fmt::format("round {} is on its way", p.current())
                                       : "ended: " + p.ended);
}

/// The line of candidates.csv of a structure that was chosen, field by field, for people.
std::string origin_of(config::CampaignOptions const& o, int round, std::string const& name) {
    std::ifstream file{RoundFiles{o, round}.candidates()};
    for (std::string line; std::getline(file, line);)
        if (line.find("," + name + ",") != std::string::npos) return line;
    return "";
}

}  // namespace

void write_curve(config::CampaignOptions const& o, campaign::Progress const& progress) {
    io::write_text_file(o.directory / "curve.csv", curve_of(progress));
}

void tell_rounds(fs::path const& folder) {
    auto const entries = jobs::Journal::read(folder / "journal.jsonl");
    print_table(campaign::progress_of(entries), campaign::given_up_in(entries));
}

int tell_status(Context& context, CampaignInputs const& in) {
    mpi::all_or_none(context.comm, [&] {
        if (!context.comm.is_root()) return;
        auto const entries = journal_in(in.campaign);
        auto const progress = progress_in(in.campaign, entries);
        auto const lost = campaign::given_up_in(entries);
        if (!entries.empty()) write_curve(in.campaign, progress);
        if (context.json)
            fmt::print("{}\n", json_of(progress, lost).dump(2));
        else if (entries.empty())
            fmt::print("{}: not begun: 'kamacite campaign run {}'\n",
                       in.campaign.directory.string(), in.file);
        else
            print_table(progress, lost);
    });
    return 0;
}

int tell_plan(Context& context, CampaignInputs const& in) {
    long long first = 0;
    if (!in.campaign.first.empty())
        first = std::ssize(structures_by_recipes(context, in.campaign, in.campaign.first, 0));
    mpi::all_or_none(context.comm, [&] {
        if (!context.comm.is_root()) return;
        auto const& o = in.campaign;
        auto const progress = progress_in(o, journal_in(o));
        auto const starts = static_cast<double>(in.label.starts.size());
        double const label = node_hours_of(in.label.size);
        double const work = node_hours_of(o.size);
        int const r = progress.current();
        if (!progress.ended.empty()) {
            fmt::print("ended: {}\n", progress.ended);
            return;
        }
        double hours = 0.0;
        if (r == 0 && first > 0) {
            hours += static_cast<double>(first) * starts * label;
            fmt::print(
                "round 0: {} structures of {} are labelled: {} jobs, {:.4g} node-hours at "
                "most\n",
                first, o.first.string(), static_cast<double>(first) * starts,
                static_cast<double>(first) * starts * label);
        }
        int const rounds = std::max(0, o.rounds - std::max(0, r - 1));
        double const each = 2.0 * work + o.select.count * starts * label;
        fmt::print(
            "{} rounds at most, each: train, explore ({} processes, {:.4g} node-hours at "
            "most each), up to {} structures labelled ({} jobs, {:.4g} node-hours at most "
            "each)\n",
            rounds, o.size.processes, work, o.select.count, o.select.count * starts, label);
        hours += rounds * each + work;
        fmt::print("{:.4g} node-hours at most, if nothing has to be done twice{}\n", hours,
                   o.jobs.limits.node_hours > 0.0
                       ? fmt::format("; the budget is {:.4g}", o.jobs.limits.node_hours)
                       : "");
    });
    return 0;
}

int explain(Context& context, CampaignInputs const& in, std::string const& which) {
    auto const& o = in.campaign;
    auto const engine = config::engine_of(in.label);
    int last = context.comm.is_root() ? progress_in(o, journal_in(o)).current() : 0;
    context.comm.broadcast(std::span{&last, 1});
    bool found = false;
    for (int const r : rounds_with_choice(context.comm, o, 0, last)) {
        fs::path const file = RoundFiles{o, r}.chosen();
        auto const records = structures_of(context.comm, std::span{&file, 1});
        int here = 0;
        mpi::all_or_none(context.comm, [&] {
            for (auto const& record : records) {
                auto const key = campaign::label_key(record.structure, engine->level());
                if (record.name != which && key != which) continue;
                here = 1;
                fmt::print("{} (key {}): {}, {} atoms, family {}, {}\n", record.name, key,
                           formula_of(record.structure), record.structure.size(), record.family,
                           record.source);
                if (auto const line = origin_of(o, r, record.name); !line.empty())
                    fmt::print("chosen in round {}: {}\n", r, line);
                for (auto const& event : campaign::history_of(journal_in(o), key))
                    fmt::print("{}  {}\n", event.time, event.text);
            }
        });
        found = context.comm.all_reduce(mpi::Op::max, here) == 1;
        if (found) break;
    }
    if (!found)
        throw UsageError(
            fmt::format("'{}' is no structure that was chosen: give a name as "
                        "r001-0000, as in candidates.csv, or a key",
                        which));
    return 0;
}

}  // namespace kamacite::apps

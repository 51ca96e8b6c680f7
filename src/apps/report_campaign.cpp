#include "report_campaign.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "kamacite/campaign/label_journal.hpp"
#include "kamacite/campaign/rounds.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/io/provenance.hpp"
#include "kamacite/report/page.hpp"
#include "kamacite/report/plot.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;
using Error = std::optional<campaign::TestError>;
using Align = report::Table::Align;

std::string cell(Error const& e) {
    return e ? campaign::text_of(*e, 1e-3) : "–";
}

/// Errors on the test set over the number of structures; no series if there is no test set.
report::Plot curve_of(campaign::Progress const& p, char const* what, char const* unit,
                      Error campaign::Trained::*quantity) {
    report::Plot plot;
    plot.id = fmt::format("learning_{}", what);
    plot.caption = fmt::format(
        "Learning curve: {} on the test set, model after model. Both axes are "
        "logarithmic.",
        what);
    plot.x = {"structures with labels", report::Axis::Scale::logarithmic};
    plot.y = {fmt::format("{} RMSE / {}", what, unit), report::Axis::Scale::logarithmic};
    report::Series series{"", {}, {}, report::Series::Style::line_points};
    for (auto const& [number, round] : p.rounds) {
        if (!round.trained || !((*round.trained).*quantity)) continue;
        series.x.push_back(static_cast<double>(round.trained->labels));
        series.y.push_back(1e3 * ((*round.trained).*quantity)->rmse);
    }
    if (!series.x.empty()) plot.series.push_back(std::move(series));
    return plot;
}

report::Table rounds_table(campaign::Progress const& p) {
    report::Table t{{{"round"},
                     {"structures"},
                     {"energy / meV/atom"},
                     {"forces / meV/Å"},
                     {"candidates"},
                     {"worth a label"},
                     {"chosen"},
                     {"labels"},
                     {"in quarantine"},
                     {"node-hours so far"}},
                    {},
                    "Errors are those on the test set of a model that learnt from so many "
                    "structures; worth: beyond a 'low' of select."};
    for (auto const& [number, r] : p.rounds) {
        std::vector<std::string> row{
            std::to_string(number), "–", "–", "–", "–", "–", "–", "–", "–", "–"};
        if (r.trained) {
            row[1] = std::to_string(r.trained->labels);
            row[2] = cell(r.trained->energy);
            row[3] = cell(r.trained->forces);
        }
        if (r.chosen) {
            row[4] = std::to_string(r.chosen->considered);
            row[5] = std::to_string(r.chosen->worth);
            row[6] = std::to_string(r.chosen->count);
        }
        if (r.labelled) {
            row[7] = std::to_string(r.labelled->count);
            row[8] = std::to_string(r.labelled->quarantined);
            row[9] = fmt::format("{:.4g}", r.labelled->node_hours);
        }
        t.rows.push_back(std::move(row));
    }
    return t;
}

report::Table spread_table(campaign::Progress const& p) {
    report::Table t{{{"round"},
                     {"energy / meV/atom"},
                     {"within the spread"},
                     {"forces / meV/Å"},
                     {"within the spread"}},
                    {},
                    "Errors of a model on the structures that it chose, before it learnt from "
                    "them, and the share of them within the spread of the committee: about two "
                    "thirds if the spread is right, much less if the committee is too sure."};
    for (auto const& [number, r] : p.rounds)
        if (r.labelled && r.labelled->energy)
            t.rows.push_back({std::to_string(number), cell(r.labelled->energy),
                              fmt::format("{:.0f} %", 100.0 * r.labelled->within_energy),
                              cell(r.labelled->forces),
                              fmt::format("{:.0f} %", 100.0 * r.labelled->within_forces)});
    return t;
}

/// No columns but the round's if no model has properties.
report::Table properties_table(campaign::Progress const& p) {
    std::set<std::string> names;
    for (auto const& [number, r] : p.rounds)
        if (r.trained)
            for (auto const& [name, value] : r.trained->properties) names.insert(name);
    report::Table t{{{"round"}},
                    {},
                    "With the spread of the committee, in the units of properties.json; –: a model "
                    "does not have it."};
    for (auto const& name : names) t.columns.push_back({name});
    for (auto const& [number, r] : p.rounds) {
        if (!r.trained) continue;
        std::vector<std::string> row{std::to_string(number)};
        for (auto const& name : names) {
            auto const at = r.trained->properties.find(name);
            row.push_back(at == r.trained->properties.end()
                              ? "–"
                              : fmt::format("{:.5g} ± {:.2g}", at->second.value, at->second.error));
        }
        t.rows.push_back(std::move(row));
    }
    return t;
}

std::string state_of(campaign::Progress const& p) {
    return p.ended.empty() ? fmt::format("round {} is on its way", p.current())
                           : "ended: " + p.ended;
}

report::Page page_of(campaign::Progress const& p, std::vector<campaign::LabelNote> const& lost,
                     fs::path const& folder, fs::path const& data) {
    report::Page page{"Campaign report",
                      fmt::format("{} · {}", fs::absolute(folder).lexically_normal().string(),
                                  io::program_version())};
    page.paragraph(state_of(p) + ".");
    page.section("Learning curve");
    auto const gnuplot = report::Gnuplot::find();
    if (!gnuplot) page.note("Plots are not drawn: gnuplot is not installed.");
    bool drawn = false;
    for (auto const& plot : {curve_of(p, "energy", "meV per atom", &campaign::Trained::energy),
                             curve_of(p, "forces", "meV/Å", &campaign::Trained::forces)}) {
        if (plot.series.empty()) continue;
        drawn = true;
        io::write_text_file(data / (plot.id + ".csv"), report::to_csv(report::numbers_of(plot)));
        page.figure(gnuplot ? gnuplot->svg(plot) : "", plot.caption,
                    data.filename().string() + "/" + plot.id + ".csv");
    }
    if (!drawn) page.note("No model was judged: name a 'test' in the input of the campaign.");
    page.section("Rounds");
    page.table(rounds_table(p));
    page.section("How sure the committees were");
    page.table(spread_table(p));
    if (auto const properties = properties_table(p); properties.columns.size() > 1) {
        page.section("Properties of the models");
        page.table(properties);
    }
    page.section("Quarantine");
    report::Table table{
        {{"key", Align::left}, {"start", Align::left}, {"why", Align::left}}, {}, ""};
    for (auto const& note : lost) table.rows.push_back({note.key, note.start, note.text});
    if (lost.empty())
        page.paragraph("No structure is in quarantine.");
    else
        page.table(table);
    return page;
}

}  // namespace

int report_campaign(Context& context, fs::path const& folder, fs::path const& output) {
    mpi::all_or_none(context.comm, [&] {
        if (!context.comm.is_root()) return;
        auto const entries = jobs::Journal::read(folder / "journal.jsonl");
        auto const progress = campaign::progress_of(entries);
        auto const lost = campaign::given_up_in(entries);
        auto const data = output.parent_path() / (output.stem().string() + "_data");
        io::write_text_file(output, page_of(progress, lost, folder, data).html());
        if (context.json)
            fmt::print("{}\n", nlohmann::ordered_json{{"report", output.string()},
                                                      {"round", progress.current()},
                                                      {"ended", progress.ended},
                                                      {"quarantined", lost.size()}}
                                   .dump(2));
        else
            fmt::print("{}\nreport: {}\n", state_of(progress), output.string());
    });
    return 0;
}

}  // namespace kamacite::apps

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "data.hpp"
#include "figures.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/split.hpp"
#include "kamacite/inference/importance.hpp"
#include "kamacite/inference/metrics.hpp"
#include "kamacite/inference/predict.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/io/hash.hpp"
#include "models.hpp"
#include "origin.hpp"
#include "trust.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Options {
    ModelOptions model;
    std::string data, output, format, split, part;
    inference::BootstrapOptions bootstrap;
};

constexpr std::size_t most_parity_rows = 100'000;

std::string with_interval(double value, inference::Interval const* interval, double factor) {
    if (interval == nullptr) return rounded(value / factor);
    return fmt::format("{} [{}, {}]", rounded(value / factor), rounded(interval->low / factor),
                       rounded(interval->high / factor));
}

void print_table(std::vector<inference::Score> const& scores, long long without_forces) {
    fmt::print("{:<10} {:<18} {:>7}  {:>22}  {:>22} {:>8} {:>8} {:>7}\n", "quantity", "family",
               "pairs", "RMSE", "MAE", "p95", "max", "R²");
    for (auto const& score : scores) {
        auto const display = display_of(score.quantity);
        auto const& e = score.errors;
        auto const* i = score.intervals ? &*score.intervals : nullptr;
        bool const total = score.family == inference::every_family;
        fmt::print("{:<10} {:<18} {:>7}  {:>22}  {:>22} {:>8} {:>8} {:>7}\n",
                   total ? score.quantity : "", total ? "all, " + display.unit : score.family,
                   e.count, with_interval(e.rmse, i ? &i->rmse : nullptr, display.factor),
                   with_interval(e.mae, i ? &i->mae : nullptr, display.factor),
                   rounded(e.p95 / display.factor), rounded(e.max / display.factor), r2_text(e.r2));
    }
    fmt::print(
        "[ ]: 95 % intervals, resampling whole trajectories where known, else structures; none "
        "from "
        "fewer than three.\n"
        "R²: – where the references hardly vary; < 0 where their mean would be nearer to them.\n");
    if (without_forces > 0)
        fmt::print(
            "Force errors leave out {} structures whose reference forces all vanish, by "
            "symmetry.\n",
            without_forces);
}

Json json_of(inference::Score const& score) {
    auto const& e = score.errors;
    Json json{{"quantity", score.quantity},
              {"family", score.family},
              {"side", score.side},
              {"unit", score.unit},
              {"count", e.count},
              {"structures", score.structures},
              {"groups", score.groups},
              {"mse", e.mse},
              {"rmse", e.rmse},
              {"mae", e.mae},
              {"bias", e.bias},
              {"p95", e.p95},
              {"max", e.max},
              {"r2", e.r2 ? Json(*e.r2) : Json(nullptr)},
              {"intervals", nullptr}};
    if (auto const& i = score.intervals) {
        auto const pair = [](inference::Interval const& v) { return Json{v.low, v.high}; };
        json["intervals"] = {{"confidence", i->confidence},
                             {"rmse", pair(i->rmse)},
                             {"mae", pair(i->mae)},
                             {"p95", pair(i->p95)},
                             {"r2", i->r2 ? pair(*i->r2) : Json(nullptr)}};
    }
    return json;
}

std::string csv_of(std::vector<inference::Score> const& scores) {
    std::string text =
        "quantity,family,unit,count,structures,groups,mse,rmse,rmse_low,rmse_high,mae,mae_low,"
        "mae_high,bias,p95,max,r2\n";
    auto const cell = [](double const* v) {
        return v ? fmt::format("{:.10g}", *v) : std::string{};
    };
    for (auto const& s : scores) {
        auto const& e = s.errors;
        auto const* i = s.intervals ? &*s.intervals : nullptr;
        text += fmt::format(
            "{},\"{}\",{},{},{},{},{:.10g},{:.10g},{},{},{:.10g},{},{},{:.10g},"
            "{:.10g},{:.10g},{}\n",
            s.quantity, s.family, s.unit, e.count, s.structures, s.groups, e.mse, e.rmse,
            cell(i ? &i->rmse.low : nullptr), cell(i ? &i->rmse.high : nullptr), e.mae,
            cell(i ? &i->mae.low : nullptr), cell(i ? &i->mae.high : nullptr), e.bias, e.p95, e.max,
            cell(e.r2 ? &*e.r2 : nullptr));
    }
    return text;
}

void write_files(Context& context, fs::path const& folder, Json const& summary,
                 std::vector<inference::Score> const& scores,
                 inference::Comparison const& comparison) {
    io::write_text_file(folder / "metrics.json", summary.dump(2) + "\n");
    io::write_text_file(folder / "metrics.csv", csv_of(scores));
    auto const gnuplot = report::Gnuplot::find();
    if (!gnuplot) context.log.warn("gnuplot is not installed: tables are written without plots");
    for (auto const& [quantity, pairs] : comparison.quantities) {
        auto const parity = parity_table(comparison, quantity, most_parity_rows);
        auto const residuals = residual_table(pairs, quantity);
        io::write_text_file(folder / ("parity_" + quantity + ".csv"), report::to_csv(parity));
        io::write_text_file(folder / ("residuals_" + quantity + ".csv"), report::to_csv(residuals));
        if (!gnuplot) continue;
        for (auto const& plot : {parity_plot(parity, quantity), residual_plot(residuals, quantity)})
            io::write_text_file(folder / (plot.id + ".svg"), gnuplot->svg(plot));
    }
}

/// RMSE of each side of the split that the model was trained with.
void print_sides(std::vector<inference::Score> const& scores, std::string const& split) {
    if (scores.empty()) return;
    fmt::print("\nRMSE by side of the split '{}', with which the model was trained\n", split);
    fmt::print("{:<20} {:>22} {:>22} {:>22}\n", "quantity", "train", "validation", "test");
    for (std::size_t i = 0; i < scores.size();) {
        auto const& quantity = scores[i].quantity;
        auto const display = display_of(quantity);
        std::map<std::string, std::string> cells;
        for (; i < scores.size() && scores[i].quantity == quantity; ++i)
            cells[scores[i].side] = with_interval(
                scores[i].errors.rmse, scores[i].intervals ? &scores[i].intervals->rmse : nullptr,
                display.factor);
        fmt::print("{:<20} {:>22} {:>22} {:>22}\n", fmt::format("{}, {}", quantity, display.unit),
                   cells["train"], cells["validation"], cells["test"]);
    }
}

/// Leaves of the source the part of a split that was asked for. \returns its indices, if any was
std::optional<std::vector<long long>> select_part(Context& context, Source& source,
                                                  Options const& options) {
    if (options.split.empty() && options.part.empty()) return {};
    if (options.split.empty() || options.part.empty())
        throw UsageError(
            "--split and --part go together: give both, e.g. --split default --part test");
    if (!source.is_dataset())
        throw UsageError(
            fmt::format("--split needs a dataset (.h5, .kds), which {} is not: import it "
                        "first",
                        options.data));
    auto const split = dataset::read_split(options.data, context.comm, options.split);
    auto const side = options.part == "train"        ? dataset::Side::train
                      : options.part == "validation" ? dataset::Side::validation
                                                     : dataset::Side::test;
    auto chosen = split.indices(side);
    if (chosen.empty())
        throw DataError(
            fmt::format("part '{}' of split '{}' of {} has no structures: choose another",
                        options.part, options.split, options.data));
    source.select(chosen);
    return chosen;
}

/// Says so where the model has seen what it is judged on.
void tell_role(Context& context, Options const& options, Role const& role,
               std::vector<dataset::Side> const& sides) {
    auto const count = [&](dataset::Side side) {
        return std::count(sides.begin(), sides.end(), side);
    };
    auto const trained = count(dataset::Side::train), chose = count(dataset::Side::validation);
    auto const command = [&](std::string const& split) {
        return fmt::format("kamacite evaluate {} {} --split {} --part test", options.model.path,
                           options.data, split);
    };
    if (trained + chose > 0 && options.part != "train" && options.part != "validation") {
        context.log.warn(
            "{} of these {} structures trained the model and {} chose its best epoch: pooled "
            "errors "
            "are not those of prediction. Those that it has not seen: {}",
            trained, sides.size(), chose, command(role.split));
    } else if (role.parent && sides.empty()) {
        context.log.warn(
            "the model was trained on {}, or on a part of it, and which part is not stored with "
            "it: "
            "these are not errors of prediction. Train on a dataset (kamacite import), which keeps "
            "its split",
            options.data);
    } else if (sides.empty() && options.split.empty() && names_dataset(options.data)) {
        auto const names = dataset::split_names(options.data, context.comm);
        if (!names.empty())
            context.log.info(
                "{} has stored splits ({}): if the model was trained on a side of one, its errors "
                "of prediction are: {}",
                options.data, fmt::join(names, ", "), command(names.front()));
    }
}

int evaluate(Context& context, Options const& options) {
    auto const& comm = context.comm;
    auto const model = load(context, options.model);
    Source source{comm, options.data, options.format};
    warn_of_units(context, options.model, model, source.format(), options.data);
    auto const parent = io::parent(options.data, comm);
    auto const role = role_of(comm, options.data, parent, model.files);
    auto const chosen = select_part(context, source, options);
    auto sides = role.sides;
    if (chosen && !sides.empty()) {
        sides.clear();
        for (auto const i : *chosen) sides.push_back(role.sides[static_cast<std::size_t>(i)]);
    }
    tell_role(context, options, role, sides);
    auto const records = source.read_balanced(comm, model.committee.cutoff());
    inference::Comparison mine;
    std::vector<inference::Answer> answers;
    mpi::all_or_none(comm, [&] { answers = inference::answers_of(model.committee, records); });
    auto const trust = trust_of(comm, records, answers);
    mpi::all_or_none(comm, [&] {
        std::vector<Prediction> predictions;
        for (auto& answer : answers) predictions.push_back(std::move(answer.prediction));
        mine = inference::compare(records, predictions);
    });
    auto comparison = inference::gather(comm, mine);
    for (std::size_t i = 0; i < sides.size(); ++i) comparison.subjects[i].side = name_of(sides[i]);
    if (comparison.quantities.empty())
        throw DataError(
            fmt::format("{} has no labels of what the model predicts: there is nothing to "
                        "compare",
                        options.data));
    auto const scores = inference::scores_of(comparison, options.bootstrap);
    auto const by_side = inference::scores_by_side(comparison, options.bootstrap);
    auto parents = model.parents;
    parents.push_back(parent);

    long long atoms = 0;
    for (auto const& subject : comparison.subjects) atoms += subject.atoms;
    Json summary{{"model", options.model.path},
                 {"data", options.data},
                 {"split", options.split},
                 {"part", options.part},
                 {"parents", parents},
                 {"structures", comparison.subjects.size()},
                 {"atoms", atoms},
                 {"structures_without_forces", comparison.without_forces},
                 {"trained_on", role.parent},
                 {"model_split", role.split},
                 {"scores", Json::array()},
                 {"scores_by_side", Json::array()}};
    for (auto const& score : scores) summary["scores"].push_back(json_of(score));
    for (auto const& score : by_side) summary["scores_by_side"].push_back(json_of(score));
    auto const reliability = reliability_json(trust, comparison.subjects);
    auto const grades = grade_json(trust, comparison.subjects);
    if (!reliability.empty()) {
        summary["members"] = model.committee.size();
        summary["reliability"] = reliability;
    }
    if (!grades.empty()) summary["extrapolation_grades"] = grades;
    std::map<std::string, inference::Importance> importance;
    if (!options.output.empty())
        importance = inference::importance_of(comm, model.committee, records);
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root() || options.output.empty()) return;
        write_files(context, options.output, summary, scores, comparison);
        if (!importance.empty())
            io::write_text_file(
                fs::path{options.output} / "importance.csv",
                inference::importance_csv(model.committee.members().front(), importance));
    });
    if (!comm.is_root()) return 0;
    if (context.json) {
        fmt::print("{}\n", summary.dump(2));
    } else {
        print_table(scores, comparison.without_forces);
        print_sides(by_side, role.split);
        print_trust(reliability, grades, model.committee.size());
    }
    if (!options.output.empty()) context.log.info("written to {}", options.output);
    return 0;
}

}  // namespace

Command evaluate_command() {
    return {
        "evaluate", "Errors of a model on labelled structures, per quantity and family",
        [](Arguments const& arguments) {
            auto options = std::make_shared<Options>();
            add_model_options(arguments, options->model, "data", options->data,
                              "Labelled structures: dataset (.h5, .kds) or any readable format");
            arguments.add("-o,--output", options->output,
                          "Directory for metrics, parity and residual data and plots");
            arguments.add("--format", options->format,
                          "Format of the data, as import names it; default: by name or content");
            arguments.add("--split", options->split, "Name of a split of the dataset");
            arguments.add("--part", options->part, "Part of the split")
                .one_of({"train", "validation", "test"});
            arguments.add("--replicates", options->bootstrap.replicates, "Bootstrap replicates")
                .shows_default()
                .between(1, 1'000'000);
            arguments.add("--seed", options->bootstrap.seed, "Seed of the bootstrap")
                .shows_default();
            return [options](Context& context) {
                name_model(context, options->model, options->data);
                return evaluate(context, *options);
            };
        },
        Command::Json::yes};
}

}  // namespace kamacite::apps

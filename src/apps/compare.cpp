#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "comparison_data.hpp"
#include "comparison_figures.hpp"
#include "data.hpp"
#include "kamacite/config/compare.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/descriptors/recipe.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/report/csv.hpp"

namespace kamacite::apps {
namespace {

using comparison::Outcome;
using comparison::Spread;
using Json = nlohmann::ordered_json;

std::string with_spread(Spread const& s, double factor) {
    if (!std::isfinite(s.mean)) return "–";
    return s.deviation > 0.0
               ? fmt::format("{} ± {}", rounded(s.mean / factor), rounded(s.deviation / factor))
               : rounded(s.mean / factor);
}

report::CsvTable table_of(std::vector<Outcome> const& outcomes) {
    report::CsvTable csv;
    auto const numbers = [&](char const* name, auto const& value) {
        std::vector<double> column;
        for (auto const& o : outcomes) column.push_back(value(o));
        csv.add(name, column);
    };
    std::vector<std::string> names, settings;
    for (auto const& o : outcomes) {
        names.push_back(o.method);
        settings.push_back(o.settings);
    }
    csv.add("method", names);
    csv.add("settings", settings);
    numbers("trials", [](Outcome const& o) { return static_cast<double>(o.tried); });
    numbers("trainings", [](Outcome const& o) { return static_cast<double>(o.predicted.size()); });
    numbers("parameters", [](Outcome const& o) { return static_cast<double>(o.parameters); });
    auto const spread = [&](std::string const& name, Spread Outcome::*of) {
        numbers(name.c_str(), [&](Outcome const& o) { return (o.*of).mean; });
        numbers((name + "_deviation").c_str(), [&](Outcome const& o) { return (o.*of).deviation; });
    };
    spread("validation_rmse", &Outcome::validation);
    spread("rmse", &Outcome::rmse);
    spread("mae", &Outcome::mae);
    spread("r2", &Outcome::r2);
    numbers("training_seconds", [](Outcome const& o) { return o.training_seconds.mean; });
    numbers("prediction_seconds", [](Outcome const& o) { return o.predicting_seconds; });
    return csv;
}

/// Mean over the trainings of what a method says of each structure of the test side.
std::vector<double> mean_answer(Outcome const& outcome, std::vector<int> const& test) {
    std::vector<double> mean;
    for (int const i : test) {
        double sum = 0.0;
        for (auto const& all : outcome.predicted) sum += all[static_cast<std::size_t>(i)];
        mean.push_back(sum / static_cast<double>(outcome.predicted.size()));
    }
    return mean;
}

report::CsvTable answers_of(ComparisonData const& data, std::vector<Outcome> const& outcomes,
                            std::vector<double> const& base) {
    report::CsvTable csv;
    std::vector<std::string> names, families;
    std::vector<double> atoms, reference, elements;
    auto const& test = data.question.test;
    for (int const i : test) {
        auto const& record = data.records[static_cast<std::size_t>(i)];
        names.push_back(record.name);
        families.push_back(record.family);
        atoms.push_back(record.structure.size());
        reference.push_back(data.question.target[static_cast<std::size_t>(i)]);
        elements.push_back(base[static_cast<std::size_t>(i)]);
    }
    csv.add("name", names);
    csv.add("family", families);
    csv.add("atoms", atoms);
    csv.add("reference", reference);
    if (std::any_of(elements.begin(), elements.end(), [](double x) { return x != 0.0; }))
        csv.add("elements", elements);
    for (auto const& o : outcomes) csv.add(o.method, mean_answer(o, test));
    return csv;
}

Json json_of(Outcome const& o) {
    auto const number = [](double v) { return std::isfinite(v) ? Json(v) : Json(nullptr); };
    auto const spread = [&](Spread const& s) {
        return Json{{"mean", number(s.mean)}, {"deviation", number(s.deviation)}};
    };
    Json trials = Json::array();
    for (double const v : o.trials) trials.push_back(number(v));
    return {{"method", o.method},
            {"settings", o.settings},
            {"trials", trials},
            {"trainings", o.predicted.size()},
            {"parameters", o.parameters},
            {"validation_rmse", spread(o.validation)},
            {"rmse", spread(o.rmse)},
            {"mae", spread(o.mae)},
            {"r2", spread(o.r2)},
            {"training_seconds", spread(o.training_seconds)},
            {"prediction_seconds", o.predicting_seconds}};
}

void print_table(std::vector<Outcome> const& outcomes, Display const& display) {
    fmt::print("{} of the test side, in {}\n", display.title, display.unit);
    fmt::print("{:<16} {:>10} {:>20} {:>20} {:>20} {:>10} {:>12}\n", "method", "parameters", "RMSE",
               "MAE", "R²", "training", "prediction");
    for (auto const& o : outcomes)
        fmt::print("{:<16} {:>10} {:>20} {:>20} {:>20} {:>10} {:>12}\n", o.method, o.parameters,
                   with_spread(o.rmse, display.factor), with_spread(o.mae, display.factor),
                   with_spread(o.r2, 1.0),
                   std::isfinite(o.training_seconds.mean)
                       ? fmt::format("{:.3g} s", o.training_seconds.mean)
                       : "–",
                   fmt::format("{:.3g} ms", 1e3 * o.predicting_seconds));
    fmt::print(
        "±: standard deviation over trainings that differ in first weights and batches; the test "
        "side is the same.\n"
        "training: wall time of one; prediction: of one structure on one core, neighbours "
        "included.\n");
}

void write_files(Context& context, config::CompareOptions const& o, ComparisonData const& data,
                 std::vector<Outcome> const& outcomes, std::vector<double> const& base,
                 Json const& summary) {
    auto const& folder = o.output;
    io::write_text_file(folder / "comparison.csv", report::to_csv(table_of(outcomes)));
    io::write_text_file(folder / "comparison.json", summary.dump(2) + "\n");
    auto const answers = answers_of(data, outcomes, base);
    io::write_text_file(folder / "test.csv", report::to_csv(answers));
    io::write_text_file(folder / "resolved.yaml", config::resolved_input("compare", o));
    ComparisonFiles const files{"", summary, answers};
    if (auto const gnuplot = report::Gnuplot::find())
        for (auto const& plot : {comparison_errors(files), *comparison_parity(files)})
            io::write_text_file(folder / (plot.id + ".svg"), gnuplot->svg(plot));
    else
        context.log.warn("gnuplot is not installed: tables are written without plots");
}

int compare(Context& context, std::filesystem::path const& path) {
    auto const& comm = context.comm;
    auto const input = config::read_input(path, comm);
    config::CompareOptions o;
    config::parse(input, "compare", [&](config::Fields& f) { fields(f, o); });
    for (auto const& file : o.data) refuse_predictions(comm, file, "compare on");
    auto const data = read_comparison(context, input, o);
    std::vector<int> elements;
    for (auto const& s : data.question.structures)
        for (int const z : s.species)
            if (std::count(elements.begin(), elements.end(), z) == 0) elements.push_back(z);
    std::sort(elements.begin(), elements.end());
    auto const methods = config::methods_of(o);
    auto const problem =
        comparison::pose(comm, data.question, standard_descriptors(elements, o.descriptors),
                         comparison::forms_of(methods));
    std::vector<Outcome> models;  // before the trainings: what is refused is refused at once
    if (!o.models.empty()) models.push_back(ask_models(context, o, data, problem.base));
    auto outcomes =
        comparison::compare(comm, problem, data.question.target, methods, o.trials,
                            [&](std::string const& text) { context.log.info("{}", text); });
    outcomes.insert(outcomes.end(), models.begin(), models.end());

    auto const& q = data.question;
    Json summary{{"target", o.target},
                 {"conditions", o.conditions},
                 {"split", o.split_name},
                 {"parents", data.parents},
                 {"structures",
                  {{"training", q.training.size()},
                   {"validation", q.validation.size()},
                   {"test", q.test.size()}}},
                 {"methods", Json::array()}};
    for (auto const& outcome : outcomes) summary["methods"].push_back(json_of(outcome));
    mpi::all_or_none(comm, [&] {
        if (comm.is_root()) write_files(context, o, data, outcomes, problem.base, summary);
    });
    if (comm.is_root()) {
        if (context.json)
            fmt::print("{}\n", summary.dump(2));
        else
            print_table(outcomes, display_of_target(o.target));
    }
    context.log.info("written to {}", o.output.string());
    return 0;
}

}  // namespace

Command compare_command() {
    return {"compare",
            "Compare methods (graph networks, pooled descriptors, models) on one division of data",
            [](Arguments const& arguments) {
                auto const input = std::make_shared<std::string>();
                arguments.add("input", *input, "Input file (YAML)").required();
                return [input](Context& context) { return compare(context, *input); };
            },
            Command::Json::yes};
}

}  // namespace kamacite::apps

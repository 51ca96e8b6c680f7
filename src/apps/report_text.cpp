#include "report_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "figures.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/inference/metrics.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::apps {

Evaluation const* headline_evaluation(RunFiles const& run) {
    Evaluation const* best = nullptr;
    for (auto const& e : run.evaluations)
        if (best == nullptr ||
            (e.metrics.value("part", "") == "test" && best->metrics.value("part", "") != "test"))
            best = &e;
    return best;
}

std::string families_of(Evaluation const& e) {
    std::vector<std::string> names;
    for (auto const& score : e.metrics["scores"]) {
        std::string const name = score["family"];
        if (name != inference::every_family && !name.empty() &&
            std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names.empty() ? "one family" : fmt::format("{}", fmt::join(names, ", "));
}

std::string side_of(Evaluation const& e) {
    auto const part = e.metrics.value("part", "");
    if (!part.empty())
        return fmt::format("{} side of split '{}'", part, e.metrics.value("split", ""));
    return fmt::format("all of {}{}", e.metrics.value("data", ""),
                       e.metrics.value("trained_on", false)
                           ? ", structures that the model was trained on among them"
                           : "");
}

LearningLabel learning_label(std::string const& column) {
    if (column == "loss") return {"loss", "", column, column};
    if (column == "energy_meV_per_atom") return {"energy", "meV/atom", column, "energy", 1e3};
    if (column == "forces_eV_per_A") return {"force", "eV/Å", column, "forces"};
    if (column == "stress_GPa") return {"stress", "GPa", column, "stress", 1.0 / units::GPa};
    if (column == "moments_muB") return {"moment |m|", "μB", column, "moments"};
    auto title = column;
    std::replace(title.begin(), title.end(), '_', ' ');
    return {title, property_unit(column), column, column};
}

std::optional<double> best_epoch(report::CsvTable const& curve, LearningLabel const& label,
                                 nlohmann::ordered_json const& result) {
    if (result.value("judged_on", "") != "validation" || !result.contains("rmse")) return {};
    auto const& rmse = result["rmse"];
    if (!rmse.contains(label.quantity)) return {};
    double const wanted = rmse[label.quantity].get<double>() * label.factor;
    auto const errors = curve.numbers("validation_" + label.column);
    auto const epochs = curve.numbers("epoch");
    for (std::size_t i = 0; i < errors.size(); ++i)  // to the digits that the curve has
        if (std::abs(errors[i] - wanted) <= 1e-4 * wanted) return epochs[i];
    return {};
}

report::Table sides_table(Evaluation const& e) {
    using Align = report::Table::Align;
    report::Table table;
    table.columns = {{"RMSE", Align::left}, {"train"}, {"validation"}, {"test"}};
    auto const found = e.metrics.find("scores_by_side");
    if (found == e.metrics.end()) return table;
    std::string last;
    for (auto const& score : *found) {
        std::string const quantity = score["quantity"];
        auto const display = display_of(quantity);
        if (quantity != last)
            table.rows.push_back(
                {fmt::format("{}, {}", display.title, display.unit), "–", "–", "–"});
        last = quantity;
        for (std::size_t i = 1; i < 4; ++i)
            if (table.columns[i].title == score["side"])
                table.rows.back()[i] = interval_text(score, "rmse", display.factor);
    }
    table.caption = fmt::format(
        "By side of the split '{}', with which the model was trained: the errors of prediction are "
        "those of the test. The tables below pool the sides.",
        e.metrics.value("model_split", ""));
    return table;
}

report::Table errors_table(Evaluation const& e, std::string const& quantity) {
    auto const display = display_of(quantity);
    report::Table table;
    table.columns = {{"family", report::Table::Align::left},
                     {"structures"},
                     {"numbers"},
                     {"RMSE"},
                     {"MAE"},
                     {"p95"},
                     {"largest"},
                     {"bias"},
                     {"R²"}};
    for (auto const& score : e.metrics["scores"]) {
        if (score["quantity"] != quantity) continue;
        auto const number = [&](char const* what) {
            return rounded(score[what].get<double>() / display.factor);
        };
        table.rows.push_back(
            {score["family"], std::to_string(score["structures"].get<long long>()),
             std::to_string(score["count"].get<long long>()),
             interval_text(score, "rmse", display.factor),
             interval_text(score, "mae", display.factor), number("p95"), number("max"),
             number("bias"),
             r2_text(score["r2"].is_null() ? std::nullopt
                                           : std::optional{score["r2"].get<double>()})});
    }
    long long const without = e.metrics.value("structures_without_forces", 0LL);
    if (quantity == "forces" && without > 0)
        table.caption = fmt::format(
            "Left out: {} structures whose reference forces all vanish, by symmetry.", without);
    return table;
}

report::Table search_table(report::CsvTable const& trials) {
    report::Table table;
    std::vector<std::vector<std::string>> columns;
    for (auto const& name : trials.columns) {
        std::string const rmse = "rmse_";
        auto texts = trials.texts(name);
        auto shown = name;
        if (name.starts_with(rmse)) {
            auto const display = display_of(name.substr(rmse.size()));
            shown = fmt::format("{} RMSE, {}", display.title, display.unit);
            auto const values = trials.numbers(name);
            for (std::size_t i = 0; i < texts.size(); ++i)
                texts[i] = std::isfinite(values[i]) ? rounded(values[i] / display.factor) : "–";
        } else if (name == "seconds") {
            shown = "time, s";
        }
        table.columns.push_back({shown});
        columns.push_back(std::move(texts));
    }
    for (int i = 0; i < trials.rows(); ++i) {
        auto& row = table.rows.emplace_back();
        for (auto const& column : columns) row.push_back(column[static_cast<std::size_t>(i)]);
    }
    table.caption =
        "Trials of the search, by their loss over the validation set in the weights of the input. "
        "The errors are of that set, which has picked the best: the test side is the judge.";
    return table;
}

std::string interval_text(nlohmann::ordered_json const& score, char const* what, double factor) {
    double const value = score[what].get<double>() / factor;
    auto const& intervals = score["intervals"];
    if (intervals.is_null() || intervals[what].is_null()) return rounded(value);
    return fmt::format("{} [{}, {}]", rounded(value),
                       rounded(intervals[what][0].get<double>() / factor),
                       rounded(intervals[what][1].get<double>() / factor));
}

std::string layers_text(Head const& head, std::vector<int> const& elements) {
    auto const text = [](Head::Layers const& layers) {
        std::string widths, activations;
        for (int const n : layers.widths)
            widths += fmt::format("{}{}", widths.empty() ? "" : "–", n);
        for (std::size_t l = 0; l < layers.activations.size(); ++l)
            if (l == 0 || layers.activations[l] != layers.activations[0])
                activations += ", " + name_of(layers.activations[l]);
        return widths + activations;
    };
    if (head.layers.empty()) return "hidden layers " + text(head.layers_of(0));
    std::string all;
    for (std::size_t e = 0; e < elements.size(); ++e)
        all += fmt::format("{}{}: {}", all.empty() ? "hidden layers of " : "; ",
                           symbol_of(elements[e]), text(head.layers[e]));
    return all;
}

}  // namespace kamacite::apps

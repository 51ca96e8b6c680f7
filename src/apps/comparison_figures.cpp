#include "comparison_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace kamacite::apps {
namespace {

using Json = nlohmann::ordered_json;

/// Letters, digits and '_'.
std::string id_of(ComparisonFiles const& files, std::string const& what) {
    auto id = files.name.empty() ? what : files.name + "_" + what;
    for (char& c : id)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    return id;
}

double number(Json const& entry, char const* key) {
    auto const found = entry.find(key);
    return found == entry.end() || !found->is_number() ? std::nan("") : found->get<double>();
}

double mean_of(Json const& method, char const* key) {
    return number(method.at(key), "mean");
}

std::string with_deviation(Json const& spread, double factor) {
    double const mean = number(spread, "mean") / factor;
    double const deviation = number(spread, "deviation") / factor;
    if (!std::isfinite(mean)) return "–";
    return deviation > 0.0 ? fmt::format("{} ± {}", rounded(mean), rounded(deviation))
                           : rounded(mean);
}

Display display_of(ComparisonFiles const& files) {
    return display_of_target(files.summary.at("target").get<std::string>());
}

std::string shown(std::string name) {
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

std::string sides_of(ComparisonFiles const& files) {
    auto const& n = files.summary.at("structures");
    return fmt::format("{} structures trained, {} chose settings and epochs, {} judge (split '{}')",
                       n.at("training").get<long long>(), n.at("validation").get<long long>(),
                       n.at("test").get<long long>(), files.summary.value("split", ""));
}

}  // namespace

Display display_of_target(std::string const& target) {
    return apps::display_of(target == "energy_per_atom" ? "energy"
                            : target == "moment"        ? "moments"
                                                        : target);
}

report::Table comparison_table(ComparisonFiles const& files) {
    using Align = report::Table::Align;
    auto const display = display_of(files);
    auto const in_unit = [&](char const* what) {
        return fmt::format("{}, {}", what, display.unit);
    };
    report::Table table{{{"method", Align::left},
                         {"chosen settings", Align::left},
                         {"parameters"},
                         {in_unit("RMSE, validation")},
                         {in_unit("RMSE")},
                         {in_unit("MAE")},
                         {"R²"},
                         {"training, s"},
                         {"prediction, ms"}},
                        {},
                        ""};
    for (auto const& m : files.summary.at("methods")) {
        double const seconds = mean_of(m, "training_seconds");
        table.rows.push_back({shown(m.at("method")), m.value("settings", ""),
                              std::to_string(m.at("parameters").get<long long>()),
                              with_deviation(m.at("validation_rmse"), display.factor),
                              with_deviation(m.at("rmse"), display.factor),
                              with_deviation(m.at("mae"), display.factor),
                              with_deviation(m.at("r2"), 1.0),
                              std::isfinite(seconds) ? fmt::format("{:.2g}", seconds) : "–",
                              fmt::format("{:.2g}", 1e3 * number(m, "prediction_seconds"))});
    }
    table.caption = fmt::format(
        "{} of structures: {}. ±: standard deviation over trainings that differ in first weights "
        "and batches, not over test sides. The validation side chose settings and epoch, so "
        "its errors are too small.",
        display.title, sides_of(files));
    return table;
}

report::Plot comparison_errors(ComparisonFiles const& files) {
    auto const display = display_of(files);
    report::Plot plot;
    plot.id = id_of(files, "errors");
    plot.caption = fmt::format(
        "Errors of the test side, ± their standard deviation over the trainings; the point to the "
        "right is the validation side, which chose settings and epoch. {}.",
        sides_of(files));
    plot.x.label = "method, in the order of the table";
    plot.y.label = fmt::format("{} RMSE / {}", display.title, display.unit);
    plot.y.scale = report::Axis::Scale::logarithmic;
    int n = 0;
    for (auto const& m : files.summary.at("methods")) {
        double const at = n + 1;
        double const mean = mean_of(m, "rmse") / display.factor;
        double const deviation = number(m.at("rmse"), "deviation") / display.factor;
        if (mean > 0.0)
            plot.series.push_back({shown(m.at("method")),
                                   {at, at, at},
                                   {std::max(mean - deviation, 0.1 * mean), mean, mean + deviation},
                                   report::Series::Style::line_points,
                                   n});
        plot.series.push_back({"",
                               {at + 0.25},
                               {mean_of(m, "validation_rmse") / display.factor},
                               report::Series::Style::points,
                               n});
        ++n;
    }
    plot.x.low = 0.5;
    plot.x.high = n + 0.7;
    return plot;
}

std::optional<report::Plot> comparison_parity(ComparisonFiles const& files) {
    if (!files.test) return {};
    auto const display = display_of(files);
    bool const energy = files.summary.at("target") == "energy_per_atom";
    auto reference = files.test->numbers("reference");
    auto base = std::vector<double>(reference.size(), 0.0);
    auto const& columns = files.test->columns;
    if (std::find(columns.begin(), columns.end(), "elements") != columns.end())
        base = files.test->numbers("elements");
    for (std::size_t k = 0; k < reference.size(); ++k) reference[k] -= base[k];
    double const lowest =
        energy && !reference.empty() ? *std::min_element(reference.begin(), reference.end()) : 0.0;
    auto const scaled = [&](std::vector<double> values) {
        for (double& v : values) v = (v - lowest) / display.factor;
        return values;
    };
    report::Plot plot;
    plot.id = id_of(files, "parity");
    plot.caption =
        fmt::format("Test side: mean over the trainings of each method against the reference{}.",
                    energy ? ", counted from the lowest of these" : "");
    plot.x.label = fmt::format("reference {} / {}", display.title, display.unit);
    plot.y.label = fmt::format("predicted {} / {}", display.title, display.unit);
    plot.guide = report::Plot::Guide::diagonal;
    for (auto const& m : files.summary.at("methods")) {
        std::string const name = m.at("method");
        if (name == "constant") continue;
        auto predicted = files.test->numbers(name);
        for (std::size_t k = 0; k < predicted.size(); ++k) predicted[k] -= base[k];
        plot.series.push_back(
            {shown(name), scaled(reference), scaled(predicted), report::Series::Style::points});
    }
    return plot;
}

}  // namespace kamacite::apps

#include "figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "kamacite/core/units.hpp"

namespace kamacite::apps {
namespace {

using report::Series;

/// The pairs to keep, in order: the worst and an even selection of the others.
std::vector<std::size_t> thinned(inference::Pairs const& pairs, std::size_t most) {
    std::vector<std::size_t> order(pairs.subject.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (order.size() <= most) return order;
    std::size_t const worst = std::min<std::size_t>(1000, most / 2);
    auto const larger = [&](std::size_t a, std::size_t b) {
        return std::abs(pairs.predicted[a] - pairs.reference[a]) >
               std::abs(pairs.predicted[b] - pairs.reference[b]);
    };
    std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(worst), order.end(),
                     larger);
    std::vector<std::size_t> kept(order.begin(),
                                  order.begin() + static_cast<std::ptrdiff_t>(worst));
    std::sort(order.begin() + static_cast<std::ptrdiff_t>(worst), order.end());
    std::size_t const step = (order.size() - worst) / (most - worst) + 1;
    for (std::size_t i = worst; i < order.size(); i += step) kept.push_back(order[i]);
    std::sort(kept.begin(), kept.end());
    return kept;
}

}  // namespace

Display display_of(std::string const& quantity) {
    if (quantity == "energy") return {"energy", "meV/atom", 1e-3};
    if (quantity == "forces") return {"force", "meV/Å", 1e-3};
    if (quantity == "stress") return {"stress", "GPa", units::GPa};
    if (quantity == "moments") return {"moment |m|", "μB", 1.0};
    return {quantity, inference::unit_of(quantity), 1.0};
}

std::string rounded(double value) {
    if (!std::isfinite(value)) return "–";
    double const size = std::abs(value);
    if (size < 1e-4) return "0";
    int const decimals = std::clamp(2 - static_cast<int>(std::floor(std::log10(size))), 0, 6);
    return fmt::format("{:.{}f}", value, decimals);
}

std::string r2_text(std::optional<double> r2) {
    if (!r2) return "–";
    return *r2 < 0.0 ? "< 0" : fmt::format("{:.3f}", *r2);
}

report::CsvTable parity_table(inference::Comparison const& comparison, std::string const& quantity,
                              std::size_t most) {
    auto const& pairs = comparison.quantities.at(quantity);
    auto const kept = thinned(pairs, most);
    std::vector<std::string> structure, name, family;
    std::vector<double> reference, predicted, error;
    for (auto const i : kept) {
        auto const index = pairs.subject[i];
        auto const& subject = comparison.subjects[static_cast<std::size_t>(index)];
        structure.push_back(std::to_string(index));
        name.push_back(subject.name);
        family.push_back(subject.family);
        reference.push_back(pairs.reference[i]);
        predicted.push_back(pairs.predicted[i]);
        error.push_back(pairs.predicted[i] - pairs.reference[i]);
    }
    report::CsvTable table;
    if (kept.size() < pairs.subject.size())
        table.comments = {
            fmt::format(" {} of {} pairs: the largest errors, and every n-th of the rest",
                        kept.size(), pairs.subject.size())};
    auto const unit = " [" + inference::unit_of(quantity) + "]";
    table.add("structure", structure);
    table.add("name", name);
    table.add("family", family);
    table.add("reference" + unit, reference);
    table.add("predicted" + unit, predicted);
    table.add("error" + unit, error);
    return table;
}

report::CsvTable residual_table(inference::Pairs const& pairs, std::string const& quantity) {
    std::vector<double> errors;
    for (std::size_t i = 0; i < pairs.reference.size(); ++i)
        errors.push_back(pairs.predicted[i] - pairs.reference[i]);
    int const bins =
        std::clamp(static_cast<int>(std::sqrt(static_cast<double>(errors.size()))), 10, 80);
    auto const histogram = report::histogram_of(errors, bins);
    report::CsvTable table;
    table.comments = {" the outermost bins hold what lies beyond, 0.1 % on each side"};
    table.add("error [" + inference::unit_of(quantity) + "]", histogram.centres);
    table.add("count", histogram.counts);
    return table;
}

report::Plot parity_plot(report::CsvTable const& table, std::string const& quantity) {
    auto const display = display_of(quantity);
    bool const from_lowest = quantity == "energy";
    double const factor = from_lowest ? 1.0 : display.factor == 1e-3 ? 1.0 : display.factor;
    std::string const unit = quantity == "energy"   ? "eV/atom"
                             : quantity == "forces" ? "eV/Å"
                                                    : display.unit;
    auto reference = table.numbers("reference");
    auto predicted = table.numbers("predicted");
    double origin = 0.0;
    if (from_lowest && !reference.empty())
        origin = *std::min_element(reference.begin(), reference.end());
    for (auto* values : {&reference, &predicted})
        for (double& v : *values) v = (v - origin) / factor;

    report::Plot plot;
    plot.id = "parity_" + quantity;
    std::string const what = display.title + (from_lowest ? " above lowest reference" : "");
    plot.x.label = fmt::format("reference {} / {}", what, unit);
    plot.y.label = fmt::format("predicted {} / {}", what, unit);
    plot.guide = report::Plot::Guide::diagonal;
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (auto const* values : {&reference, &predicted})
        for (double const v : *values) {
            low = std::min(low, v);
            high = std::max(high, v);
        }
    if (low <= high) {  // one range for both axes, so that the diagonal is one
        double const margin =
            high > low ? 0.03 * (high - low) : std::max(1e-6, 0.01 * std::abs(low));
        plot.x.low = plot.y.low = low - margin;
        plot.x.high = plot.y.high = high + margin;
    }
    plot.caption =
        fmt::format("Predicted over reference {}, {} pairs.", display.title, reference.size());
    auto const families = table.texts("family");
    std::map<std::string, long long> count;
    for (auto const& family : families) ++count[family];
    if (reference.size() > report::most_points || count.size() < 2 || count.size() > 7) {
        plot.series.push_back({"", reference, predicted, Series::Style::points});
        return plot;
    }
    for (auto const& [family, n] : count) {
        Series series{family, {}, {}, Series::Style::points};
        for (std::size_t i = 0; i < families.size(); ++i)
            if (families[i] == family) {
                series.x.push_back(reference[i]);
                series.y.push_back(predicted[i]);
            }
        plot.series.push_back(std::move(series));
    }
    return plot;
}

report::Plot residual_plot(report::CsvTable const& table, std::string const& quantity) {
    auto const display = display_of(quantity);
    auto errors = table.numbers("error");
    for (double& e : errors) e /= display.factor;
    report::Plot plot;
    plot.id = "residuals_" + quantity;
    plot.x.label = fmt::format("predicted − reference {} / {}", display.title, display.unit);
    plot.y.label = "count";
    plot.y.low = 0.0;
    plot.guide = report::Plot::Guide::zero;
    plot.caption = fmt::format("Residuals of the {}; the outermost bins hold what lies beyond.",
                               display.title);
    if (!errors.empty()) {  // zero is in the picture, so that a bias shows
        double const half = errors.size() > 1 ? errors[1] - errors[0] : std::abs(errors[0]);
        double const low = std::min(0.0, errors.front() - half);
        double const high = std::max(0.0, errors.back() + half);
        double const margin = 0.05 * (high - low);
        plot.x.low = low - margin;
        plot.x.high = high + margin;
    }
    plot.series.push_back({"", std::move(errors), table.numbers("count"), Series::Style::bars});
    return plot;
}

}  // namespace kamacite::apps

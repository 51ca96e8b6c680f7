#include "kamacite/campaign/stop_rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kamacite/campaign/statistics.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::campaign {
namespace {

Ruling too_few(std::size_t rounds, int needed, std::string_view what) {
    return {false, fmt::format("{}: {} of {} rounds", what, rounds, needed)};
}

/// Fall of ln rmse per round, with its standard error.
struct Fall {
    double value;
    double error;
};

Fall fall_of(std::span<TestError const> rounds) {
    bool const known =
        std::all_of(rounds.begin(), rounds.end(), [](TestError const& e) { return e.error > 0.0; });
    double weights = 0.0, x_mean = 0.0, y_mean = 0.0;
    auto const weight = [&](TestError const& e) {
        return known ? std::pow(e.rmse / e.error, 2) : 1.0;  // of ln rmse
    };
    for (std::size_t k = 0; k < rounds.size(); ++k) {
        double const w = weight(rounds[k]);
        weights += w;
        x_mean += w * static_cast<double>(k);
        y_mean += w * std::log(rounds[k].rmse);
    }
    x_mean /= weights;
    y_mean /= weights;
    double xx = 0.0, xy = 0.0, squares = 0.0;
    for (std::size_t k = 0; k < rounds.size(); ++k) {
        double const w = weight(rounds[k]), x = static_cast<double>(k) - x_mean;
        xx += w * x * x;
        xy += w * x * (std::log(rounds[k].rmse) - y_mean);
    }
    double const slope = xy / xx;
    for (std::size_t k = 0; k < rounds.size(); ++k) {
        double const x = static_cast<double>(k) - x_mean;
        squares += weight(rounds[k]) * std::pow(std::log(rounds[k].rmse) - y_mean - slope * x, 2);
    }
    // Seeds make it jump by more than the test set's own error: then the residuals tell.
    double const scatter = squares / static_cast<double>(rounds.size() - 2);
    return {-slope, std::sqrt((known ? std::max(scatter, 1.0) : scatter) / xx)};
}

}  // namespace

double upper_bound(Explored const& e, ShareRule const& rule) {
    double const n = e.total / e.correlated, k = e.beyond / e.correlated;
    if (!(n > 0.0)) return 1.0;
    double const both_sides = 2.0 * rule.confidence - 1.0;
    return rule.bound == ShareRule::Bound::wilson ? wilson(k, n, both_sides).high
                                                  : clopper_pearson(k, n, both_sides).high;
}

Ruling ruling(std::span<Explored const> rounds, ShareRule const& rule) {
    KAMACITE_EXPECTS(rule.rounds > 0 && rule.confidence > 0.5 && rule.confidence < 1.0);
    if (std::ssize(rounds) < rule.rounds)
        return too_few(rounds.size(), rule.rounds, "share beyond the threshold");
    Ruling result{true, {}};
    std::string numbers;
    for (auto const& e : rounds.last(static_cast<std::size_t>(rule.rounds))) {
        KAMACITE_EXPECTS(e.correlated >= 1.0 && e.beyond <= e.total);
        double const bound = upper_bound(e, rule);
        result.met = result.met && bound < rule.limit;
        numbers += fmt::format("{}{:.6g} of {:.6g} (below {:.3g} %)", numbers.empty() ? "" : ", ",
                               e.beyond, e.total, 100.0 * bound);
    }
    result.text = fmt::format(
        "share beyond the threshold: in the last {} rounds {} at {:.3g} % confidence, to be below "
        "{:.3g} %",
        rule.rounds, numbers, 100.0 * rule.confidence, 100.0 * rule.limit);
    return result;
}

std::string text_of(TestError const& e, double unit) {
    if (e.error == 0.0) return fmt::format("{:.3g} ± ?", e.rmse / unit);
    return fmt::format("{:.3g} ± {:.2g}", e.rmse / unit, e.error / unit);
}

Ruling ruling(std::span<TestError const> rounds, ErrorRule const& rule) {
    KAMACITE_EXPECTS(rule.rounds >= 3);
    if (std::ssize(rounds) < rule.rounds)
        return too_few(rounds.size(), rule.rounds, "error on the test set");
    auto const last = rounds.last(static_cast<std::size_t>(rule.rounds));
    for ([[maybe_unused]] auto const& e : last) KAMACITE_EXPECTS(e.rmse > 0.0);
    auto const fall = fall_of(last);
    double const most =
        fall.value + student_quantile(rule.confidence, rule.rounds - 2) * fall.error;
    return {most < rule.least_fall,
            fmt::format("error on the test set: over the last {} rounds it fell by ({:.2g} ± "
                        "{:.2g}) % per round, below {:.2g} % at {:.3g} % confidence, to be below "
                        "{:.2g} %",
                        rule.rounds, 100.0 * fall.value, 100.0 * fall.error, 100.0 * most,
                        100.0 * rule.confidence, 100.0 * rule.least_fall)};
}

Ruling ruling(std::span<PropertyValue const> rounds, PropertyRule const& rule) {
    KAMACITE_EXPECTS(rule.rounds > 0 && rule.tolerance > 0.0 && rule.error_limit > 0.0);
    if (std::ssize(rounds) < rule.rounds + 1)
        return too_few(rounds.size(), rule.rounds + 1, rule.name);
    auto const last = rounds.last(static_cast<std::size_t>(rule.rounds) + 1);
    auto const [low, high] = std::minmax_element(
        last.begin(), last.end(), [](auto const& a, auto const& b) { return a.value < b.value; });
    double const change = high->value - low->value;
    double error = 0.0;
    for (auto const& v : last.subspan(1)) error = std::max(error, v.error);
    return {change < rule.tolerance && error < rule.error_limit,
            fmt::format("{}: {:.6g} ± {:.2g} {}, in the last {} rounds changed by {:.2g} (to be "
                        "below {:.2g}) with error bars up to {:.2g} (to be below {:.2g})",
                        rule.name, last.back().value / rule.unit, last.back().error / rule.unit,
                        rule.unit_name, rule.rounds, change / rule.unit, rule.tolerance / rule.unit,
                        error / rule.unit, rule.error_limit / rule.unit)};
}

Ruling ruling(Budget const& budget) {
    bool const met = budget.spent + budget.next > budget.limit;
    return {met, fmt::format("budget: {:.6g} of {:.6g} {} are spent, another round takes {:.3g}{}",
                             budget.spent, budget.limit, budget.unit, budget.next,
                             met ? ": too much" : "")};
}

}  // namespace kamacite::campaign

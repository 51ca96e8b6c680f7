#include "kamacite/inference/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/core/units.hpp"

namespace kamacite::inference {
namespace {

/// What the errors of a set of pairs can be told from; sums add. y is counted from a fixed origin.
struct Sums {
    double n = 0.0, e = 0.0, e2 = 0.0, abs_e = 0.0, y = 0.0, y2 = 0.0;

    void add(Sums const& other, double times) {
        n += times * other.n;
        e += times * other.e;
        e2 += times * other.e2;
        abs_e += times * other.abs_e;
        y += times * other.y;
        y2 += times * other.y2;
    }

    /// 1 − Σe²/Σ(y−ȳ)²; nothing if y does not vary beyond rounding of numbers as large as `scale`.
    [[nodiscard]] std::optional<double> r2(double scale) const {
        double const spread = y2 - y * y / n;
        double const rounding = std::numeric_limits<double>::epsilon() * scale;
        if (!(spread > 4.0 * n * rounding * rounding) || !(spread > 1e-13 * y2)) return {};
        return 1.0 - e2 / spread;
    }
};

double mean_of(std::span<double const> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Standard deviation.
double spread_of(std::span<double const> values) {
    double const mean = mean_of(values);
    double sum = 0.0;
    for (double const v : values) sum += (v - mean) * (v - mean);
    return std::sqrt(sum / static_cast<double>(values.size()));
}

double largest_of(std::span<double const> values) {
    double largest = 0.0;
    for (double const v : values) largest = std::max(largest, std::abs(v));
    return largest;
}

Sums sums_of(double reference, double predicted, double origin) {
    double const e = predicted - reference;
    double const y = reference - origin;
    return {1.0, e, e * e, std::abs(e), y, y * y};
}

/// Rank, from 1, of the percentile among n ordered values.
double rank_of_p95(double n) {
    return std::ceil(0.95 * n - 1e-9);
}

Interval percentile_interval(std::vector<double>& values, double confidence) {
    std::sort(values.begin(), values.end());
    double const last = static_cast<double>(values.size() - 1);
    auto const at = [&](double q) {  // linear between order statistics
        double const position = q * last;
        auto const below = static_cast<std::size_t>(position);
        auto const above = std::min(below + 1, values.size() - 1);
        double const part = position - std::floor(position);
        return values[below] * (1.0 - part) + values[above] * part;
    };
    double const tail = 0.5 * (1.0 - confidence);
    return {at(tail), at(1.0 - tail)};
}

}  // namespace

Errors errors_of(std::span<double const> reference, std::span<double const> predicted) {
    KAMACITE_EXPECTS(!reference.empty() && reference.size() == predicted.size());
    double const origin = mean_of(reference);
    Sums sums;
    std::vector<double> sizes;
    sizes.reserve(reference.size());
    for (std::size_t i = 0; i < reference.size(); ++i) {
        sums.add(sums_of(reference[i], predicted[i], origin), 1.0);
        sizes.push_back(std::abs(predicted[i] - reference[i]));
    }
    Errors errors;
    errors.count = static_cast<long long>(reference.size());
    errors.mse = sums.e2 / sums.n;
    errors.rmse = std::sqrt(errors.mse);
    errors.mae = sums.abs_e / sums.n;
    errors.bias = sums.e / sums.n;
    errors.max = *std::max_element(sizes.begin(), sizes.end());
    auto const rank = static_cast<std::ptrdiff_t>(rank_of_p95(sums.n)) - 1;
    std::nth_element(sizes.begin(), sizes.begin() + rank, sizes.end());
    errors.p95 = sizes[static_cast<std::size_t>(rank)];
    errors.r2 = sums.r2(largest_of(reference));
    return errors;
}

std::optional<Intervals> bootstrap(std::span<double const> reference,
                                   std::span<double const> predicted, std::span<int const> group,
                                   std::string_view purpose, BootstrapOptions const& options) {
    KAMACITE_EXPECTS(reference.size() == predicted.size() && group.size() == reference.size());
    KAMACITE_EXPECTS(options.replicates > 0 && options.confidence > 0.0 &&
                     options.confidence < 1.0);
    if (group.empty()) return {};
    auto const groups = static_cast<std::size_t>(*std::max_element(group.begin(), group.end())) + 1;
    if (groups < 3) return {};

    double const origin = mean_of(reference);
    double const scale = largest_of(reference);
    std::vector<Sums> sums(groups);
    for (std::size_t i = 0; i < group.size(); ++i)
        sums[static_cast<std::size_t>(group[i])].add(sums_of(reference[i], predicted[i], origin),
                                                     1.0);

    struct Sized {
        double size;
        int group;
    };
    std::vector<Sized> descending;
    descending.reserve(group.size());
    for (std::size_t i = 0; i < group.size(); ++i)
        descending.push_back({std::abs(predicted[i] - reference[i]), group[i]});
    std::sort(descending.begin(), descending.end(),
              [](Sized const& a, Sized const& b) { return a.size > b.size; });

    auto const affordable = static_cast<int>(20'000'000 / groups);
    int const replicates = std::min(options.replicates, std::max(200, affordable));
    std::vector<double> rmse, mae, p95, r2;
    std::vector<int> drawn(groups);
    for (int b = 0; b < replicates; ++b) {
        RandomStream random{options.seed, purpose, static_cast<std::uint64_t>(b)};
        std::fill(drawn.begin(), drawn.end(), 0);
        for (std::size_t k = 0; k < groups; ++k) ++drawn[random.below(groups)];
        Sums total;
        for (std::size_t k = 0; k < groups; ++k)
            if (drawn[k] != 0) total.add(sums[k], drawn[k]);
        rmse.push_back(std::sqrt(total.e2 / total.n));
        mae.push_back(total.abs_e / total.n);
        if (auto const value = total.r2(scale)) r2.push_back(*value);
        // The percentile is met from above after about 5 % of the pairs.
        double above = total.n - rank_of_p95(total.n);
        for (auto const& pair : descending) {
            above -= drawn[static_cast<std::size_t>(pair.group)];
            if (above < 0.0) {
                p95.push_back(pair.size);
                break;
            }
        }
    }
    double const c = options.confidence;
    Intervals intervals{percentile_interval(rmse, c),
                        percentile_interval(mae, c),
                        percentile_interval(p95, c),
                        {},
                        c};
    if (r2.size() == rmse.size()) intervals.r2 = percentile_interval(r2, c);
    return intervals;
}

double least_spread(std::string const& quantity, double mean) {
    if (quantity == "energy") return 1e-3;
    if (quantity == "forces") return 0.01;
    if (quantity == "stress") return 0.1 * units::GPa;
    if (quantity == "moments") return 0.01;
    return 1e-3 * std::abs(mean);
}

std::string unit_of(std::string const& quantity) {
    if (quantity == "energy") return "eV/atom";
    if (quantity == "forces") return "eV/angstrom";
    if (quantity == "stress") return "eV/angstrom^3";
    if (quantity == "moments") return "muB";
    return property_unit(quantity);
}

namespace {

Score score_of(Comparison const& comparison, std::string const& quantity, Pairs const& pairs,
               std::string_view family, std::string_view side, BootstrapOptions const& options) {
    std::vector<double> reference, predicted;
    std::vector<int> group;
    std::map<std::string, int> group_of_trajectory;
    std::map<int, int> group_of_subject;
    long long structures = 0;
    int groups = 0;
    for (std::size_t i = 0; i < pairs.subject.size(); ++i) {
        int const index = pairs.subject[i];
        auto const& subject = comparison.subjects[static_cast<std::size_t>(index)];
        if (family != every_family && subject.family != family) continue;
        if (!side.empty() && subject.side != side) continue;
        auto const [known, is_new] = group_of_subject.try_emplace(index, groups);
        if (is_new) {
            ++structures;
            if (subject.trajectory.empty()) {
                ++groups;
            } else {
                auto const [trajectory, first] = group_of_trajectory.try_emplace(
                    subject.family + '\n' + subject.trajectory, groups);
                if (first) ++groups;
                known->second = trajectory->second;
            }
        }
        group.push_back(known->second);
        reference.push_back(pairs.reference[i]);
        predicted.push_back(pairs.predicted[i]);
    }
    std::string purpose = "bootstrap/" + quantity + "/" + std::string{family};
    if (!side.empty()) purpose += "/" + std::string{side};
    Score score{quantity,
                std::string{family},
                unit_of(quantity),
                errors_of(reference, predicted),
                structures,
                groups,
                bootstrap(reference, predicted, group, purpose, options),
                std::string{side}};
    if (spread_of(reference) < least_spread(quantity, mean_of(reference))) {
        score.errors.r2.reset();
        if (score.intervals) score.intervals->r2.reset();
    }
    return score;
}

}  // namespace

std::vector<Score> scores_of(Comparison const& comparison, BootstrapOptions const& options) {
    std::vector<Score> scores;
    for (auto const& [quantity, pairs] : comparison.quantities) {
        if (pairs.subject.empty()) continue;
        scores.push_back(score_of(comparison, quantity, pairs, every_family, "", options));
        std::map<std::string, long long> families;
        for (int const s : pairs.subject)
            ++families[comparison.subjects[static_cast<std::size_t>(s)].family];
        if (families.size() == 1 && families.begin()->first.empty()) continue;
        for (auto const& [family, count] : families)
            if (family != every_family)
                scores.push_back(score_of(comparison, quantity, pairs, family, "", options));
    }
    return scores;
}

std::vector<Score> scores_by_side(Comparison const& comparison, BootstrapOptions const& options) {
    std::vector<Score> scores;
    std::set<std::string> all;
    for (auto const& subject : comparison.subjects) all.insert(subject.side);
    if (all.size() < 2) return scores;
    for (auto const& [quantity, pairs] : comparison.quantities) {
        std::set<std::string> there;
        for (int const s : pairs.subject)
            there.insert(comparison.subjects[static_cast<std::size_t>(s)].side);
        for (auto const* const side : {"train", "validation", "test"})
            if (there.contains(side))
                scores.push_back(
                    score_of(comparison, quantity, pairs, every_family, side, options));
    }
    return scores;
}

}  // namespace kamacite::inference

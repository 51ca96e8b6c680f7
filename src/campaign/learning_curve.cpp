#include "kamacite/campaign/learning_curve.hpp"

#include <fmt/format.h>

#include <cmath>

#include "kamacite/campaign/statistics.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::campaign {
namespace {

Mean mean_of(Eigen::ArrayXd const& values) {
    auto const n = static_cast<double>(values.size());
    double const mean = values.mean();
    if (values.size() < 2) return {mean, 0.0};
    return {mean, std::sqrt((values - mean).square().sum() / (n - 1.0) / n)};
}

Ratio ratio_of(Eigen::ArrayXd const& logarithms, double confidence) {
    auto const mean = mean_of(logarithms);
    Ratio ratio{std::exp(mean.value), {}};
    if (logarithms.size() < 2) return ratio;
    double const half = mean.error * student_quantile(0.5 + 0.5 * confidence,
                                                      static_cast<int>(logarithms.size()) - 1);
    ratio.interval = inference::Interval{std::exp(mean.value - half), std::exp(mean.value + half)};
    return ratio;
}

std::string text_of(Ratio const& r) {
    if (!r.interval) return fmt::format("{:.3g}", r.value);
    return fmt::format("{:.3g} ({:.3g} … {:.3g})", r.value, r.interval->low, r.interval->high);
}

/// Number of labels from which on a curve stays at or below `error`: straight lines between points
/// in logarithms. Nothing if its end is above.
std::optional<double> labels_for(double error, std::span<double const> labels,
                                 Eigen::ArrayXd const& curve) {
    auto k = curve.size() - 1;
    if (curve[k] > error) return {};
    while (k > 0 && curve[k - 1] <= error) --k;
    if (k == 0) return labels[0];
    double const share = std::log(curve[k - 1] / error) / std::log(curve[k - 1] / curve[k]);
    auto const at = static_cast<std::size_t>(k);
    return labels[at - 1] * std::pow(labels[at] / labels[at - 1], share);
}

Saving saving_of(std::span<double const> labels, Matrix const& active, Matrix const& random,
                 double confidence) {
    Saving saving;
    Eigen::ArrayXd logarithms(active.rows());
    for (Eigen::Index s = 0; s < active.rows(); ++s) {
        // What both reach, so that neither curve is continued beyond its end.
        double const error = active(s, active.cols() - 1);
        auto const needed = labels_for(error, labels, random.row(s).transpose().array());
        auto const used = labels_for(error, labels, active.row(s).transpose().array());
        saving.reached += needed ? 1 : 0;
        logarithms[s] = std::log(needed.value_or(labels.back()) / used.value());
    }
    saving.labels = ratio_of(logarithms, confidence);
    return saving;
}

}  // namespace

CurveComparison compare_curves(std::span<double const> labels, Matrix const& active,
                               Matrix const& random, double confidence) {
    KAMACITE_EXPECTS(active.rows() == random.rows() && active.rows() > 0);
    KAMACITE_EXPECTS(active.cols() == random.cols() && active.cols() == std::ssize(labels));
    KAMACITE_EXPECTS(active.cols() > 0 && active.minCoeff() > 0.0 && random.minCoeff() > 0.0);
    KAMACITE_EXPECTS(confidence > 0.0 && confidence < 1.0);
    CurveComparison result;
    Eigen::ArrayXXd const logarithms = active.array().log() - random.array().log();
    for (Eigen::Index k = 0; k < active.cols(); ++k) {
        auto const& point = result.points.emplace_back(
            CurvePoint{mean_of(active.col(k).array()), mean_of(random.col(k).array()),
                       ratio_of(logarithms.col(k), confidence)});
        result.text +=
            fmt::format("{:.6g} labels: active {:.4g} ± {:.2g}, random {:.4g} ± {:.2g}, ratio {}\n",
                        labels[static_cast<std::size_t>(k)], point.active.value, point.active.error,
                        point.random.value, point.random.error, text_of(point.ratio));
    }
    result.overall = ratio_of(logarithms.rowwise().mean(), confidence);
    result.saving = saving_of(labels, active, random, confidence);
    result.text += fmt::format(
        "over all points: ratio {}; random selection needs {}{} times the labels ({} seeds, {:.3g} "
        "% confidence)\n",
        text_of(result.overall), result.saving.reached < active.rows() ? "at least " : "",
        text_of(result.saving.labels), active.rows(), 100.0 * confidence);
    return result;
}

}  // namespace kamacite::campaign

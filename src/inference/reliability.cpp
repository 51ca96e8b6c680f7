#include "kamacite/inference/reliability.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "kamacite/core/error.hpp"

namespace kamacite::inference {
namespace {

/// Ranks 1 … n; equal values share the mean of theirs.
std::vector<double> ranks_of(std::vector<double> const& values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> ranks(values.size());
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin;
        while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
        for (std::size_t k = begin; k < end; ++k)
            ranks[order[k]] = (static_cast<double>(begin + end) + 1.0) / 2.0;
        begin = end;
    }
    return ranks;
}

double correlation(std::vector<double> const& a, std::vector<double> const& b) {
    double const n = static_cast<double>(a.size());
    double const mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n;
    double const mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += (a[i] - mean_a) * (b[i] - mean_b);
        aa += (a[i] - mean_a) * (a[i] - mean_a);
        bb += (b[i] - mean_b) * (b[i] - mean_b);
    }
    if (aa == 0.0 || bb == 0.0) return std::numeric_limits<double>::quiet_NaN();
    return ab / std::sqrt(aa * bb);
}

constexpr double hardly = 0.01;  // of the median σ: where symmetry makes it vanish

struct Pairs {
    std::vector<double> error, sigma;
};

/// Those of which σ says something.
Pairs telling(std::span<double const> error, std::span<double const> sigma) {
    KAMACITE_EXPECTS(error.size() == sigma.size());
    Pairs pairs;
    if (sigma.empty()) return pairs;
    std::vector<double> sorted{sigma.begin(), sigma.end()};
    auto const middle = sorted.begin() + std::ssize(sorted) / 2;
    std::nth_element(sorted.begin(), middle, sorted.end());
    for (std::size_t i = 0; i < sigma.size(); ++i) {
        if (!(sigma[i] > hardly * *middle)) continue;
        pairs.error.push_back(error[i]);
        pairs.sigma.push_back(sigma[i]);
    }
    return pairs;
}

/// ⟨e²/σ²⟩; not for no pairs.
double mean_ratio(Pairs const& pairs) {
    double sum = 0.0;
    for (std::size_t i = 0; i < pairs.error.size(); ++i) {
        double const ratio = pairs.error[i] / pairs.sigma[i];
        sum += ratio * ratio;
    }
    return sum / static_cast<double>(pairs.error.size());
}

}  // namespace

Reliability reliability_of(std::span<double const> error, std::span<double const> sigma) {
    Reliability r;
    auto const pairs = telling(error, sigma);
    r.count = std::ssize(pairs.error);
    if (r.count == 0) return r;
    double const n = static_cast<double>(r.count);
    r.rms_ratio = std::sqrt(mean_ratio(pairs));
    auto sizes = pairs.error;
    for (double& e : sizes) e = std::abs(e);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        r.within_one += sizes[i] <= pairs.sigma[i] ? 1.0 / n : 0.0;
        r.within_two += sizes[i] <= 2.0 * pairs.sigma[i] ? 1.0 / n : 0.0;
    }
    r.rank_correlation = correlation(ranks_of(sizes), ranks_of(pairs.sigma));
    return r;
}

double student_within(double bound, int degrees) {
    KAMACITE_EXPECTS(bound >= 0.0 && degrees > 0);
    double const n = degrees;
    double const norm = std::tgamma((n + 1.0) / 2.0) / (std::sqrt(n * M_PI) * std::tgamma(n / 2.0));
    auto const density = [&](double t) {
        return norm * std::pow(1.0 + t * t / n, -(n + 1.0) / 2.0);
    };
    constexpr int steps = 200;  // Simpson
    double const h = bound / steps;
    double sum = density(0.0) + density(bound);
    for (int k = 1; k < steps; ++k) sum += (k % 2 == 1 ? 4.0 : 2.0) * density(k * h);
    return 2.0 * sum * h / 3.0;
}

double calibration_of(std::span<double const> error, std::span<double const> sigma, int members) {
    auto const pairs = telling(error, sigma);
    if (pairs.error.empty()) return 1.0;
    double const m = members, ratio = mean_ratio(pairs);
    double const square = members > 3 ? -1.0 / m + (m - 3.0) / (m - 1.0) * ratio : ratio;
    return std::sqrt(std::max(square, 0.01));
}

}  // namespace kamacite::inference

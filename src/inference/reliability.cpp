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

/// ⟨e²/σ²⟩ and how many pairs have a positive σ.
std::pair<double, long long> mean_ratio(std::span<double const> error,
                                        std::span<double const> sigma) {
    KAMACITE_EXPECTS(error.size() == sigma.size());
    double sum = 0.0;
    long long n = 0;
    for (std::size_t i = 0; i < error.size(); ++i)
        if (sigma[i] > 0.0) {
            sum += (error[i] / sigma[i]) * (error[i] / sigma[i]);
            ++n;
        }
    return {n > 0 ? sum / static_cast<double>(n) : 0.0, n};
}

}  // namespace

Reliability reliability_of(std::span<double const> error, std::span<double const> sigma) {
    Reliability r;
    auto const [ratio, n] = mean_ratio(error, sigma);
    r.count = n;
    if (n == 0) return r;
    r.rms_ratio = std::sqrt(ratio);
    std::vector<double> sizes, spreads;
    for (std::size_t i = 0; i < error.size(); ++i) {
        if (!(sigma[i] > 0.0)) continue;
        sizes.push_back(std::abs(error[i]));
        spreads.push_back(sigma[i]);
        r.within_one += sizes.back() <= sigma[i] ? 1.0 : 0.0;
        r.within_two += sizes.back() <= 2.0 * sigma[i] ? 1.0 : 0.0;
    }
    r.within_one /= static_cast<double>(n);
    r.within_two /= static_cast<double>(n);
    r.rank_correlation = correlation(ranks_of(sizes), ranks_of(spreads));
    return r;
}

double calibration_of(std::span<double const> error, std::span<double const> sigma, int members) {
    auto const [ratio, n] = mean_ratio(error, sigma);
    if (n == 0) return 1.0;
    double const m = members;
    double const square = members > 3 ? -1.0 / m + (m - 3.0) / (m - 1.0) * ratio : ratio;
    return std::sqrt(std::max(square, 0.01));
}

}  // namespace kamacite::inference

#include "kamacite/transport/cepstral.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "fourier.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::transport {
namespace {

constexpr int fewest_values = 16, fewest_frequencies = 8, fewest_chosen = 64;

void expect_series(std::span<std::vector<double> const> series) {
    if (series.empty()) throw DataError("there is no series to analyse: give one at least");
    auto const n = series.front().size();
    if (n < static_cast<std::size_t>(fewest_values))
        throw DataError(
            fmt::format("the series have {} values (a spectrum needs {} at least): run "
                        "longer, or sample more often",
                        n, fewest_values));
    for (std::size_t s = 0; s < series.size(); ++s) {
        if (series[s].size() != n)
            throw DataError(
                fmt::format("series {} has {} values, the first {} (they must be "
                            "equally long): cut them to the shortest",
                            s + 1, series[s].size(), n));
        for (double const x : series[s])
            if (!std::isfinite(x))
                throw DataError(
                    fmt::format("series {} holds a value that is not finite: the run "
                                "it comes from went wrong, shorten its time step",
                                s + 1));
    }
}

/// Mean over the series of dt/N |x̂_k|², k = 0 … N/2.
std::vector<double> mean_periodogram(std::span<std::vector<double> const> series, double dt,
                                     int n) {
    std::vector<double> mean(static_cast<std::size_t>(n / 2 + 1), 0.0);
    for (auto const& whole : series) {
        auto const amplitudes = transform({whole.begin(), whole.begin() + n});
        for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += std::norm(amplitudes[k]);
    }
    for (double& s : mean) s *= dt / (static_cast<double>(n) * static_cast<double>(series.size()));
    return mean;
}

/// Cosine coefficients of log S up to one frequency, as if that were the last.
class Cepstrum {
public:
    Cepstrum(std::vector<double> const& logarithm, int frequencies, double variance)
        : frequencies_{fast_length(2 * frequencies) / 2},
          variance_{variance},
          c_{inverse_transform({logarithm.begin(), logarithm.begin() + frequencies_ + 1})} {}

    [[nodiscard]] int frequencies() const { return frequencies_; }

    /// How many coefficients Akaike's criterion keeps, one at least.
    [[nodiscard]] int akaike() const {
        double const weight = 2.0 * frequencies_ / variance_;
        double rest = 0.5 * std::pow(c_[static_cast<std::size_t>(frequencies_)], 2);
        double best = std::numeric_limits<double>::infinity();
        int kept = 1;
        for (int p = frequencies_; p >= 1; --p) {
            double const criterion = weight * rest + 2.0 * p;
            if (criterion <= best) {
                best = criterion;
                kept = p;
            }
            rest += std::pow(c_[static_cast<std::size_t>(p - 1)], 2);
        }
        return kept;
    }

    /// log S of the first p coefficients.
    [[nodiscard]] std::vector<double> smooth(int p) const {
        auto some = c_;
        auto const kept = static_cast<std::size_t>(p);
        for (std::size_t k = kept; k + kept <= some.size(); ++k) some[k] = 0.0;
        std::vector<double> all;
        for (auto const& s : transform(some)) all.push_back(s.real());
        return all;
    }

    /// The first frequency at which log S is by `depth` below where it begins; the last if none.
    [[nodiscard]] int falls_at(double depth) const {
        auto const s = smooth(akaike());
        int k = 0;
        while (k < frequencies_ && s[static_cast<std::size_t>(k)] >= s.front() - depth) ++k;
        return k;
    }

private:
    int frequencies_;
    double variance_;
    std::vector<double> c_;  // C_n, n = 0 … 2 frequencies − 1; C_{N−n} = C_n
};

}  // namespace

double digamma(double x) {
    KAMACITE_EXPECTS(x > 0.0);
    double sum = 0.0;
    for (; x < 12.0; x += 1.0) sum -= 1.0 / x;
    double const y = 1.0 / (x * x);
    return sum + std::log(x) - 0.5 / x -
           y * (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - y / 132.0))));
}

double trigamma(double x) {
    KAMACITE_EXPECTS(x > 0.0);
    double sum = 0.0;
    for (; x < 12.0; x += 1.0) sum += 1.0 / (x * x);
    double const y = 1.0 / (x * x);
    return sum + 1.0 / x + 0.5 * y +
           y / x * (1.0 / 6 - y * (1.0 / 30 - y * (1.0 / 42 - y * (1.0 / 30 - y * 5.0 / 66))));
}

ZeroFrequency zero_frequency(std::span<std::vector<double> const> series, double dt,
                             std::optional<double> highest) {
    KAMACITE_EXPECTS(dt > 0.0 && (!highest || *highest > 0.0));
    expect_series(series);
    int const n = fast_length(static_cast<int>(series.front().size()));
    double const step = 1.0 / (static_cast<double>(n) * dt);
    auto const periodogram = mean_periodogram(series, dt, n);
    auto const l = static_cast<double>(series.size());
    std::vector<double> logarithm;
    for (int k = 0; k <= n / 2; ++k) {
        double const s = periodogram[static_cast<std::size_t>(k)];
        if (!(s > 0.0))
            throw DataError(
                "the series do not move (their spectrum is zero): is this the heat "
                "flux of a crystal at rest?");
        double const half = k == 0 || 2 * k == n ? 0.5 * l : l;  // one number, not two
        logarithm.push_back(std::log(s) - digamma(half) + std::log(half));
    }
    double const variance = trigamma(l);
    int const wanted =
        highest ? static_cast<int>(std::min(0.5 * n, std::floor(*highest / step))) : n / 2;
    if (wanted < fewest_frequencies)
        throw DataError(fmt::format(
            "the highest frequency leaves {} points of the spectrum ({} at least; they are {:.3g} "
            "THz apart): raise it, or run longer",
            wanted, fewest_frequencies, 1e3 * step));
    Cepstrum cepstrum{logarithm, wanted, variance};
    while (!highest) {
        int const lower = std::max(fewest_chosen, cepstrum.falls_at(std::log(4.0)));
        if (lower >= cepstrum.frequencies()) break;
        cepstrum = Cepstrum{logarithm, lower, variance};
    }
    int const p = std::min(cepstrum.frequencies(), (3 * cepstrum.akaike() + 1) / 2);
    ZeroFrequency found;
    found.coefficients = p;
    for (double const s : cepstrum.smooth(p)) found.spectrum.push_back(std::exp(s));
    found.value = found.spectrum.front();
    found.error =
        found.value * std::sqrt(variance * (4.0 * p - 2.0) / (2.0 * cepstrum.frequencies()));
    for (std::size_t k = 0; k < found.spectrum.size(); ++k) {
        found.frequency.push_back(step * static_cast<double>(k));
        found.periodogram.push_back(periodogram[k]);
    }
    return found;
}

}  // namespace kamacite::transport

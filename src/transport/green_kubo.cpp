#include "kamacite/transport/green_kubo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "fourier.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"

namespace kamacite::transport {
namespace {

/// C(t_m), m = 0 … lags, of one series.
std::vector<double> correlation_of(std::vector<double> const& x, std::size_t lags) {
    auto padded = x;
    // zeros behind it, so that the end does not meet the beginning; any length above will do
    auto length = static_cast<int>(x.size() + lags + 1);
    for (length += length % 2; fast_length(length) != length;) length += 2;
    padded.resize(static_cast<std::size_t>(length), 0.0);
    auto amplitudes = transform(padded);
    for (auto& a : amplitudes) a = std::norm(a);
    auto c = inverse_transform(amplitudes);
    c.resize(lags + 1);
    for (std::size_t m = 0; m <= lags; ++m) c[m] /= static_cast<double>(x.size() - m);
    return c;
}

}  // namespace

RunningIntegral running_integral(std::span<std::vector<double> const> series, double dt,
                                 double longest) {
    KAMACITE_EXPECTS(dt > 0.0 && longest >= 0.0 && !series.empty());
    auto const n = series.front().size();
    for (auto const& x : series)
        if (x.size() != n || n < 2)
            throw DataError(
                fmt::format("a series has {} values, the first {} (they must be equally "
                            "long, two values at least): cut them to the shortest",
                            x.size(), n));
    auto const lags = std::min(n - 1, static_cast<std::size_t>(longest / dt));
    RunningIntegral all;
    std::vector<double> squares(lags + 1, 0.0);
    all.correlation.assign(lags + 1, 0.0);
    all.integral.assign(lags + 1, 0.0);
    auto const count = static_cast<double>(series.size());
    for (auto const& x : series) {
        auto const c = correlation_of(x, lags);
        double integral = 0.0;
        for (std::size_t m = 0; m <= lags; ++m) {
            if (m > 0) integral += 0.5 * dt * (c[m - 1] + c[m]);
            all.correlation[m] += c[m] / count;
            all.integral[m] += integral / count;
            squares[m] += integral * integral / count;
        }
    }
    for (std::size_t m = 0; m <= lags; ++m) {
        all.time.push_back(dt * static_cast<double>(m));
        double const scatter = std::max(0.0, squares[m] - std::pow(all.integral[m], 2));
        all.error.push_back(count > 1.0 ? std::sqrt(scatter / (count - 1.0))
                                        : std::numeric_limits<double>::quiet_NaN());
    }
    return all;
}

double green_kubo_factor(double volume, double temperature) {
    KAMACITE_EXPECTS(volume > 0.0 && temperature > 0.0);
    return 1.0 / (2.0 * volume * units::k_boltzmann * temperature * temperature);
}

}  // namespace kamacite::transport

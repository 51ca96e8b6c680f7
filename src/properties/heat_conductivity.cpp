#include "kamacite/properties/heat_conductivity.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kamacite/core/error.hpp"
#include "kamacite/dynamics/averages.hpp"
#include "kamacite/transport/green_kubo.hpp"

namespace kamacite::properties {
namespace {

Estimate mean_temperature(std::span<HeatRun const> runs) {
    Estimate mean;
    auto const n = static_cast<double>(runs.size());
    for (auto const& run : runs) {
        mean.value += run.temperature.value / n;
        mean.error += std::pow(run.temperature.error / n, 2);
    }
    mean.error = std::sqrt(mean.error);
    return mean;
}

/// Mean of numbers, and as its error their scatter: NaN of one.
Estimate mean_of(std::span<double const> values) {
    auto const n = static_cast<double>(values.size());
    Estimate mean;
    for (double const v : values) mean.value += v / n;
    double squares = 0.0;
    for (double const v : values) squares += std::pow(v - mean.value, 2);
    mean.error =
        n > 1.0 ? std::sqrt(squares / (n * (n - 1.0))) : std::numeric_limits<double>::quiet_NaN();
    return mean;
}

}  // namespace

GreenKubo green_kubo(std::span<HeatRun const> runs, double longest, std::optional<double> highest) {
    KAMACITE_EXPECTS(!runs.empty());
    std::vector<std::vector<double>> series;
    for (auto const& run : runs)
        for (int axis = 0; axis < 3; ++axis) {
            auto& one = series.emplace_back();
            for (auto const& j : run.flux) one.push_back(j[axis]);
        }
    double const interval = runs.front().interval;
    GreenKubo found;
    found.temperature = mean_temperature(runs);
    found.spectrum = transport::zero_frequency(series, interval, highest);
    double const factor =
        transport::green_kubo_factor(runs.front().volume, found.temperature.value);
    double const kappa = factor * found.spectrum.value;
    found.conductivity = {
        kappa, kappa * std::hypot(found.spectrum.error / found.spectrum.value,
                                  2.0 * found.temperature.error / found.temperature.value)};
    auto const running = transport::running_integral(series, interval, longest);
    found.running.time = running.time;
    for (std::size_t m = 0; m < running.time.size(); ++m) {
        found.running.value.push_back(2.0 * factor * running.integral[m]);
        found.running.error.push_back(2.0 * factor * running.error[m]);
    }
    return found;
}

Driven driven_conductivity(std::span<HeatRun const> runs, int points) {
    KAMACITE_EXPECTS(!runs.empty() && points >= 1);
    Driven found;
    found.temperature = mean_temperature(runs);
    found.converged = true;
    std::vector<std::vector<double>> so_far(runs.size());
    for (std::size_t r = 0; r < runs.size(); ++r) {
        auto const& run = runs[r];
        KAMACITE_EXPECTS(run.field != Vec3::Zero() && !run.flux.empty());
        double const factor = 1.0 / (run.volume * run.temperature.value * run.field.squaredNorm());
        std::vector<double> values;
        double sum = 0.0;
        for (auto const& j : run.flux) {
            values.push_back(factor * j.dot(run.field));
            sum += values.back();
            so_far[r].push_back(sum / static_cast<double>(values.size()));
        }
        auto const average = dynamics::average_of(values);
        found.of_runs.push_back({average.mean, average.error});
        found.converged = found.converged && average.converged;
    }
    auto const n = static_cast<double>(runs.size());
    std::vector<double> means;
    double blocks = 0.0;
    for (auto const& of_run : found.of_runs) {
        means.push_back(of_run.value);
        blocks += std::pow(of_run.error / n, 2);
    }
    found.conductivity = mean_of(means);
    found.conductivity.error = std::fmax(found.conductivity.error, std::sqrt(blocks));
    auto const length = runs.front().flux.size();
    auto const stride = std::max<std::size_t>(1, length / static_cast<std::size_t>(points));
    for (std::size_t k = stride - 1; k < length; k += stride) {
        std::vector<double> here;
        for (auto const& of_run : so_far) here.push_back(of_run[k]);
        auto const mean = mean_of(here);
        found.running.time.push_back(runs.front().interval * static_cast<double>(k + 1));
        found.running.value.push_back(mean.value);
        found.running.error.push_back(mean.error);
    }
    return found;
}

bool is_linear(Driven const& weaker, Driven const& stronger) {
    auto const &a = weaker.conductivity, &b = stronger.conductivity;
    return std::abs(a.value - b.value) <= 3.0 * std::hypot(a.error, b.error);
}

}  // namespace kamacite::properties

#include "kamacite/magnetism/curie.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "kamacite/core/error.hpp"

namespace kamacite::magnetism {
namespace {

/// A polynomial with the covariance of its coefficients; x is counted from `centre` in `scale`.
struct Polynomial {
    double centre, scale;
    Eigen::VectorXd c;
    Eigen::MatrixXd covariance;

    [[nodiscard]] Eigen::VectorXd powers(double x) const {
        Eigen::VectorXd p(c.size());
        double const t = (x - centre) / scale;
        for (int k = 0; k < p.size(); ++k) p[k] = std::pow(t, k);
        return p;
    }
    [[nodiscard]] double operator()(double x) const { return powers(x).dot(c); }
    [[nodiscard]] double error(double x) const {
        auto const p = powers(x);
        return std::sqrt(p.dot(covariance * p));
    }
    [[nodiscard]] double slope(double x) const {
        double sum = 0.0;
        for (int k = 1; k < c.size(); ++k)
            sum += k * c[k] * std::pow((x - centre) / scale, k - 1) / scale;
        return sum;
    }
};

Polynomial fitted(std::vector<double> const& x, std::vector<Estimate> const& y) {
    auto const n = static_cast<Eigen::Index>(x.size());
    Eigen::Index const terms = n < 5 ? 2 : 3;
    Polynomial p{0.5 * (x.front() + x.back()),
                 0.5 * (x.back() - x.front()),
                 Eigen::VectorXd::Zero(terms),
                 {}};
    Matrix a(n, terms);
    Eigen::VectorXd b(n);
    for (Eigen::Index i = 0; i < n; ++i) {
        auto const k = static_cast<std::size_t>(i);
        double const weight = 1.0 / std::max(y[k].error, 1e-12);
        a.row(i) = weight * p.powers(x[k]).transpose();
        b[i] = weight * y[k].value;
    }
    p.covariance = (a.transpose() * a).inverse();
    p.c = p.covariance * (a.transpose() * b);
    if (n > terms) {
        double const scatter = (a * p.c - b).squaredNorm() / static_cast<double>(n - terms);
        p.covariance *= std::max(1.0, scatter);
    }
    return p;
}

/// Where f changes sign from positive to negative, or the reverse, nearest to `near`.
std::optional<double> zero_of(Polynomial const& f, double low, double high, double near) {
    constexpr int steps = 200;
    std::optional<double> best;
    for (int k = 0; k < steps; ++k) {
        double a = low + (high - low) * k / steps, b = low + (high - low) * (k + 1) / steps;
        if (f(a) * f(b) > 0.0) continue;
        for (int i = 0; i < 60; ++i) {
            double const middle = 0.5 * (a + b);
            (f(a) * f(middle) <= 0.0 ? b : a) = middle;
        }
        if (!best || std::abs(a - near) < std::abs(*best - near)) best = a;
    }
    return best;
}

/// Highest temperature of the coarse search at which the small system is still ordered, and the
/// next one, by U₄.
double roughly(std::vector<Observables> const& coarse, double mean_field) {
    for (std::size_t k = coarse.size(); k-- > 1;) {
        auto const &below = coarse[k - 1], &above = coarse[k];
        if (below.binder.value >= critical_binder && above.binder.value < critical_binder)
            return below.temperature + (above.temperature - below.temperature) *
                                           (below.binder.value - critical_binder) /
                                           (below.binder.value - above.binder.value);
    }
    throw NumericalError(
        fmt::format("no transition between {:.0f} and {:.0f} K (mean field: {:.0f} K): the "
                    "exchange favours no ferromagnet, or runs are too short",
                    coarse.front().temperature, coarse.back().temperature, mean_field));
}

/// The crossing, if there is one; else on which side of the temperatures it is to be sought.
struct Sought {
    std::optional<Crossing> crossing;
    double side = 0.0;  ///< negative: below, positive: above
};

Sought seek(std::span<Observables const> small, std::span<Observables const> large) {
    KAMACITE_EXPECTS(small.size() == large.size() && small.size() >= 3);
    std::vector<double> temperatures;
    std::vector<Estimate> difference, binder;
    double sum = 0.0;
    for (std::size_t k = 0; k < small.size(); ++k) {
        temperatures.push_back(small[k].temperature);
        binder.push_back(large[k].binder);
        difference.push_back({large[k].binder.value - small[k].binder.value,
                              std::hypot(large[k].binder.error, small[k].binder.error)});
        sum += difference.back().value;
    }
    auto const f = fitted(temperatures, difference);
    double const low = temperatures.front(), high = temperatures.back();
    auto const zero = zero_of(f, low, high, 0.5 * (low + high));
    if (!zero || !(f.slope(*zero) < 0.0)) return {{}, sum};
    auto const u = fitted(temperatures, binder);
    double const error = f.error(*zero) / std::abs(f.slope(*zero));
    return {
        Crossing{{*zero, error}, {u(*zero), std::hypot(u.error(*zero), u.slope(*zero) * error)}}};
}

[[noreturn]] void refuse(std::span<Observables const> small, std::span<Observables const> large) {
    throw NumericalError(
        fmt::format("U₄ of {} and {} spins do not cross between {:.0f} and {:.0f} K: take more "
                    "sweeps, a wider range or sizes that differ more",
                    small.front().spins, large.front().spins, small.front().temperature,
                    small.back().temperature));
}

}  // namespace

Crossing binder_crossing(std::span<Observables const> small, std::span<Observables const> large) {
    auto const sought = seek(small, large);
    if (!sought.crossing) refuse(small, large);
    return *sought.crossing;
}

Curie find_curie(mpi::Communicator const& comm, Exchange const& small, Exchange const& large,
                 CurieOptions const& options) {
    KAMACITE_EXPECTS(small.size() < large.size() && options.temperatures >= 3);
    Curie curie;
    curie.mean_field = mean_field_temperature(small);
    if (!(curie.mean_field > 0.0))
        throw NumericalError(
            fmt::format("the mean field has T_c = {:.0f} K (the sum of the exchange is not "
                        "positive): the exchange favours no ferromagnet",
                        curie.mean_field));
    std::array const systems{small, large};
    constexpr int coarse_temperatures = 18;
    std::vector<Point> points;
    for (int k = 0; k < coarse_temperatures; ++k)
        points.push_back({0, curie.mean_field * (0.20 + 0.05 * k)});
    auto rough = options.run;
    rough.sweeps = std::max(options.run.sweeps / 4, 64);
    rough.thermalisation = std::max(options.run.thermalisation / 4, 16);
    curie.coarse = simulate(comm, systems, points, rough);
    double near = roughly(curie.coarse, curie.mean_field);

    // Small systems cross below where U₄ of the smaller has the value of large ones at T_c.
    constexpr int most_windows = 5;
    for (int window = 0; window < most_windows; ++window) {
        points.clear();
        for (int system = 0; system < 2; ++system)
            for (int k = 0; k < options.temperatures; ++k) {
                double const part = 2.0 * k / (options.temperatures - 1) - 1.0;
                points.push_back({system, near * (1.0 + options.width * part)});
            }
        auto const all = simulate(comm, systems, points, options.run);
        auto const middle = all.begin() + options.temperatures;
        curie.small.assign(all.begin(), middle);
        curie.large.assign(middle, all.end());
        auto const sought = seek(curie.small, curie.large);
        if (sought.crossing) {
            curie.crossing = *sought.crossing;
            return curie;
        }
        near *= 1.0 + std::copysign(1.5 * options.width, sought.side);
    }
    refuse(curie.small, curie.large);
}

}  // namespace kamacite::magnetism

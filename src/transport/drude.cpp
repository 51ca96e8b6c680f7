#include "kamacite/transport/drude.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kamacite/core/error.hpp"

namespace kamacite::transport {
namespace {

struct Points {
    std::vector<double> x, y;
};

Points between(std::span<double const> x, std::span<double const> y, double low, double high) {
    Points p;
    for (std::size_t k = 0; k < x.size(); ++k)
        if (x[k] >= low && x[k] <= high) {
            p.x.push_back(x[k]);
            p.y.push_back(y[k]);
        }
    return p;
}

struct Fit {
    double sigma = 0.0, squares = 0.0;
};

/// The best σ(0) of a lifetime, and what it leaves.
Fit with_lifetime(Points const& p, double tau) {
    double by = 0.0, bb = 0.0;
    auto const shape = [&](double w) { return 1.0 / (1.0 + w * w * tau * tau); };
    for (std::size_t k = 0; k < p.x.size(); ++k) {
        by += shape(p.x[k]) * p.y[k];
        bb += shape(p.x[k]) * shape(p.x[k]);
    }
    Fit fit{by / bb, 0.0};
    for (std::size_t k = 0; k < p.x.size(); ++k)
        fit.squares += std::pow(p.y[k] - fit.sigma * shape(p.x[k]), 2);
    return fit;
}

struct Best {
    double sigma, tau, error;
};

/// Lifetimes from none to that whose peak is narrower than the window's end: first on a grid, then
/// by golden section.
Best best_of(Points const& p) {
    double const most = 20.0 / p.x.back();
    constexpr int grid = 400;
    int at = 0;
    for (int k = 1; k <= grid; ++k)
        if (with_lifetime(p, most * k / grid).squares < with_lifetime(p, most * at / grid).squares)
            at = k;
    if (at == grid)
        throw DataError(fmt::format(
            "the peak at zero frequency is narrower than the window from {:g} to {:g} can tell: "
            "begin it lower, or take more frequencies",
            p.x.front(), p.x.back()));
    double low = most * std::max(0, at - 1) / grid, high = most * std::min(grid, at + 1) / grid;
    double const golden = 0.5 * (std::sqrt(5.0) - 1.0);
    for (int k = 0; k < 60; ++k) {
        double const left = high - golden * (high - low), right = low + golden * (high - low);
        (with_lifetime(p, left).squares < with_lifetime(p, right).squares ? high : low) =
            with_lifetime(p, left).squares < with_lifetime(p, right).squares ? right : left;
    }
    double const tau = 0.5 * (low + high);
    auto const fit = with_lifetime(p, tau);
    auto const n = static_cast<double>(p.x.size());
    return {fit.sigma, tau, std::sqrt(fit.squares / (n - 2.0) / n)};
}

}  // namespace

DrudeLimit drude_limit(std::span<double const> frequency, std::span<double const> conductivity,
                       double low, double high) {
    KAMACITE_EXPECTS(frequency.size() == conductivity.size() && 0.0 <= low && low < high);
    constexpr std::size_t fewest = 4;
    auto const window = between(frequency, conductivity, low, high);
    if (window.x.size() < fewest)
        throw DataError(fmt::format(
            "{} frequencies lie between {:g} and {:g} ({} at least): take more, or another window",
            window.x.size(), low, high, fewest));
    auto const best = best_of(window);
    if (!(best.sigma > 0.0))
        throw DataError(fmt::format(
            "the conductivity between {:g} and {:g} is not positive (a spectrum without carriers, "
            "or a window below its first transitions): take another window",
            low, high));
    double moved = 0.0;
    constexpr double third = 1.0 / 3.0;
    // A window that cannot be fitted says nothing of the error: none is left out in silence.
    for (auto const& [l, h] : {std::pair{low * (1.0 + third), high},
                               {low * (1.0 - third), high},
                               {low, high * (1.0 + third)},
                               {low, high * (1.0 - third)}}) {
        auto const other = between(frequency, conductivity, l, h);
        if (other.x.size() < fewest)
            throw DataError(
                fmt::format("{} frequencies lie between {:g} and {:g} ({} at least, to "
                            "tell an error): take more, or another window",
                            other.x.size(), l, h, fewest));
        moved = std::max(moved, std::abs(best_of(other).sigma - best.sigma));
    }
    return {best.sigma, std::hypot(moved, best.error), best.tau};
}

}  // namespace kamacite::transport

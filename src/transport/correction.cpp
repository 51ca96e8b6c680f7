#include "kamacite/transport/correction.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"

namespace kamacite::transport {
namespace {

constexpr int n_functions = 8;
using Functions = Eigen::Matrix<double, 1, n_functions>;
using Weights = Eigen::Matrix<double, n_functions, 1>;
using Square = Eigen::Matrix<double, n_functions, n_functions>;

/// One order, whatever that of the file: members draw by index.
std::vector<ResistivityLabel> sorted(std::span<ResistivityLabel const> labels) {
    std::vector<ResistivityLabel> in_order{labels.begin(), labels.end()};
    std::sort(in_order.begin(), in_order.end(), [](auto const& p, auto const& q) {
        auto const key = [](ResistivityLabel const& l) {
            return std::tuple{l.temperature, l.constant,      l.resistivity,
                              l.error,       l.magnetisation, l.baseline};
        };
        return key(p) < key(q);
    });
    return in_order;
}

Functions functions_of(ResistivityPoint const& p, double mean_constant) {
    double const tau = p.temperature / 1000.0;
    double const s = 1.0 - p.magnetisation * p.magnetisation;
    // All but one where resistors are hot: a factor of ρ_ph and ρ_∞ alike.
    double const h = p.temperature / (p.temperature + 100.0);
    double const x = 10.0 * (p.constant / mean_constant - 1.0);
    return (Functions() << h, tau, tau * tau, s, s * tau, x * tau, x * s, x * x * tau).finished();
}

ResistivityPoint point_of(ResistivityLabel const& l) {
    return {l.constant, l.temperature, l.magnetisation};
}

double log_ratio(ResistivityLabel const& l) {
    return std::log(l.resistivity / l.baseline);
}

struct Samples {
    Eigen::Matrix<double, Eigen::Dynamic, n_functions> functions;
    Eigen::VectorXd values, variances;  ///< the variances those of the labels' errors
};

struct Widths {
    double prior, noise;  ///< variances
};

struct Fit {
    Weights mean;
    Square covariance;
};

Fit fit(Samples const& s, Widths const& w) {
    Eigen::VectorXd const inverse = (s.variances.array() + w.noise).inverse();
    Square const precision =
        s.functions.transpose() * inverse.asDiagonal() * s.functions + Square::Identity() / w.prior;
    Eigen::LLT<Square> const factor(precision);
    return {factor.solve(s.functions.transpose() * inverse.cwiseProduct(s.values)),
            factor.solve(Square::Identity())};
}

/// Logarithm of the probability of the values, weights integrated over; without constants.
double evidence(Samples const& s, Widths const& w) {
    Eigen::MatrixXd covariance = w.prior * (s.functions * s.functions.transpose());
    covariance.diagonal().array() += s.variances.array() + w.noise;
    Eigen::LLT<Eigen::MatrixXd> const factor(covariance);
    Eigen::MatrixXd const lower = factor.matrixL();
    return -0.5 * s.values.dot(factor.solve(s.values)) - lower.diagonal().array().log().sum();
}

Widths most_evident(Samples const& s) {
    Widths best{};
    double highest = -std::numeric_limits<double>::infinity();
    for (int p = 0; p <= 16; ++p)        // standard deviations 1e-3 … 10
        for (int n = 0; n <= 16; ++n) {  // 1e-4 … 1
            Widths const w{std::pow(10.0, 2.0 * (-3.0 + p / 4.0)),
                           std::pow(10.0, 2.0 * (-4.0 + n / 4.0))};
            double const here = evidence(s, w);
            if (here > highest) {
                highest = here;
                best = w;
            }
        }
    return best;
}

double root_mean(double sum, int n) {
    return std::sqrt(sum / n);
}

}  // namespace

ResistivityCorrection::ResistivityCorrection(std::span<ResistivityLabel const> labels,
                                             std::uint64_t seed) {
    KAMACITE_EXPECTS(!labels.empty());
    auto const in_order = sorted(labels);
    auto const n = static_cast<Eigen::Index>(in_order.size());
    double sum = 0.0;
    for (auto const& l : in_order) sum += l.constant;
    mean_constant_ = sum / static_cast<double>(n);
    Samples all{decltype(Samples::functions)(n, n_functions), Eigen::VectorXd(n),
                Eigen::VectorXd(n)};
    for (Eigen::Index k = 0; k < n; ++k) {
        auto const& l = in_order[static_cast<std::size_t>(k)];
        KAMACITE_EXPECTS(l.resistivity > 0.0 && l.baseline > 0.0 && l.error >= 0.0);
        all.functions.row(k) = functions_of(point_of(l), mean_constant_);
        all.values[k] = log_ratio(l);
        all.variances[k] = std::pow(l.error / l.resistivity, 2);
    }
    auto const widths = most_evident(all);
    auto const whole = fit(all, widths);
    posterior_.assign(whole.covariance.data(), whole.covariance.data() + n_functions * n_functions);
    for (int member = 0; member < n_members; ++member) {
        RandomStream random{seed, "resistivity correction", static_cast<std::uint64_t>(member)};
        Samples drawn = all;
        for (Eigen::Index k = 0; k < n; ++k) {
            auto const from = static_cast<Eigen::Index>(random.below(static_cast<unsigned>(n)));
            drawn.functions.row(k) = all.functions.row(from);
            drawn.values[k] = all.values[from];
            drawn.variances[k] = all.variances[from];
        }
        auto const weights = fit(drawn, widths).mean;
        members_.insert(members_.end(), weights.data(), weights.data() + n_functions);
    }
}

LogRatio ResistivityCorrection::operator()(ResistivityPoint const& point) const {
    auto const phi = functions_of(point, mean_constant_);
    Eigen::Map<Eigen::Matrix<double, n_functions, n_members> const> const weights(members_.data());
    Eigen::Map<Square const> const covariance(posterior_.data());
    Eigen::Matrix<double, 1, n_members> const values = phi * weights;
    double const mean = values.mean();
    double const spread = (values.array() - mean).square().sum() / (n_members - 1);
    double const width = (phi * covariance * phi.transpose())(0, 0);
    return {mean, std::sqrt(spread + width)};
}

HeldOutErrors validate(std::span<ResistivityLabel const> labels, LeftOut left_out,
                       std::uint64_t seed) {
    auto const key = [&](ResistivityLabel const& l) {
        return left_out == LeftOut::temperature ? l.temperature : l.constant;
    };
    auto const in_order = sorted(labels);
    std::set<double> values;
    for (auto const& l : in_order) values.insert(key(l));
    HeldOutErrors errors;
    if (values.size() < 2) return errors;
    double base = 0.0, constant = 0.0, corrected = 0.0, gain = 0.0, gain_squared = 0.0;
    for (double const at : values) {
        std::vector<ResistivityLabel> seen, unseen;
        for (auto const& l : in_order) (key(l) == at ? unseen : seen).push_back(l);
        ResistivityCorrection const correction(seen, seed);
        double shift = 0.0;
        for (auto const& l : seen) shift += log_ratio(l) / static_cast<double>(seen.size());
        double b = 0.0, c = 0.0, r = 0.0;
        for (auto const& l : unseen) {
            double const y = log_ratio(l);
            b += y * y;
            c += std::pow(y - shift, 2);
            r += std::pow(y - correction(point_of(l)).value, 2);
        }
        int const n = static_cast<int>(unseen.size());
        errors.parts.push_back({at, n, root_mean(b, n), root_mean(c, n), root_mean(r, n)});
        base += b;
        constant += c;
        corrected += r;
        gain += (b - r) / n;
        gain_squared += std::pow((b - r) / n, 2);
    }
    int const n = static_cast<int>(in_order.size());
    errors.baseline = root_mean(base, n);
    errors.constant = root_mean(constant, n);
    errors.correction = root_mean(corrected, n);
    auto const parts = static_cast<double>(values.size());
    double const mean = gain / parts;
    double const variance = (gain_squared / parts - mean * mean) / (parts - 1.0);
    errors.learned =
        errors.correction < errors.baseline && mean > std::sqrt(std::max(variance, 0.0));
    return errors;
}

}  // namespace kamacite::transport

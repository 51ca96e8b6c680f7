#include "kamacite/properties/equation_of_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "kamacite/core/error.hpp"

namespace kamacite::properties {
namespace {

using Vec4 = Eigen::Vector4d;
using Mat4 = Eigen::Matrix4d;

/// E₀, V₀, B, B′.
double birch_murnaghan(Vec4 const& p, double volume) {
    double const x = std::cbrt(p(1) * p(1) / (volume * volume));
    double const d = x - 1.0;
    return p(0) + 9.0 * p(1) * p(2) / 16.0 * (d * d * d * p(3) + d * d * (6.0 - 4.0 * x));
}

/// ∂E/∂(E₀, V₀, B, B′).
Vec4 gradient(Vec4 const& p, double volume) {
    double const x = std::cbrt(p(1) * p(1) / (volume * volume));
    double const d = x - 1.0;
    double const shape = d * d * d * p(3) + d * d * (6.0 - 4.0 * x);
    double const slope = 3.0 * d * d * p(3) + 2.0 * d * (6.0 - 4.0 * x) - 4.0 * d * d;  // by x
    double const c = 9.0 / 16.0;
    return {1.0, c * p(2) * (shape + slope * 2.0 * x / 3.0), c * p(1) * shape,
            c * p(1) * p(2) * d * d * d};
}

void check_points(std::span<double const> volumes, std::span<double const> energies) {
    KAMACITE_EXPECTS(volumes.size() == energies.size());
    std::set<double> different;
    for (std::size_t i = 0; i < volumes.size(); ++i) {
        if (!(volumes[i] > 0.0) || !std::isfinite(volumes[i]) || !std::isfinite(energies[i]))
            throw DataError(
                fmt::format("point {} of the E–V curve has V = {} Å³, E = {} eV (must be "
                            "positive and finite): remove it",
                            i + 1, volumes[i], energies[i]));
        different.insert(volumes[i]);
    }
    if (different.size() < 4)
        throw DataError(
            fmt::format("{} different volumes (an equation of state has 4 parameters): "
                        "compute more points",
                        different.size()));
    auto const lowest = std::min_element(energies.begin(), energies.end()) - energies.begin();
    double const at = volumes[static_cast<std::size_t>(lowest)];
    if (at == *different.begin() || at == *different.rbegin())
        throw NumericalError(fmt::format(
            "lowest energy {:.4f} eV/atom is at V = {:.3f} Å³/atom, an end of the range "
            "{:.3f} … {:.3f} (the minimum is not bracketed): extend the range",
            energies[static_cast<std::size_t>(lowest)], at, *different.begin(),
            *different.rbegin()));
}

/// Cubic in y = (V̄/V)^⅔ by linear least squares, and what its minimum says of E₀, V₀, B, B′.
Vec4 linear_start(std::span<double const> volumes, std::span<double const> energies,
                  double middle) {
    auto const n = static_cast<Eigen::Index>(volumes.size());
    Eigen::MatrixX4d a(n, 4);
    Eigen::VectorXd e(n);
    for (Eigen::Index i = 0; i < n; ++i) {
        double const t =
            std::cbrt(std::pow(middle / volumes[static_cast<std::size_t>(i)], 2)) - 1.0;
        a.row(i) << 1.0, t, t * t, t * t * t;
        e(i) = energies[static_cast<std::size_t>(i)];
    }
    Vec4 const c = a.colPivHouseholderQr().solve(e);
    // Minimum of c0 + c1 t + c2 t² + c3 t³, in the form that is safe for c3 → 0.
    double const root = c(2) * c(2) - 3.0 * c(1) * c(3);
    if (!(root > 0.0)) throw NumericalError("the E–V curve has no minimum: it is not convex there");
    double const t0 = -c(1) / (c(2) + std::sqrt(root));
    double const y0 = 1.0 + t0;
    double const second = 2.0 * c(2) + 6.0 * c(3) * t0;  // d²E/dy² at the minimum, d³E/dy³ = 6 c3
    if (!(y0 > 0.0) || !(second > 0.0))
        throw NumericalError("the E–V curve has no minimum: it is not convex there");
    // In x = y/y0: E = E₀ + (9V₀B/16)[2d² + (B′−4)d³], as d²(6−4x) = 2d² − 4d³ with d = x − 1.
    double const v0 = middle / std::pow(y0, 1.5);
    double const quadratic = 0.5 * second * y0 * y0;
    double const bulk = 8.0 * quadratic / (9.0 * v0);
    double const derivative = 4.0 + 2.0 * c(3) * y0 * y0 * y0 / quadratic;
    double const energy = c(0) + t0 * (c(1) + t0 * (c(2) + t0 * c(3)));
    return {energy, v0, bulk, derivative};
}

}  // namespace

double EquationOfState::energy_at(double v) const {
    return birch_murnaghan({energy.value, volume.value, bulk.value, derivative.value}, v);
}

double EquationOfState::pressure_at(double v) const {
    double const x = std::cbrt(std::pow(volume.value / v, 2));
    return 1.5 * bulk.value * (std::pow(x, 3.5) - std::pow(x, 2.5)) *
           (1.0 + 0.75 * (derivative.value - 4.0) * (x - 1.0));
}

EquationOfState fit_equation_of_state(std::span<double const> volumes,
                                      std::span<double const> energies) {
    check_points(volumes, energies);
    auto const [low, high] = std::minmax_element(volumes.begin(), volumes.end());
    Vec4 p = linear_start(volumes, energies, 0.5 * (*low + *high));

    // Columns of J are scaled by the parameters' own size, so that JᵀJ is well conditioned.
    Vec4 const scale{1.0, p(1), p(2), 1.0};
    auto const n = static_cast<Eigen::Index>(volumes.size());
    Eigen::MatrixX4d jacobian(n, 4);
    Eigen::VectorXd residual(n);
    auto const linearise = [&] {
        for (Eigen::Index i = 0; i < n; ++i) {
            double const v = volumes[static_cast<std::size_t>(i)];
            jacobian.row(i) = gradient(p, v).cwiseProduct(scale).transpose();
            residual(i) = energies[static_cast<std::size_t>(i)] - birch_murnaghan(p, v);
        }
    };
    for (int step = 0; step < 20; ++step) {
        linearise();
        Vec4 const move = jacobian.colPivHouseholderQr().solve(residual);
        p += move.cwiseProduct(scale);
        if (move.norm() < 1e-14) break;
    }
    linearise();
    if (!p.allFinite() || !(p(1) > *low && p(1) < *high) || !(p(2) > 0.0))
        throw NumericalError(
            fmt::format("fitted minimum V₀ = {:.4g} Å³/atom, B = {} eV/Å³ is not inside "
                        "{} … {} Å³/atom: the points do not bracket a minimum",
                        p(1), p(2), *low, *high));

    double const squares = residual.squaredNorm();
    double const variance = n > 4 ? squares / static_cast<double>(n - 4) : 0.0;
    Mat4 const covariance = variance * (jacobian.transpose() * jacobian).inverse();
    Vec4 const errors = covariance.diagonal().cwiseMax(0.0).cwiseSqrt().cwiseProduct(scale);
    EquationOfState result;
    result.energy = {p(0), errors(0)};
    result.volume = {p(1), errors(1)};
    result.bulk = {p(2), errors(2)};
    result.derivative = {p(3), errors(3)};
    result.residual = std::sqrt(squares / static_cast<double>(n));
    result.lowest_volume = *low;
    result.highest_volume = *high;
    result.points = static_cast<int>(n);
    return result;
}

EquationOfState fit_near_minimum(std::span<VolumePoint const> curve, double width) {
    if (curve.empty()) throw DataError("no points on the E–V curve: compute some");
    auto const lowest =
        std::min_element(curve.begin(), curve.end(),
                         [](auto const& a, auto const& b) { return a.energy < b.energy; });
    std::vector<double> volumes, energies;
    for (auto const& point : curve) {
        if (std::abs(point.volume - lowest->volume) > width * lowest->volume) continue;
        volumes.push_back(point.volume);
        energies.push_back(point.energy);
    }
    return fit_equation_of_state(volumes, energies);
}

}  // namespace kamacite::properties

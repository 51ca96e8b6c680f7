#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "pair_plan.hpp"

namespace kamacite::detail {
namespace {

/// Order of the zero of a cutoff form at r_c; −1 for those that have no table.
int order_of(Cutoff const& c) {
    if (c.form == CutoffForm::tanh3 || c.form == CutoffForm::tanh3_norm) return 3;
    if (c.form == CutoffForm::hard) return 0;
    if (c.inner > 0.0) return -1;  // a kink at α r_c
    if (c.form == CutoffForm::cosine) return 2;
    if (c.form == CutoffForm::exponential) return -1;
    return 2 + static_cast<int>(c.form) - static_cast<int>(CutoffForm::poly1);
}

/// f_c / y^order with y = 1 − r/r_c.
double quotient(CutoffForm form, double y) {
    double const x = std::max(y, 1e-9);  // where the quotients have limits only, of slope 0
    switch (form) {
        case CutoffForm::hard:
            return 1.0;
        case CutoffForm::cosine:
            return std::pow(std::sin(0.5 * std::numbers::pi * x) / x, 2);
        case CutoffForm::poly1:
            return 3.0 - 2.0 * y;
        case CutoffForm::poly2:
            return 10.0 + y * (6.0 * y - 15.0);
        case CutoffForm::poly3:
            return 35.0 + y * (y * (70.0 - 20.0 * y) - 84.0);
        case CutoffForm::poly4:
            return 126.0 + y * (y * (540.0 + y * (70.0 * y - 315.0)) - 420.0);
        default: {
            double const scale = form == CutoffForm::tanh3_norm ? 1.0 / std::tanh(1.0) : 1.0;
            return std::pow(scale * std::tanh(x) / x, 3);
        }
    }
}

/// Interpolates f on [−1, 1] in the Chebyshev nodes.
/// \returns coefficients of the powers of t, the highest first
template <class F>
std::vector<double> interpolate(F const& f, int degree) {
    int const n = degree + 1;
    auto const count = static_cast<std::size_t>(n);
    std::vector<double> power(count, 0.0);
    // T_k as coefficients of ascending powers: T_k = 2 t T_(k−1) − T_(k−2)
    std::vector<double> before(count, 0.0);
    std::vector<double> current(count, 0.0);
    current[0] = 1.0;
    for (int k = 0; k < n; ++k) {
        double c = 0.0;
        for (int i = 0; i < n; ++i) {
            double const angle = std::numbers::pi * (i + 0.5) / n;
            c += f(std::cos(angle)) * std::cos(k * angle);
        }
        c *= (k == 0 ? 1.0 : 2.0) / n;
        for (std::size_t m = 0; m < count; ++m) power[m] += c * current[m];
        std::vector<double> next(count, 0.0);
        for (std::size_t m = 0; m + 1 < count; ++m) next[m + 1] = (k == 0 ? 1.0 : 2.0) * current[m];
        if (k > 0)
            for (std::size_t m = 0; m < count; ++m) next[m] -= before[m];
        before = std::exchange(current, next);
    }
    std::reverse(power.begin(), power.end());
    return power;
}

double polynomial(std::span<double const> coefficients, double t) {
    double v = 0.0;
    for (double const c : coefficients) v = v * t + c;
    return v;
}

}  // namespace

template <class Real>
WeightTable<Real>::WeightTable(Gaussian const& g) {
    constexpr int pieces = lane_block<Real>;
    constexpr bool full = sizeof(Real) == 8;
    constexpr int largest = full ? 14 : 7;
    constexpr int samples = 20;
    order = order_of(g.cutoff);
    if (order < 0) return;
    double const radius = g.cutoff.radius;
    auto const value = [&](int piece, double t) {
        double const x = (piece + 0.5 * (t + 1.0)) / pieces;
        double const y = (pieces - piece - 0.5 * (t + 1.0)) / pieces;
        double const off = x * radius - g.shift;
        return std::exp(-g.eta * off * off) * quotient(g.cutoff.form, y);
    };
    double most = 0.0;
    for (int i = 0; i <= pieces * samples; ++i)
        most = std::max(most, std::abs(value(0, 2.0 * i / samples - 1.0)));
    double const allowed = (full ? 6e-15 : 6e-8) * most;
    for (int n = 3; n <= largest; ++n) {
        std::vector<Real> table(static_cast<std::size_t>((n + 1) * pieces));
        bool good = true;
        for (int piece = 0; good && piece < pieces; ++piece) {
            auto const c = interpolate([&](double t) { return value(piece, t); }, n);
            for (int i = 0; i <= samples; ++i) {
                double const t = 2.0 * i / samples - 1.0;
                good = good && std::abs(polynomial(c, t) - value(piece, t)) <= allowed;
            }
            for (int m = 0; m <= n; ++m)
                table[static_cast<std::size_t>(m * pieces + piece)] =
                    static_cast<Real>(c[static_cast<std::size_t>(m)]);
        }
        if (!good) continue;
        degree = n;
        per_radius = 1.0 / radius;
        per_piece = pieces / radius;
        coefficients = std::move(table);
        return;
    }
}

template struct WeightTable<double>;
template struct WeightTable<float>;

}  // namespace kamacite::detail

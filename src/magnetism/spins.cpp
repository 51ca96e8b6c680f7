#include "kamacite/magnetism/spins.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"

namespace kamacite::magnetism {
namespace {

/// Two numbers that every processor adds at once. Wider registers would sum in the same order, so
/// bits are the same with any.
using Pair = double __attribute__((vector_size(16)));

}  // namespace

Spins::Spins(Exchange const& exchange, double temperature, RandomStream random, Vec3 field)
    : exchange_{&exchange},
      thermal_{units::k_boltzmann * temperature},
      random_{random},
      field_{std::move(field)},
      spins_(static_cast<std::size_t>(exchange.size()), Spin{0.0, 0.0, 1.0, 0.0}) {
    KAMACITE_EXPECTS(temperature > 0.0);
    energy_ = energy();
}

Vec3 Spins::spin(int i) const {
    auto const& e = spins_[static_cast<std::size_t>(i)];
    return {e.x, e.y, e.z};
}

void Spins::set(int i, Vec3 const& spin) {
    KAMACITE_EXPECTS(spin.norm() > 0.0);
    Vec3 const e = spin.normalized();
    spins_[static_cast<std::size_t>(i)] = {e.x(), e.y(), e.z(), 0.0};
    energy_ = energy();
}

void Spins::randomise() {
    for (auto& e : spins_) {
        Vec3 v = random_.normal3();
        while (v.norm() == 0.0) v = random_.normal3();
        v.normalize();
        e = {v.x(), v.y(), v.z(), 0.0};
    }
    energy_ = energy();
}

[[gnu::always_inline]] inline Spins::Spin Spins::field_of(int i) const {
    auto const atoms = exchange_->neighbours_of(i);
    auto const couplings = exchange_->couplings_of(i);
    // Two sums, so that an addition need not wait for the one before.
    Pair xy[2] = {}, zu[2] = {};
    std::size_t const n = atoms.size();
    auto const take = [&](std::size_t k, int sum) {
        auto const& e = spins_[static_cast<std::size_t>(atoms[k])];
        double const j = couplings[k];
        xy[sum] += j * Pair{e.x, e.y};
        zu[sum] += j * Pair{e.z, e.unused};
    };
    for (std::size_t k = 0; k + 1 < n; k += 2) {
        take(k, 0);
        take(k + 1, 1);
    }
    if (n % 2 == 1) take(n - 1, 0);
    Pair const in_plane = xy[0] + xy[1], along = zu[0] + zu[1];
    return {2.0 * in_plane[0] + field_.x(), 2.0 * in_plane[1] + field_.y(),
            2.0 * along[0] + field_.z(), 0.0};
}

void Spins::heat_bath() {
    int const n = size();
    for (int i = 0; i < n; ++i) {
        auto const h = field_of(i);
        double const strength = std::sqrt(h.x * h.x + h.y * h.y + h.z * h.z);
        // A point in the unit disc: its angle is the azimuth, and s = r² is uniform beside it.
        double a, b, s;
        do {
            a = 2.0 * random_.uniform() - 1.0;
            b = 2.0 * random_.uniform() - 1.0;
            s = a * a + b * b;
        } while (s > 1.0 || s == 0.0);
        double const x = strength / thermal_;
        double c;  // cosine of the angle to h, of density ∝ exp(x c)
        if (x > 0.05)
            c = 1.0 + std::log(1.0 - s * (1.0 - std::exp(-2.0 * x))) / x;
        else if (x > 1e-9)
            c = 1.0 + std::log1p(s * std::expm1(-2.0 * x)) / x;
        else
            c = 1.0 - 2.0 * s;
        c = std::max(c, -1.0);
        double const across = std::sqrt((1.0 - c) * (1.0 + c) / s);
        double const p = a * across, q = b * across;
        // Axes perpendicular to h without a branch: Duff et al., J. Comput. Graph. Tech. 6, 1
        // (2017).
        double const nx = strength > 0.0 ? h.x / strength : 0.0;
        double const ny = strength > 0.0 ? h.y / strength : 0.0;
        double const nz = strength > 0.0 ? h.z / strength : 1.0;
        double const sign = std::copysign(1.0, nz);
        double const d = -1.0 / (sign + nz);
        double const f = nx * ny * d;
        Spin const fresh{c * nx + p * (1.0 + sign * nx * nx * d) + q * f,
                         c * ny + p * sign * f + q * (sign + ny * ny * d),
                         c * nz - p * sign * nx - q * ny, 0.0};
        auto& e = spins_[static_cast<std::size_t>(i)];
        energy_ -= h.x * (fresh.x - e.x) + h.y * (fresh.y - e.y) + h.z * (fresh.z - e.z);
        e = fresh;
    }
}

void Spins::over_relax() {
    int const n = size();
    for (int i = 0; i < n; ++i) {
        auto const h = field_of(i);
        double const square = h.x * h.x + h.y * h.y + h.z * h.z;
        if (!(square > 0.0)) continue;
        auto& e = spins_[static_cast<std::size_t>(i)];
        double const along = 2.0 * (e.x * h.x + e.y * h.y + e.z * h.z) / square;
        e = {along * h.x - e.x, along * h.y - e.y, along * h.z - e.z, 0.0};
    }
}

Vec3 Spins::mean() const {
    Vec3 sum = Vec3::Zero();
    for (auto const& e : spins_) sum += Vec3{e.x, e.y, e.z};
    return sum / static_cast<double>(spins_.size());
}

double Spins::energy() const {
    double sum = 0.0;
    for (int i = 0; i < size(); ++i) {
        auto const h = field_of(i);
        auto const& e = spins_[static_cast<std::size_t>(i)];
        // Half of the exchange field, which both of a pair see; all of b.
        sum -=
            0.5 * ((h.x + field_.x()) * e.x + (h.y + field_.y()) * e.y + (h.z + field_.z()) * e.z);
    }
    return sum;
}

}  // namespace kamacite::magnetism

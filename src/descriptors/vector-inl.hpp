// What the kernels share, compiled once per instruction set: see kernels.cpp.
#if defined(KAMACITE_DESCRIPTORS_VECTOR_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KAMACITE_DESCRIPTORS_VECTOR_INL
#undef KAMACITE_DESCRIPTORS_VECTOR_INL
#else
#define KAMACITE_DESCRIPTORS_VECTOR_INL
#endif

#include <hwy/highway.h>
// after highway.h
#include <hwy/contrib/math/math-inl.h>

#include <cmath>
#include <numbers>

#include "workspace.hpp"

HWY_BEFORE_NAMESPACE();
namespace kamacite::detail::KAMACITE_KERNELS {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Real = KAMACITE_REAL;
using D = hn::CappedTag<Real, lane_block<Real>>;
using V = hn::Vec<D>;

HWY_INLINE int lanes_of_vector() {
    return static_cast<int>(hn::Lanes(D{}));
}
HWY_INLINE V load(Real const* from) {
    return hn::Load(D{}, from);
}
HWY_INLINE void store(V v, Real* to) {
    hn::Store(v, D{}, to);
}
HWY_INLINE V set(double x) {
    return hn::Set(D{}, static_cast<Real>(x));
}
HWY_INLINE V zero() {
    return hn::Zero(D{});
}
HWY_INLINE Real sum_of(V v) {
    return hn::GetLane(hn::SumOfLanes(D{}, v));
}

/// f_c and df_c/dr of a vector of distances, as Cutoff::at.
struct CutoffVector {
    V f, slope;
};

/// The polynomials in y = 1 − x, which do not lose digits near r_c.
HWY_INLINE CutoffVector polynomial(CutoffForm form, V y) {
    V const x = hn::Sub(set(1.0), y);
    V const y2 = hn::Mul(y, y);
    V const xy = hn::Mul(x, y);
    switch (form) {
        case CutoffForm::poly1:
            return {hn::Mul(y2, hn::NegMulAdd(set(2.0), y, set(3.0))), hn::Mul(set(-6.0), xy)};
        case CutoffForm::poly2: {
            V const p = hn::MulAdd(y, hn::MulAdd(set(6.0), y, set(-15.0)), set(10.0));
            return {hn::Mul(hn::Mul(y2, y), p), hn::Mul(set(-30.0), hn::Mul(xy, xy))};
        }
        case CutoffForm::poly3: {
            V p = hn::MulAdd(set(-20.0), y, set(70.0));
            p = hn::MulAdd(y, hn::MulAdd(y, p, set(-84.0)), set(35.0));
            return {hn::Mul(hn::Mul(y2, y2), p),
                    hn::Mul(set(-140.0), hn::Mul(xy, hn::Mul(xy, xy)))};
        }
        default: {
            V p = hn::MulAdd(y, hn::MulAdd(set(70.0), y, set(-315.0)), set(540.0));
            p = hn::MulAdd(y, hn::MulAdd(y, p, set(-420.0)), set(126.0));
            V const x2y2 = hn::Mul(xy, xy);
            return {hn::Mul(hn::Mul(hn::Mul(y2, y2), y), p),
                    hn::Mul(set(-630.0), hn::Mul(x2y2, x2y2))};
        }
    }
}

/// exp(1 − 1/(1 − x²)) and its slope.
HWY_INLINE CutoffVector exponential(V y) {
    V const one = set(1.0);
    V const x = hn::Sub(one, y);
    // 1 − x² = y (1 + x); kept off zero, where f vanishes in any case
    V const u = hn::Div(one, hn::Max(hn::Mul(y, hn::Add(one, x)), set(1e-3)));
    V const f = hn::Exp(D{}, hn::Sub(one, u));
    return {f, hn::Mul(hn::Mul(set(-2.0), x), hn::Mul(hn::Mul(u, u), f))};
}

HWY_INLINE CutoffVector cutoff_of(Cutoff const& c, V r) {
    D const d;
    V const one = set(1.0);
    auto const inside = hn::Lt(r, set(c.radius));
    if (c.form == CutoffForm::tanh3 || c.form == CutoffForm::tanh3_norm) {
        double const norm = std::tanh(1.0);
        double const scale = c.form == CutoffForm::tanh3_norm ? 1.0 / (norm * norm * norm) : 1.0;
        V const t = hn::Tanh(d, hn::NegMulAdd(r, set(1.0 / c.radius), one));
        V const t2 = hn::Mul(t, t);
        V const slope = hn::Mul(set(-3.0 * scale / c.radius), hn::Mul(t2, hn::Sub(one, t2)));
        return {hn::IfThenElseZero(inside, hn::Mul(set(scale), hn::Mul(t2, t))),
                hn::IfThenElseZero(inside, slope)};
    }
    if (c.form == CutoffForm::hard) return {hn::IfThenElseZero(inside, one), zero()};

    // x in [0, 1) measured from the outer end: y = 1 − x in (0, 1]
    double const per_width = 1.0 / (c.radius - c.inner * c.radius);
    V y = hn::Mul(hn::Sub(set(c.radius), r), set(per_width));
    auto const falling = hn::Lt(y, one);
    y = hn::IfThenElse(inside, hn::Min(y, one), one);
    CutoffVector v{one, zero()};
    if (c.form == CutoffForm::cosine) {
        // ½ (cos πx + 1) = sin²(πy/2)
        V const angle = hn::Mul(set(0.5 * std::numbers::pi), y);
        V const sine = hn::Sin(d, angle);
        v = {hn::Mul(sine, sine),
             hn::Mul(set(-std::numbers::pi), hn::Mul(sine, hn::Cos(d, angle)))};
    } else if (c.form == CutoffForm::exponential) {
        v = exponential(y);
    } else {
        v = polynomial(c.form, y);
    }
    v.slope = hn::IfThenElseZero(hn::And(inside, falling), hn::Mul(v.slope, set(per_width)));
    return {hn::IfThenElseZero(inside, v.f), v.slope};
}

/// A window and its slope, as Window::at.
HWY_INLINE CutoffVector window_of(Window const& w, V x) {
    double const half = 0.5 * (w.high - w.low);
    // 1 − t without loss of digits
    V const inward =
        hn::Mul(hn::Min(hn::Sub(set(w.high), x), hn::Sub(x, set(w.low))), set(1.0 / half));
    V const s = hn::Max(inward, zero());
    V const y = w.asymmetric ? hn::Mul(s, s) : s;
    CutoffVector v;
    if (w.form == CutoffForm::exponential) {
        v = exponential(y);
        v.slope = hn::IfThenElseZero(hn::Gt(s, zero()), v.slope);
    } else {
        v = polynomial(w.form, y);
    }
    if (w.asymmetric) v.slope = hn::Mul(v.slope, hn::Add(s, s));
    V const direction = hn::CopySign(set(1.0 / half), hn::Sub(x, set(0.5 * (w.low + w.high))));
    v.slope = hn::Mul(v.slope, direction);
    return v;
}

/// exp(x) for x ≤ 0; 0 where it would be denormal. x = n ln 2 + r with |r| ≤ ½ ln 2, the Taylor
/// series of exp(r) to r¹³ (remainder 4e-18; in single precision to r⁷, 5e-9), and n added to the
/// exponent. Half the instructions of the general one.
HWY_INLINE V exp_of_negative(V x) {
    D const d;
    hn::RebindToSigned<D> const integer;
    constexpr bool full = sizeof(Real) == 8;
    // adding it rounds to a whole number, kept in the lowest bits
    V const magic = set(full ? 0x1.8p52 : 0x1.8p23);
    V const shifted = hn::MulAdd(x, set(std::numbers::log2e), magic);
    V const n = hn::Sub(shifted, magic);
    // ln 2 in two parts, n times the first of which is exact
    V r = hn::NegMulAdd(n, set(full ? 0x1.62e42feep-1 : 0x1.62ep-1), x);
    r = hn::NegMulAdd(n, set(full ? 0x1.a39ef35793c76p-33 : 0x1.0bfbe8p-15), r);
    // pairs, pairs of pairs, …: a short chain of dependent steps
    V const r2 = hn::Mul(r, r);
    V const r4 = hn::Mul(r2, r2);
    auto const pair = [&](double low, double high) { return hn::MulAdd(set(high), r, set(low)); };
    V const p0 = hn::MulAdd(r2, pair(1.0 / 2.0, 1.0 / 6.0), hn::Add(set(1.0), r));
    V const p4 = hn::MulAdd(r2, pair(1.0 / 720.0, 1.0 / 5040.0), pair(1.0 / 24.0, 1.0 / 120.0));
    V p = hn::MulAdd(r4, p4, p0);
    if constexpr (full) {
        V const p8 = hn::MulAdd(r2, pair(1.0 / 3628800.0, 1.0 / 39916800.0),
                                pair(1.0 / 40320.0, 1.0 / 362880.0));
        V const p12 = pair(1.0 / 479001600.0, 1.0 / 6227020800.0);
        p = hn::MulAdd(hn::Mul(r4, r4), hn::MulAdd(r4, p12, p8), p);
    }
    auto const power = hn::ShiftLeft < full ? 52 : 23 > (hn::BitCast(integer, shifted));
    V const result = hn::BitCast(d, hn::Add(hn::BitCast(integer, p), power));
    return hn::IfThenElseZero(hn::Gt(x, set(full ? -690.0 : -80.0)), result);
}

/// exp(−η (r − r_s)²)
HWY_INLINE V gaussian(double eta, double shift, V r) {
    V const off = hn::Sub(r, set(shift));
    return exp_of_negative(hn::Mul(set(-eta), hn::Mul(off, off)));
}

/// Number of lanes a channel is computed on, from the first lane of its slot.
HWY_INLINE int channel_end(CentrePlan::Channel const& c, Workspace<Real> const& w) {
    auto const& slot = w.slots[static_cast<std::size_t>(c.slot)];
    return c.near ? slot.near_end : slot.end;
}
HWY_INLINE int channel_first(CentrePlan::Channel const& c, Workspace<Real> const& w) {
    return w.slots[static_cast<std::size_t>(c.slot)].first;
}

/// Row `n` of a table with one column per lane.
HWY_INLINE Real* row(Buffer<Real> const& table, int n, Workspace<Real> const& w) {
    return table.get() + static_cast<std::size_t>(n) * static_cast<std::size_t>(w.lanes);
}

/// Directions of all lanes, and the cutoff functions.
inline void fill_geometry(CentrePlan const& plan, Workspace<Real>& w) {
    for (int i = 0; i < w.lanes; i += lanes_of_vector()) {
        V const inverse = hn::Div(set(1.0), load(w.distance.get() + i));
        store(inverse, w.inverse.get() + i);
        store(hn::Mul(load(w.x.get() + i), inverse), w.ux.get() + i);
        store(hn::Mul(load(w.y.get() + i), inverse), w.uy.get() + i);
        store(hn::Mul(load(w.z.get() + i), inverse), w.uz.get() + i);
    }
    auto const lanes = static_cast<std::size_t>(w.lanes);
    w.scratch.cutoff.room(plan.cutoffs.size() * lanes);
    w.scratch.cutoff_slope.room(plan.cutoffs.size() * lanes);
    for (int n = 0; n < static_cast<int>(plan.cutoffs.size()); ++n) {
        auto const& use = plan.cutoffs[static_cast<std::size_t>(n)];
        auto const& slot = w.slots[static_cast<std::size_t>(use.slot)];
        for (int i = slot.first; i < slot.end; i += lanes_of_vector()) {
            auto const c = cutoff_of(use.cutoff, load(w.distance.get() + i));
            store(c.f, row(w.scratch.cutoff, n, w) + i);
            store(c.slope, row(w.scratch.cutoff_slope, n, w) + i);
        }
    }
}

/// g and dg/dr of channel n on a vector of lanes.
HWY_INLINE CutoffVector channel_at(CentrePlan::Channel const& c, Workspace<Real> const& w, int i) {
    V const r = load(w.distance.get() + i);
    if (c.cutoff < 0) return window_of(c.window, r);
    V const f = load(row(w.scratch.cutoff, c.cutoff, w) + i);
    V const e = gaussian(c.eta, c.shift, r);
    V const factor = hn::Mul(set(-2.0 * c.eta), hn::Sub(r, set(c.shift)));
    return {hn::Mul(e, f),
            hn::Mul(e, hn::MulAdd(factor, f, load(row(w.scratch.cutoff_slope, c.cutoff, w) + i)))};
}

/// g of every channel on the lanes of its slot.
inline void fill_channels(CentrePlan const& plan, Workspace<Real>& w) {
    w.g.room(plan.channels.size() * static_cast<std::size_t>(w.lanes));
    for (int n = 0; n < static_cast<int>(plan.channels.size()); ++n) {
        auto const& c = plan.channels[static_cast<std::size_t>(n)];
        for (int i = channel_first(c, w); i < channel_end(c, w); i += lanes_of_vector())
            store(channel_at(c, w, i).f, row(w.g, n, w) + i);
    }
}

/// g and dg/dr of every channel.
inline void fill_channels_and_slopes(CentrePlan const& plan, Workspace<Real>& w) {
    w.g.room(plan.channels.size() * static_cast<std::size_t>(w.lanes));
    w.g_slope.room(plan.channels.size() * static_cast<std::size_t>(w.lanes));
    for (int n = 0; n < static_cast<int>(plan.channels.size()); ++n) {
        auto const& c = plan.channels[static_cast<std::size_t>(n)];
        for (int i = channel_first(c, w); i < channel_end(c, w); i += lanes_of_vector()) {
            auto const g = channel_at(c, w, i);
            store(g.f, row(w.g, n, w) + i);
            store(g.slope, row(w.g_slope, n, w) + i);
        }
    }
}

/// Rates of length, direction and g along the motion of the neighbours.
inline void fill_rates(CentrePlan const& plan, Workspace<Real>& w) {
    auto const lanes = static_cast<std::size_t>(w.lanes);
    for (auto* b : {&w.scratch.r_rate, &w.scratch.ux_rate, &w.scratch.uy_rate, &w.scratch.uz_rate})
        b->room(lanes);
    for (int i = 0; i < w.lanes; i += lanes_of_vector()) {
        V const x = load(w.ux.get() + i);
        V const y = load(w.uy.get() + i);
        V const z = load(w.uz.get() + i);
        V const rx = load(w.scratch.rx.get() + i);
        V const ry = load(w.scratch.ry.get() + i);
        V const rz = load(w.scratch.rz.get() + i);
        V const inverse = load(w.inverse.get() + i);
        V const rate = hn::MulAdd(x, rx, hn::MulAdd(y, ry, hn::Mul(z, rz)));
        store(rate, w.scratch.r_rate.get() + i);
        store(hn::Mul(hn::NegMulAdd(x, rate, rx), inverse), w.scratch.ux_rate.get() + i);
        store(hn::Mul(hn::NegMulAdd(y, rate, ry), inverse), w.scratch.uy_rate.get() + i);
        store(hn::Mul(hn::NegMulAdd(z, rate, rz), inverse), w.scratch.uz_rate.get() + i);
    }
    w.scratch.g_rate.room(plan.channels.size() * lanes);
    for (int n = 0; n < static_cast<int>(plan.channels.size()); ++n) {
        auto const& c = plan.channels[static_cast<std::size_t>(n)];
        for (int i = channel_first(c, w); i < channel_end(c, w); i += lanes_of_vector())
            store(hn::Mul(load(row(w.g_slope, n, w) + i), load(w.scratch.r_rate.get() + i)),
                  row(w.scratch.g_rate, n, w) + i);
    }
}

/// Sum over the lanes of channel n of a table with one row per channel.
inline Real sum_of_channel(CentrePlan::Channel const& c, Real const* values,
                           Workspace<Real> const& w) {
    V sum = zero();
    for (int i = channel_first(c, w); i < channel_end(c, w); i += lanes_of_vector())
        sum = hn::Add(sum, load(values + i));
    return sum_of(sum);
}

/// Sum over the lanes of the product of two rows.
inline Real dot_of_channel(CentrePlan::Channel const& c, Real const* a, Real const* b,
                           Workspace<Real> const& w) {
    V sum = zero();
    for (int i = channel_first(c, w); i < channel_end(c, w); i += lanes_of_vector())
        sum = hn::MulAdd(load(a + i), load(b + i), sum);
    return sum_of(sum);
}

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::detail::KAMACITE_KERNELS
HWY_AFTER_NAMESPACE();
#endif

// What is computed of pairs of neighbours alone, a few vectors of them at a time: weights of r_jk
// and functions of the angle.
#if defined(KAMACITE_DESCRIPTORS_PAIR_ROWS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KAMACITE_DESCRIPTORS_PAIR_ROWS_INL
#undef KAMACITE_DESCRIPTORS_PAIR_ROWS_INL
#else
#define KAMACITE_DESCRIPTORS_PAIR_ROWS_INL
#endif

#include <limits>

#include "vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace kamacite::detail::KAMACITE_KERNELS {
namespace HWY_NAMESPACE {

/// Vectors of pairs that are worked on together: their chains of dependent steps overlap.
constexpr int pair_vectors = 4;

HWY_INLINE int pairs_in_block() {
    return pair_vectors * lanes_of_vector();
}

enum class Slopes { no, yes };

/// Row n of a table with one vector of pairs after the other.
HWY_INLINE Real* pair_row(Workspace<Real> const& w, int n) {
    return w.scratch.pair_rows.get() + n * pairs_in_block();
}

/// Coefficients of the pieces that `piece` names, from one row of a table.
template <class I>
HWY_INLINE V look_up(Real const* row, I piece) {
    D const d;
    if constexpr (hn::MaxLanes(d) == lane_block<Real>)
        return hn::TableLookupLanes(hn::LoadU(d, row), hn::IndicesFromVec(d, piece));
    else
        return hn::GatherIndex(d, row, piece);
}

/// √x and 1/√x of x > 0.
struct Root {
    V root, inverse;
};
#if HWY_TARGET <= HWY_AVX3
HWY_INLINE __m512d estimate(__m512d x) {
    return _mm512_rsqrt14_pd(x);
}
HWY_INLINE __m512 estimate(__m512 x) {
    return _mm512_rsqrt14_ps(x);
}
/// 14 bits, and Newton steps: a quarter of the time of a root and a division.
HWY_INLINE Root root_of(V x) {
    V y{estimate(x.raw)};
    V const half = hn::Mul(x, set(0.5));
    for (int n = 0; n < (sizeof(Real) == 8 ? 2 : 1); ++n) {
        V const error = hn::NegMulAdd(hn::Mul(half, y), y, set(0.5));
        y = hn::MulAdd(y, error, y);
    }
    V const root = hn::Mul(x, y);
    // the last step for the root itself, which has rounded once more
    V const rest = hn::NegMulAdd(root, root, x);
    return {hn::MulAdd(hn::Mul(rest, y), set(0.5), root), y};
}
#else
HWY_INLINE Root root_of(V x) {
    V const root = hn::Sqrt(x);
    return {root, hn::Div(set(1.0), root)};
}
#endif

/// Values and slopes of one function for a few vectors of arguments: the chains of dependent steps
/// of one vector are filled with the others.
struct Several {
    V f[pair_vectors], slope[pair_vectors];
};

/// q and dq/dr
template <Slopes slopes>
HWY_INLINE Several quotients_of(WeightTable<Real> const& table, V const* r) {
    hn::RebindToSigned<D> const integer;
    using Integer = hn::TFromD<decltype(integer)>;
    // adding it rounds to a whole number, kept in the lowest bits
    V const magic = set(sizeof(Real) == 8 ? 0x1.8p52 : 0x1.8p23);
    V const per_piece = set(table.per_piece);
    auto const last = hn::Set(integer, static_cast<Integer>(lane_block<Real> - 1));
    Real const* from = table.coefficients.data();
    hn::Vec<hn::RebindToSigned<D>> piece[pair_vectors];
    V x[pair_vectors];
    Several q;
    for (int v = 0; v < pair_vectors; ++v) {
        V const u = hn::MulAdd(r[v], per_piece, set(-0.5));
        V const shifted = hn::Add(u, magic);
        piece[v] = hn::And(hn::BitCast(integer, shifted), last);
        V const t = hn::Sub(u, hn::Sub(shifted, magic));
        x[v] = hn::Add(t, t);
        q.f[v] = look_up(from, piece[v]);
        q.slope[v] = zero();
    }
    for (int n = 1; n <= table.degree; ++n) {
        from += lane_block<Real>;
        for (int v = 0; v < pair_vectors; ++v) {
            if constexpr (slopes == Slopes::yes) q.slope[v] = hn::MulAdd(q.slope[v], x[v], q.f[v]);
            q.f[v] = hn::MulAdd(q.f[v], x[v], look_up(from, piece[v]));
        }
    }
    return q;
}

/// y^n, n = 1 … 4
HWY_INLINE V low_power(V y, int n) {
    if (n == 1) return y;
    V const y2 = hn::Mul(y, y);
    if (n == 2) return y2;
    return n == 3 ? hn::Mul(y2, y) : hn::Mul(y2, y2);
}

/// w = y^order q and dw/dr.
template <Slopes slopes>
HWY_INLINE Several tabled_weights(WeightTable<Real> const& table, V const* r) {
    Several w = quotients_of<slopes>(table, r);
    V const per_radius = set(table.per_radius);
    V const order_per_radius = set(table.order * table.per_radius);
    V const per_t = set(2.0 * table.per_piece);
    int const order = table.order;
    for (int v = 0; v < pair_vectors; ++v) {
        V const slope = hn::Mul(w.slope[v], per_t);
        if (order == 0) {
            auto const inside = hn::Lt(hn::Mul(r[v], per_radius), set(1.0));
            w.f[v] = hn::IfThenElseZero(inside, w.f[v]);
            w.slope[v] = hn::IfThenElseZero(inside, slope);
            continue;
        }
        V const y = hn::Max(hn::NegMulAdd(r[v], per_radius, set(1.0)), zero());
        V const below = low_power(y, order - 1);
        w.slope[v] = hn::Mul(below, hn::NegMulAdd(order_per_radius, w.f[v], hn::Mul(y, slope)));
        w.f[v] = hn::Mul(hn::Mul(below, y), w.f[v]);
    }
    return w;
}

/// A window of several vectors of arguments, as window_of().
template <Slopes slopes>
HWY_INLINE Several windows_of(Window const& window, V const* x) {
    Window const w = window;  // a copy: results that are stored meanwhile cannot change it
    V const high = set(w.high);
    V const low = set(w.low);
    V const inverse = set(2.0 / (w.high - w.low));
    V const centre = set(0.5 * (w.low + w.high));
    V inward[pair_vectors];
    for (int v = 0; v < pair_vectors; ++v)
        inward[v] =
            hn::Max(hn::Mul(hn::Min(hn::Sub(high, x[v]), hn::Sub(x[v], low)), inverse), zero());
    Several a;
    auto const fill = [&](auto const& shape) {
        for (int v = 0; v < pair_vectors; ++v) {
            CutoffVector const c = shape(inward[v]);
            a.f[v] = c.f;
            a.slope[v] = zero();
            if constexpr (slopes == Slopes::yes)
                a.slope[v] = hn::Mul(c.slope, hn::CopySign(inverse, hn::Sub(x[v], centre)));
        }
    };
    if (w.form == CutoffForm::poly2 && !w.asymmetric) {  // the usual one, without branches
        fill([](V y) { return polynomial(CutoffForm::poly2, y); });
        return a;
    }
    fill([&](V s) {
        V const y = w.asymmetric ? hn::Mul(s, s) : s;
        CutoffVector c = w.form == CutoffForm::exponential ? exponential(y) : polynomial(w.form, y);
        if (w.form == CutoffForm::exponential)
            c.slope = hn::IfThenElseZero(hn::Gt(s, zero()), c.slope);
        if (w.asymmetric) c.slope = hn::Mul(c.slope, hn::Add(s, s));
        return c;
    });
    return a;
}

HWY_INLINE CutoffVector direct_weight(Gaussian const& g, V r) {
    auto const c = cutoff_of(g.cutoff, r);
    V const e = gaussian(g.eta, g.shift, r);
    V const factor = hn::Mul(set(-2.0 * g.eta), hn::Sub(r, set(g.shift)));
    return {hn::Mul(e, c.f), hn::Mul(e, hn::MulAdd(factor, c.f, c.slope))};
}

template <Slopes slopes>
HWY_INLINE Several weights_of(PairPlan::Cross const& cross, V const* r) {
    auto const& table = [&]() -> auto const& {
        if constexpr (sizeof(Real) == 8)
            return cross.full;
        else
            return cross.single;
    }
    ();
    if (table.degree >= 0) return tabled_weights<slopes>(table, r);
    if (auto const* window = std::get_if<Window>(&cross.weight))
        return windows_of<slopes>(*window, r);
    Several w;
    for (int v = 0; v < pair_vectors; ++v) {
        auto const x = direct_weight(std::get<Gaussian>(cross.weight), r[v]);
        w.f[v] = x.f;
        w.slope[v] = x.slope;
    }
    return w;
}

/// Rows of w and, with slopes, of (dw/dr)/r for each weight: cross row 2 n and 2 n + 1.
template <Slopes slopes>
HWY_INLINE void fill_weights(PairPlan const& plan, Real const* square, Real* out) {
    int const n_lanes = lanes_of_vector();
    if (plan.crosses.empty()) return;
    V r[pair_vectors];
    V inverse[pair_vectors];
    for (int v = 0; v < pair_vectors; ++v) {
        auto const root = root_of(load(square + v * n_lanes));
        r[v] = root.root;
        inverse[v] = root.inverse;
    }
    for (auto const& cross : plan.crosses) {
        auto const w = weights_of<slopes>(cross, r);
        for (int v = 0; v < pair_vectors; ++v) {
            store(w.f[v], out + v * n_lanes);
            if constexpr (slopes == Slopes::yes)
                store(hn::Mul(w.slope[v], inverse[v]), out + pairs_in_block() + v * n_lanes);
        }
        out += 2 * pairs_in_block();
    }
}

/// base^power for base ≥ 0, power > 0
HWY_INLINE V power_of(V base, double power) {
    D const d;
    V const log = hn::Log(d, hn::Max(base, set(std::numeric_limits<Real>::min())));
    return hn::IfThenElseZero(hn::Gt(base, zero()), hn::Exp(d, hn::Mul(set(power), log)));
}

template <Slopes slopes>
HWY_INLINE void fill_powers(PairPlan const& plan, Real const* cosine, Workspace<Real> const& w) {
    int const n_lanes = lanes_of_vector();
    for (auto const& base : plan.bases)
        for (int v = 0; v < pair_vectors; ++v) {
            V const x = hn::MulAdd(set(0.5 * base.lambda), load(cosine + v * n_lanes), set(0.5));
            // rounding may take it below zero
            store(hn::Max(x, zero()), pair_row(w, base.row) + v * n_lanes);
        }
    auto const n_steps =
        slopes == Slopes::yes ? plan.steps.size() : static_cast<std::size_t>(plan.value_steps);
    Real* const rows = w.scratch.pair_rows.get();
    int const block = pairs_in_block();
    for (std::size_t n = 0; n < n_steps; ++n) {
        auto const& step = plan.steps[n];
        Real const* left = rows + step.left * block;
        Real const* right = rows + step.right * block;
        V product[pair_vectors];
        for (int v = 0; v < pair_vectors; ++v)
            product[v] = hn::Mul(load(left + v * n_lanes), load(right + v * n_lanes));
        for (int v = 0; v < pair_vectors; ++v)
            store(product[v], rows + step.out * block + v * n_lanes);
    }
    for (auto const& root : plan.roots)
        for (int v = 0; v < pair_vectors; ++v) {
            V const base = load(pair_row(w, root.base) + v * n_lanes);
            V const below = power_of(base, root.zeta - 1.0);
            store(below, pair_row(w, root.below) + v * n_lanes);
            store(hn::Mul(below, base), pair_row(w, root.value) + v * n_lanes);
        }
}

template <Slopes slopes>
HWY_INLINE void fill_bumps(PairPlan const& plan, Real const* cosine, Workspace<Real> const& w) {
    D const d;
    int const n_lanes = lanes_of_vector();
    if (plan.bumps.empty()) return;
    V const one = set(1.0);
    V theta[pair_vectors];
    V per_sine[pair_vectors];
    for (int v = 0; v < pair_vectors; ++v) {
        V const c = hn::Max(hn::Min(load(cosine + v * n_lanes), one), set(-1.0));
        theta[v] = hn::Acos(d, c);
        if constexpr (slopes == Slopes::yes) {
            // −1/sin θ; 0 where the neighbours are in line, where dA/dθ vanishes or has no meaning
            V const square = hn::Mul(hn::Sub(one, c), hn::Add(one, c));
            auto const in_line = hn::Eq(square, zero());
            V const inverse = root_of(hn::IfThenElse(in_line, one, square)).inverse;
            per_sine[v] = hn::IfThenZeroElse(in_line, hn::Neg(inverse));
        }
    }
    for (auto const& bump : plan.bumps) {
        auto const a = windows_of<slopes>(bump.window, theta);
        Real* value = pair_row(w, bump.value);
        Real* slope = pair_row(w, bump.slope);
        for (int v = 0; v < pair_vectors; ++v) {
            store(a.f[v], value + v * n_lanes);
            if constexpr (slopes == Slopes::yes)
                store(hn::Mul(a.slope[v], per_sine[v]), slope + v * n_lanes);
        }
    }
}

/// Rows of all functions of the angle, from cos θ of pairs_in_block() pairs.
template <Slopes slopes>
HWY_INLINE void fill_angles(PairPlan const& plan, Real const* cosine, Workspace<Real> const& w) {
    fill_powers<slopes>(plan, cosine, w);
    fill_bumps<slopes>(plan, cosine, w);
}

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::detail::KAMACITE_KERNELS
HWY_AFTER_NAMESPACE();
#endif

// Pairs of neighbours: those that count are collected into batches without gaps.
#if defined(KAMACITE_DESCRIPTORS_PAIRS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KAMACITE_DESCRIPTORS_PAIRS_INL
#undef KAMACITE_DESCRIPTORS_PAIRS_INL
#else
#define KAMACITE_DESCRIPTORS_PAIRS_INL
#endif

#include <bit>

#include "compress-inl.hpp"
#include "pair_rows-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace kamacite::detail::KAMACITE_KERNELS {
namespace HWY_NAMESPACE {

/// A batch fits the first-level cache together with all that is computed of it.
constexpr int batch_pairs = 1024 / static_cast<int>(sizeof(Real));
/// Room for a vector that is stored at the end of a batch, and for the padding of its last block.
constexpr int batch_stride = batch_pairs + (pair_vectors + 1) * lane_block<Real>;

enum class Collect { pairs, rates };

/// One number per pair in each row: r_jk² and cos θ, the products g_a g_b; with rates those of
/// r_jk²/2, cos θ and the products; the results of the pull-back.
struct PairBatch {
    PairPlan const& plan;
    Real* const first;
    int const n_products;
    int count = 0;

    [[nodiscard]] Real* row(int n) const { return first + n * batch_stride; }
    [[nodiscard]] int products() const { return n_products; }
    [[nodiscard]] Real* square() const { return row(0); }
    [[nodiscard]] Real* cosine() const { return row(1); }
    [[nodiscard]] Real* product(int n) const { return row(2 + n); }
    [[nodiscard]] Real* half_square_rate() const { return row(2 + products()); }
    [[nodiscard]] Real* cosine_rate() const { return row(3 + products()); }
    [[nodiscard]] Real* product_rate(int n) const { return row(4 + products() + n); }
    /// Of the pull-back: 2 ∂E/∂r_jk², ∂E/∂cos θ, ∂E/∂cos θ · cos θ, ∂E/∂(g_a g_b)
    [[nodiscard]] Real* along() const { return row(2 + products()); }
    [[nodiscard]] Real* turning() const { return row(3 + products()); }
    [[nodiscard]] Real* projected() const { return row(4 + products()); }
    [[nodiscard]] Real* dE_dproduct(int n) const { return row(5 + products() + n); }
    [[nodiscard]] static int rows(PairPlan const& plan) {
        return 5 + 2 * static_cast<int>(plan.products.size());
    }
};

/// v[k] − v[j], or the sum of products u[k] v[j] + u[j] v[k], of a vector k.
HWY_INLINE V difference(Buffer<Real> const& v, int j, int k) {
    return hn::Sub(load(v.get() + k), hn::Set(D{}, v.get()[j]));
}
HWY_INLINE V crossed(Buffer<Real> const& u, Buffer<Real> const& v, int j, int k, V sum) {
    D const d;
    return hn::MulAdd(load(u.get() + k), hn::Set(d, v.get()[j]),
                      hn::MulAdd(load(v.get() + k), hn::Set(d, u.get()[j]), sum));
}

/// Appends the pairs of j with the lanes of `counts` from k on.
template <Collect what, class M>
HWY_INLINE void append(PairBatch& batch, Workspace<Real>& w, int j, int k, M counts, V x, V y, V z,
                       V square) {
    D const d;
    int const at = batch.count;
    auto const keep = [&](V v, Real* to) { hn::StoreU(compress(v, counts), d, to + at); };
    keep(square, batch.square());
    V const cosine =
        hn::MulAdd(load(w.ux.get() + k), hn::Set(d, w.ux.get()[j]),
                   hn::MulAdd(load(w.uy.get() + k), hn::Set(d, w.uy.get()[j]),
                              hn::Mul(load(w.uz.get() + k), hn::Set(d, w.uz.get()[j]))));
    keep(cosine, batch.cosine());
    PairPlan::Product const* product = batch.plan.products.data();
    Real* out = batch.product(0) + at;
    Real const* const g = w.g.get();
    auto const lanes = static_cast<std::ptrdiff_t>(w.lanes);
    for (int n = 0; n < batch.products(); ++n, out += batch_stride) {
        auto const [a, b] = product[n];
        V const g_a = hn::Set(d, g[a * lanes + j]);
        V const g_b = load(g + b * lanes + k);
        hn::StoreU(compress(hn::Mul(g_a, g_b), counts), d, out);
        if constexpr (what == Collect::rates) {
            V const rate_a = hn::Set(d, row(w.scratch.g_rate, a, w)[j]);
            V const rate_b = load(row(w.scratch.g_rate, b, w) + k);
            keep(hn::MulAdd(g_a, rate_b, hn::Mul(rate_a, g_b)), batch.product_rate(n));
        }
    }
    if constexpr (what == Collect::rates) {
        keep(hn::MulAdd(x, difference(w.scratch.rx, j, k),
                        hn::MulAdd(y, difference(w.scratch.ry, j, k),
                                   hn::Mul(z, difference(w.scratch.rz, j, k)))),
             batch.half_square_rate());
        keep(crossed(w.ux, w.scratch.ux_rate, j, k,
                     crossed(w.uy, w.scratch.uy_rate, j, k,
                             crossed(w.uz, w.scratch.uz_rate, j, k, zero()))),
             batch.cosine_rate());
    }
    unsigned const bits = bits_of(counts);
    w.scratch.pieces.push_back({j, k, at, bits});
    batch.count += std::popcount(bits);
}

/// Fills the last block up with pairs that weigh nothing.
inline void pad(PairBatch& batch) {
    D const d;
    double const far = std::isfinite(batch.plan.reach) ? 2.0 * batch.plan.reach : 100.0;
    for (int v = 0; v < pair_vectors; ++v) {
        int const at = batch.count + v * lanes_of_vector();
        hn::StoreU(set(far * far), d, batch.square() + at);
        for (int n = 0; n < 5 + 2 * batch.products(); ++n)
            if (n > 0) hn::StoreU(zero(), d, batch.row(n) + at);
    }
}

/// Calls work(batch) for batches of all pairs of a plan that may be nonzero.
template <Collect what, class F>
HWY_INLINE void over_pairs(PairPlan const& plan, Workspace<Real>& w, F const& work) {
    D const d;
    int const n_lanes = lanes_of_vector();
    PairBatch batch{plan,
                    w.scratch.pairs.room(static_cast<std::size_t>(PairBatch::rows(plan)) *
                                         static_cast<std::size_t>(batch_stride)),
                    static_cast<int>(plan.products.size())};
    w.scratch.pieces.clear();
    auto const flush = [&] {
        if (batch.count == 0) return;
        pad(batch);
        work(batch);
        batch.count = 0;
        w.scratch.pieces.clear();
    };
    auto const& a = w.slots[static_cast<std::size_t>(plan.slot_a)];
    auto const& b = w.slots[static_cast<std::size_t>(plan.slot_b)];
    bool const same = plan.slot_a == plan.slot_b;
    V const reach = set(plan.reach * plan.reach);
    V const lane = hn::Iota(d, Real{0});
    for (int j = a.first; j < a.near_last; ++j) {
        int const begin = same ? b.first + (j + 1 - b.first) / n_lanes * n_lanes : b.first;
        int const end = b.near_last;
        for (int k = begin; k < end; k += n_lanes) {
            V const x = difference(w.x, j, k);
            V const y = difference(w.y, j, k);
            V const z = difference(w.z, j, k);
            V const square = hn::MulAdd(x, x, hn::MulAdd(y, y, hn::Mul(z, z)));
            auto counts = hn::Lt(square, reach);
            if (same && k <= j) counts = hn::And(counts, hn::Gt(lane, set(j - k)));
            if (k + n_lanes > end) counts = hn::And(counts, hn::Lt(lane, set(end - k)));
            if (hn::AllFalse(d, counts)) continue;
            append<what>(batch, w, j, k, counts, x, y, z, square);
            if (batch.count + n_lanes > batch_pairs) flush();
        }
    }
    flush();
}

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::detail::KAMACITE_KERNELS
HWY_AFTER_NAMESPACE();
#endif

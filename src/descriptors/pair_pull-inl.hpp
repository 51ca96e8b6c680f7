// Gradient of the functions that are sums over pairs of neighbours: see PairPlan.
#if defined(KAMACITE_DESCRIPTORS_PAIR_PULL_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KAMACITE_DESCRIPTORS_PAIR_PULL_INL
#undef KAMACITE_DESCRIPTORS_PAIR_PULL_INL
#else
#define KAMACITE_DESCRIPTORS_PAIR_PULL_INL
#endif

#include "pair_sums-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace kamacite::detail::KAMACITE_KERNELS {
namespace HWY_NAMESPACE {

/// Sums over the pairs of each neighbour, one number per lane. With E a function of r_j, r_k,
/// s = r_jk² and c = cos θ_jk,
///
///     ∂E/∂r_k = u_k (∂E/∂r_k + 2 r_k Σ_j E_s − Σ_j c E_c / r_k) + Σ_j (E_c/(r_j r_k) − 2 E_s) r_j
struct PairPull {
    Real *along, *projected;  ///< Σ 2 E_s, Σ c E_c
    Real *x, *y, *z;          ///< Σ_j (E_c/(r_j r_k) − 2 E_s) r_j
};

HWY_INLINE PairPull pull_rows(Workspace<Real> const& w) {
    auto const at = [&](int n) { return row(w.scratch.pair_pull, n, w); };
    return {at(0), at(1), at(2), at(3), at(4)};
}

/// Where a group's numbers of a block of pairs are.
struct GroupRows {
    Real const *product, *weight, *slope;  ///< g_a g_b, w and (dw/dr)/r; nullptr: no w
    Real* dE_dproduct;
};

HWY_INLINE GroupRows rows_of(PairBatch const& batch, int group, int at, Workspace<Real> const& w) {
    auto const& g = batch.plan.groups[static_cast<std::size_t>(group)];
    bool const crossed = g.cross >= 0;
    return {batch.product(g.product) + at,
            crossed ? cross_row(batch.plan, w, 2 * g.cross) : nullptr,
            crossed ? cross_row(batch.plan, w, 2 * g.cross + 1) : nullptr,
            batch.dE_dproduct(g.product) + at};
}

/// Σ_angles coefficient A for the groups of a block and `half` a block of pairs; then ∂E/∂(g_a
/// g_b), 2 ∂E/∂s and ∂E/∂c of the pairs. \param values, slopes  (angles, width): ∂E/∂G factor, and
/// that times the factor of the slope
template <int G>
HWY_INLINE void add_block_gradient(PairBatch const& batch, PairPlan::Block const& block, int at,
                                   Workspace<Real> const& w, Real const* values,
                                   Real const* slopes) {
    D const d;
    int const n_lanes = lanes_of_vector();
    constexpr int half = pair_vectors / 2;
    GroupRows rows[G];
    for (int g = 0; g < G; ++g) rows[g] = rows_of(batch, block.first + g, at, w);
    Real* const all_along = batch.along() + at;
    Real* const all_turning = batch.turning() + at;
    Real const* const angle_rows = w.scratch.pair_rows.get();
    int const row_size = pairs_in_block();
    for (int first = 0; first < row_size; first += half * n_lanes) {
        V p[G][half];
        V dp[G][half];
        for (int g = 0; g < G; ++g)
            for (int v = 0; v < half; ++v) p[g][v] = dp[g][v] = zero();
        int entry = 0;
        for (auto const& angle : block.angles) {
            Real const* a = angle_rows + angle.value * row_size + first;
            Real const* da = angle_rows + angle.slope * row_size + first;
            for (int v = 0; v < half; ++v)
                for (int g = 0; g < G; ++g) {
                    p[g][v] =
                        hn::MulAdd(load(a + v * n_lanes), hn::Set(d, values[entry + g]), p[g][v]);
                    dp[g][v] =
                        hn::MulAdd(load(da + v * n_lanes), hn::Set(d, slopes[entry + g]), dp[g][v]);
                }
            entry += PairPlan::width;
        }
        for (int v = 0; v < half; ++v) {
            int const i = first + v * n_lanes;
            V along = load(all_along + i);
            V turning = load(all_turning + i);
            for (int g = 0; g < G; ++g) {
                V const product = load(rows[g].product + i);
                V total = p[g][v];
                V weight = product;
                if (rows[g].weight != nullptr) {
                    V const c = load(rows[g].weight + i);
                    along = hn::MulAdd(hn::Mul(p[g][v], product), load(rows[g].slope + i), along);
                    weight = hn::Mul(product, c);
                    total = hn::Mul(p[g][v], c);
                }
                turning = hn::MulAdd(dp[g][v], weight, turning);
                store(hn::Add(total, load(rows[g].dE_dproduct + i)), rows[g].dE_dproduct + i);
            }
            store(along, all_along + i);
            store(turning, all_turning + i);
        }
    }
}

/// ∂E/∂(g_a g_b), 2 ∂E/∂s, ∂E/∂c and c ∂E/∂c of every pair of a batch.
inline void fill_gradient(PairBatch const& batch, Workspace<Real>& w, Real const* values,
                          Real const* slopes) {
    auto const& plan = batch.plan;
    int const n_lanes = lanes_of_vector();
    for (int at = 0; at < batch.count; at += pairs_in_block()) {
        fill_weights<Slopes::yes>(plan, batch.square() + at, cross_row(plan, w, 0));
        fill_angles<Slopes::yes>(plan, batch.cosine() + at, w);
        for (int v = 0; v < pair_vectors; ++v) {
            int const i = at + v * n_lanes;
            store(zero(), batch.along() + i);
            store(zero(), batch.turning() + i);
            for (int n = 0; n < batch.products(); ++n) store(zero(), batch.dE_dproduct(n) + i);
        }
        for (auto const& block : plan.blocks)
            with_count(block.count, [&](auto count) {
                add_block_gradient<decltype(count)::value>(
                    batch, block, at, w, values + block.table, slopes + block.table);
            });
        for (int v = 0; v < pair_vectors; ++v) {
            int const i = at + v * n_lanes;
            store(hn::Mul(load(batch.turning() + i), load(batch.cosine() + i)),
                  batch.projected() + i);
        }
    }
}

/// The numbers of a piece's pairs, each in the lane of its neighbour k, 0 in the other lanes.
HWY_INLINE V expand(Real const* from, PairPiece const& piece) {
    return expand(from + piece.first, piece.mask);
}

/// What the pairs of one neighbour j with all others add to it.
struct PairsOfOne {
    V along, projected, x, y, z;
};

/// Adds `v`, summed over lanes, to *to.
HWY_INLINE void add_sum(V v, Real* to) {
    *to += sum_of(v);
}

/// Adds a piece to the sums of the neighbours k, and to those of j.
HWY_INLINE void spread(PairBatch const& batch, PairPiece const& piece, Workspace<Real> const& w,
                       PairPull const& pull, PairsOfOne& sum) {
    D const d;
    int const j = piece.j;
    int const k = piece.k;
    V const along = expand(batch.along(), piece);
    V const turning = expand(batch.turning(), piece);
    V const projected = expand(batch.projected(), piece);
    V const inverse = hn::Mul(load(w.inverse.get() + k), hn::Set(d, w.inverse.get()[j]));
    V const across = hn::MulSub(turning, inverse, along);
    auto const add = [](V v, Real* to) { store(hn::Add(v, load(to)), to); };
    add(along, pull.along + k);
    add(projected, pull.projected + k);
    sum.along = hn::Add(sum.along, along);
    sum.projected = hn::Add(sum.projected, projected);
    auto const vector = [&](Buffer<Real> const& r, Real* to, V& on_j) {
        store(hn::MulAdd(across, hn::Set(d, r.get()[j]), load(to + k)), to + k);
        on_j = hn::MulAdd(across, load(r.get() + k), on_j);
    };
    vector(w.x, pull.x, sum.x);
    vector(w.y, pull.y, sum.y);
    vector(w.z, pull.z, sum.z);
}

/// Adds the gradients with respect to N products g_a g_b, from number `first` on, to
/// w.scratch.dE_dg.
template <int N>
HWY_INLINE void spread_products(PairBatch const& batch, int first, Workspace<Real> const& w) {
    D const d;
    Real const *from[N], *g_a[N], *g_b[N];
    Real *to_a[N], *to_b[N];
    for (int n = 0; n < N; ++n) {
        auto const [a, b] = batch.plan.products[static_cast<std::size_t>(first + n)];
        from[n] = batch.dE_dproduct(first + n);
        g_a[n] = row(w.g, a, w);
        g_b[n] = row(w.g, b, w);
        to_a[n] = row(w.scratch.dE_dg, a, w);
        to_b[n] = row(w.scratch.dE_dg, b, w);
    }
    PairPiece const* piece = w.scratch.pieces.data();
    PairPiece const* const end = piece + w.scratch.pieces.size();
    while (piece != end) {
        int const j = piece->j;
        V g_j[N];
        V sum[N];
        for (int n = 0; n < N; ++n) {
            g_j[n] = hn::Set(d, g_a[n][j]);
            sum[n] = zero();
        }
        for (; piece != end && piece->j == j; ++piece)
            for (int n = 0; n < N; ++n) {
                V const slope = expand(from[n], *piece);
                Real* to = to_b[n] + piece->k;
                store(hn::MulAdd(slope, g_j[n], load(to)), to);
                sum[n] = hn::MulAdd(slope, load(g_b[n] + piece->k), sum[n]);
            }
        for (int n = 0; n < N; ++n) add_sum(sum[n], to_a[n] + j);
    }
}

/// Adds the gradient of a batch to the sums of the neighbours.
inline void spread_batch(PairBatch const& batch, Workspace<Real> const& w) {
    auto const pull = pull_rows(w);
    for (std::size_t p = 0; p < w.scratch.pieces.size();) {
        int const j = w.scratch.pieces[p].j;
        PairsOfOne sum{zero(), zero(), zero(), zero(), zero()};
        for (; p < w.scratch.pieces.size() && w.scratch.pieces[p].j == j; ++p)
            spread(batch, w.scratch.pieces[p], w, pull, sum);
        add_sum(sum.along, pull.along + j);
        add_sum(sum.projected, pull.projected + j);
        add_sum(sum.x, pull.x + j);
        add_sum(sum.y, pull.y + j);
        add_sum(sum.z, pull.z + j);
    }
    for (int n = 0; n < batch.products(); n += PairPlan::width)
        with_count(std::min(PairPlan::width, batch.products() - n),
                   [&](auto count) { spread_products<decltype(count)::value>(batch, n, w); });
}

/// ∂E/∂r of all lanes from the sums, added to w.scratch.px, w.scratch.py, w.scratch.pz.
inline void finish_pair_pull(CentrePlan const& centre, Workspace<Real>& w) {
    int const n_lanes = lanes_of_vector();
    auto const pull = pull_rows(w);
    for (int i = 0; i < w.lanes; i += n_lanes) {
        V radial = hn::Mul(load(w.distance.get() + i), load(pull.along + i));
        radial = hn::NegMulAdd(load(pull.projected + i), load(w.inverse.get() + i), radial);
        for (int c = 0; c < static_cast<int>(centre.channels.size()); ++c) {
            auto const& channel = centre.channels[static_cast<std::size_t>(c)];
            if (i < channel_first(channel, w) || i >= channel_end(channel, w)) continue;
            radial = hn::MulAdd(load(row(w.scratch.dE_dg, c, w) + i),
                                load(row(w.g_slope, c, w) + i), radial);
        }
        auto const add = [&](Buffer<Real> const& u, Real const* sum, Buffer<Real> const& to) {
            V const total = hn::MulAdd(load(u.get() + i), radial, load(sum + i));
            store(hn::Add(total, load(to.get() + i)), to.get() + i);
        };
        add(w.ux, pull.x, w.scratch.px);
        add(w.uy, pull.y, w.scratch.py);
        add(w.uz, pull.z, w.scratch.pz);
    }
}

/// Adds to w.scratch.px, w.scratch.py, w.scratch.pz what the functions of pairs give.
inline void pair_pull(CentrePlan const& centre, Workspace<Real>& w, double const* dE_dG) {
    if (centre.pairs.empty()) return;
    auto const lanes = static_cast<std::size_t>(w.lanes);
    std::fill_n(w.scratch.pair_pull.room(5 * lanes), 5 * lanes, Real{0});
    auto const n_dg = centre.channels.size() * lanes;
    std::fill_n(w.scratch.dE_dg.room(n_dg), n_dg, Real{0});
    for (auto const& plan : centre.pairs) {
        prepare_rows(plan, w);
        auto const n = static_cast<std::size_t>(plan.entries);
        Real* values = w.scratch.pair_table.room(2 * n);
        Real* slopes = values + n;
        std::fill_n(values, 2 * n, Real{0});
        for (auto const& t : plan.terms) {
            double const c = dE_dG[t.column] * t.factor;
            values[t.entry] += static_cast<Real>(c);
            slopes[t.entry] += static_cast<Real>(c * t.slope_factor);
        }
        over_pairs<Collect::pairs>(plan, w, [&](PairBatch const& batch) {
            fill_gradient(batch, w, values, slopes);
            spread_batch(batch, w);
        });
    }
    finish_pair_pull(centre, w);
}

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::detail::KAMACITE_KERNELS
HWY_AFTER_NAMESPACE();
#endif

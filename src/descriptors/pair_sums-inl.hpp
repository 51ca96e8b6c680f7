// Angular functions that are sums over pairs of neighbours: see PairPlan.
#if defined(KAMACITE_DESCRIPTORS_PAIR_SUMS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KAMACITE_DESCRIPTORS_PAIR_SUMS_INL
#undef KAMACITE_DESCRIPTORS_PAIR_SUMS_INL
#else
#define KAMACITE_DESCRIPTORS_PAIR_SUMS_INL
#endif

#include "pairs-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace kamacite::detail::KAMACITE_KERNELS {
namespace HWY_NAMESPACE {

/// Row n of what is computed of a block of pairs beside the angles: w and (dw/dr)/r of the weights.
HWY_INLINE Real* cross_row(PairPlan const& plan, Workspace<Real> const& w, int n) {
    return pair_row(w, plan.rows + n);
}

/// Room for all rows of a block; row 0 is filled with ones.
inline void prepare_rows(PairPlan const& plan, Workspace<Real>& w) {
    auto const rows = static_cast<std::size_t>(plan.rows) + 2 * plan.crosses.size();
    w.scratch.pair_rows.room(rows * static_cast<std::size_t>(pairs_in_block()));
    for (int v = 0; v < pair_vectors; ++v)
        store(set(1.0), w.scratch.pair_rows.get() + v * lanes_of_vector());
}

/// Calls work(std::integral_constant<int, count>) for count = 1 … PairPlan::width.
template <class F>
HWY_INLINE void with_count(int count, F const& work) {
    static_assert(PairPlan::width == 4);
    if (count == 4) return work(std::integral_constant<int, 4>{});
    if (count == 3) return work(std::integral_constant<int, 3>{});
    if (count == 2) return work(std::integral_constant<int, 2>{});
    return work(std::integral_constant<int, 1>{});
}

/// g_a g_b w of a group.
HWY_INLINE V weight_of_group(PairBatch const& batch, PairPlan::Group const& g, int at, int v,
                             Workspace<Real> const& w) {
    int const i = v * lanes_of_vector();
    V const product = hn::LoadU(D{}, batch.product(g.product) + at + i);
    if (g.cross < 0) return product;
    return hn::Mul(product, load(cross_row(batch.plan, w, 2 * g.cross) + i));
}

/// sums[angle][group] += Σ A(θ) g_a g_b w for the groups of a block and one block of pairs.
template <int G>
HWY_INLINE void add_values(PairBatch const& batch, PairPlan::Block const& block, int at,
                           Workspace<Real> const& w, Real* sums) {
    int const n_lanes = lanes_of_vector();
    V weight[G][pair_vectors];
    for (int g = 0; g < G; ++g)
        for (int v = 0; v < pair_vectors; ++v)
            weight[g][v] = weight_of_group(
                batch, batch.plan.groups[static_cast<std::size_t>(block.first + g)], at, v, w);
    for (auto const& angle : block.angles) {
        Real const* a = pair_row(w, angle.value);
        V sum[G];
        for (int g = 0; g < G; ++g) sum[g] = load(sums + g * n_lanes);
        for (int v = 0; v < pair_vectors; ++v) {
            V const value = load(a + v * n_lanes);
            for (int g = 0; g < G; ++g) sum[g] = hn::MulAdd(value, weight[g][v], sum[g]);
        }
        for (int g = 0; g < G; ++g) store(sum[g], sums + g * n_lanes);
        sums += PairPlan::width * n_lanes;
    }
}

/// The same for the rates: Σ (A d(g_a g_b w)/dt + dA/d cos θ d cos θ/dt g_a g_b w).
template <int G>
HWY_INLINE void add_rates(PairBatch const& batch, PairPlan::Block const& block, int at,
                          Workspace<Real> const& w, Real* sums) {
    D const d;
    int const n_lanes = lanes_of_vector();
    constexpr int half = pair_vectors / 2;
    for (int first = 0; first < pair_vectors; first += half) {
        V turned[G][half];
        V rate[G][half];
        for (int v = 0; v < half; ++v) {
            int const i = (first + v) * n_lanes;
            V const along = hn::LoadU(d, batch.half_square_rate() + at + i);
            V const turning = hn::LoadU(d, batch.cosine_rate() + at + i);
            for (int g = 0; g < G; ++g) {
                auto const& group = batch.plan.groups[static_cast<std::size_t>(block.first + g)];
                V const product_rate = hn::LoadU(d, batch.product_rate(group.product) + at + i);
                turned[g][v] = hn::Mul(turning, weight_of_group(batch, group, at, first + v, w));
                rate[g][v] = product_rate;
                if (group.cross < 0) continue;
                V const product = hn::LoadU(d, batch.product(group.product) + at + i);
                V const c = load(cross_row(batch.plan, w, 2 * group.cross) + i);
                V const slope = load(cross_row(batch.plan, w, 2 * group.cross + 1) + i);
                rate[g][v] = hn::MulAdd(product_rate, c, hn::Mul(hn::Mul(product, slope), along));
            }
        }
        Real* out = sums;
        for (auto const& angle : block.angles) {
            V sum[G];
            for (int g = 0; g < G; ++g) sum[g] = load(out + g * n_lanes);
            for (int v = 0; v < half; ++v) {
                V const value = load(pair_row(w, angle.value) + (first + v) * n_lanes);
                V const slope = hn::Mul(set(angle.slope_factor),
                                        load(pair_row(w, angle.slope) + (first + v) * n_lanes));
                for (int g = 0; g < G; ++g)
                    sum[g] = hn::MulAdd(slope, turned[g][v], hn::MulAdd(value, rate[g][v], sum[g]));
            }
            for (int g = 0; g < G; ++g) store(sum[g], out + g * n_lanes);
            out += PairPlan::width * n_lanes;
        }
    }
}

/// G (or, with Collect::rates, its rate) of all functions of pairs, added to g.
template <Collect what>
inline void add_pair_sums(CentrePlan const& centre, Workspace<Real>& w, double* g) {
    constexpr auto slopes = what == Collect::rates ? Slopes::yes : Slopes::no;
    int const n_lanes = lanes_of_vector();
    for (auto const& plan : centre.pairs) {
        prepare_rows(plan, w);
        auto const n = static_cast<std::size_t>(plan.entries * n_lanes);
        Real* sums = w.scratch.pair_table.room(n);
        std::fill_n(sums, n, Real{0});
        over_pairs<what>(plan, w, [&](PairBatch const& batch) {
            for (int at = 0; at < batch.count; at += pairs_in_block()) {
                fill_weights<slopes>(plan, batch.square() + at, cross_row(plan, w, 0));
                fill_angles<slopes>(plan, batch.cosine() + at, w);
                for (auto const& block : plan.blocks)
                    with_count(block.count, [&](auto count) {
                        constexpr int G = decltype(count)::value;
                        if constexpr (what == Collect::rates)
                            add_rates<G>(batch, block, at, w, sums + block.table * n_lanes);
                        else
                            add_values<G>(batch, block, at, w, sums + block.table * n_lanes);
                    });
            }
        });
        for (auto const& t : plan.terms)
            g[t.column] += t.factor * sum_of(load(sums + t.entry * n_lanes));
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::detail::KAMACITE_KERNELS
HWY_AFTER_NAMESPACE();
#endif

// Moments of the neighbourhood, family by family: see docs/theory/descriptors.md.
#if defined(KAMACITE_DESCRIPTORS_MOMENTS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KAMACITE_DESCRIPTORS_MOMENTS_INL
#undef KAMACITE_DESCRIPTORS_MOMENTS_INL
#else
#define KAMACITE_DESCRIPTORS_MOMENTS_INL
#endif

#include <algorithm>
#include <type_traits>

#include "basis-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace kamacite::detail::KAMACITE_KERNELS {
namespace HWY_NAMESPACE {

/// Vectors across the channels of a family, for the work that is done per atom.
using DC = hn::CappedTag<Real, channel_block>;
using VC = hn::Vec<DC>;

/// Channels that the inner loops take at once: what fits into the registers.
inline constexpr int channels_at_once = HWY_TARGET <= HWY_AVX3 ? 6 : 3;

/// The same where each channel has a rate too.
inline constexpr int rates_at_once = channels_at_once / 2;

/// Calls work(first, constant C) for the channels 0 … count − 1 in even groups, `most` at once.
template <int most = channels_at_once, class F>
HWY_INLINE void over_channels(int count, F const& work) {
    int const groups = (count + most - 1) / most;
    for (int g = 0, c = 0; g < groups; ++g) {
        int const size = (count - c + groups - g - 1) / (groups - g);
        switch (size) {
            case 1:
                work(c, std::integral_constant<int, 1>{});
                break;
            case 2:
                work(c, std::integral_constant<int, std::min(2, most)>{});
                break;
            case 3:
                work(c, std::integral_constant<int, std::min(3, most)>{});
                break;
            case 4:
                work(c, std::integral_constant<int, std::min(4, most)>{});
                break;
            case 5:
                work(c, std::integral_constant<int, std::min(5, most)>{});
                break;
            default:
                work(c, std::integral_constant<int, most>{});
        }
        c += size;
    }
}

/// What the moments of a family are stored as: only degrees L − 1 and L are summed over the
/// neighbours, one after the other.
struct Top {
    int first, count;
    explicit Top(int degree)
        : first{first_moment(degree - 1)}, count{moments_of(degree - 1) + moments_of(degree)} {}
};

/// sums[m][c] (+)= Σ_k g_c B_m for C channels and K vectors of lanes.
/// \param g      row of the first channel, at the first lane; \param stride  between rows
/// \param step   channels of the family: distance between the sums of two monomials
/// \param first  whether nothing has been summed yet
template <int K, int C>
HWY_INLINE void accumulate(Real const* g, int stride, Real const* basis, int count, Real* sums,
                           int step, bool first) {
    int const n_lanes = lanes_of_vector();
    V weight[C][K];
    for (int c = 0; c < C; ++c)
        for (int k = 0; k < K; ++k)
            weight[c][k] = load(g + static_cast<std::ptrdiff_t>(c) * stride + k * n_lanes);
    auto const add = [&](auto fresh) {
        for (int m = 0; m < count; ++m) {
            Real* const at = sums + static_cast<std::ptrdiff_t>(m) * step * n_lanes;
            V sum[C];
            for (int c = 0; c < C; ++c) {
                if constexpr (decltype(fresh)::value)
                    sum[c] = zero();
                else
                    sum[c] = load(at + c * n_lanes);
            }
            for (int k = 0; k < K; ++k) {
                V const monomial = load(basis + (m * K + k) * n_lanes);
                for (int c = 0; c < C; ++c) sum[c] = hn::MulAdd(weight[c][k], monomial, sum[c]);
            }
            for (int c = 0; c < C; ++c) store(sum[c], at + c * n_lanes);
        }
    };
    if (first)
        add(std::true_type{});
    else
        add(std::false_type{});
}

/// The same for all channels of a family; `table` has one row per channel of the plan.
template <int K>
HWY_INLINE void accumulate_family(CentrePlan::Family const& family, Workspace<Real> const& w,
                                  Buffer<Real> const& table, int lane, Real const* basis,
                                  Real* sums, bool first) {
    Top const top{family.degree};
    Real const* from = basis + top.first * K * lanes_of_vector();
    over_channels(family.count, [&](int c, auto width) {
        accumulate<K, decltype(width)::value>(row(table, family.first + c, w) + lane, w.lanes, from,
                                              top.count, sums + c * lanes_of_vector(), family.count,
                                              first);
    });
}

/// sums[m][c] (+)= Σ_k (g_c Ḃ_m + ġ_c B_m), as accumulate().
template <int K, int C>
HWY_INLINE void accumulate_rates(Real const* g, Real const* g_rate, int stride, Real const* basis,
                                 Real const* basis_rate, int count, Real* sums, int step,
                                 bool first) {
    int const n_lanes = lanes_of_vector();
    V weight[C][K], weight_rate[C][K];
    for (int c = 0; c < C; ++c)
        for (int k = 0; k < K; ++k) {
            auto const at = static_cast<std::ptrdiff_t>(c) * stride + k * n_lanes;
            weight[c][k] = load(g + at);
            weight_rate[c][k] = load(g_rate + at);
        }
    for (int m = 0; m < count; ++m) {
        Real* const at = sums + static_cast<std::ptrdiff_t>(m) * step * n_lanes;
        V sum[C];
        for (int c = 0; c < C; ++c) sum[c] = first ? zero() : load(at + c * n_lanes);
        for (int k = 0; k < K; ++k) {
            V const monomial = load(basis + (m * K + k) * n_lanes);
            V const rate = load(basis_rate + (m * K + k) * n_lanes);
            for (int c = 0; c < C; ++c)
                sum[c] =
                    hn::MulAdd(weight[c][k], rate, hn::MulAdd(weight_rate[c][k], monomial, sum[c]));
        }
        for (int c = 0; c < C; ++c) store(sum[c], at + c * n_lanes);
    }
}

/// M_abc of the degrees below follow from |u| = 1: M_abc = M_(a+2)bc + M_a(b+2)c + M_ab(c+2).
inline void contract(CentrePlan::Family const& family, Real* table) {
    DC const d;
    for (int n = family.degree - 2; n >= 0; --n) {
        Real* out = table + first_moment(n) * family.stride;
        Real const* in = table + first_moment(n + 2) * family.stride;
        for (int s = 0, m = 0; s <= n; ++s)
            for (int c = 0; c <= s; ++c, ++m)
                for (int v = 0; v < family.count; v += static_cast<int>(hn::Lanes(d))) {
                    auto const at = [&](int k) { return hn::Load(d, in + k * family.stride + v); };
                    hn::Store(hn::Add(at(m), hn::Add(at(m + 2 * s + 3), at(m + 2 * s + 5))), d,
                              out + m * family.stride + v);
                }
    }
}

/// The transpose of contract(): gradients of lower moments go into those of the two top degrees.
inline void contract_gradient(CentrePlan::Family const& family, Real* table) {
    DC const d;
    for (int n = 0; n <= family.degree - 2; ++n) {
        Real const* in = table + first_moment(n) * family.stride;
        Real* out = table + first_moment(n + 2) * family.stride;
        for (int s = 0, m = 0; s <= n; ++s)
            for (int c = 0; c <= s; ++c, ++m)
                for (int v = 0; v < family.count; v += static_cast<int>(hn::Lanes(d))) {
                    VC const from = hn::Load(d, in + m * family.stride + v);
                    for (int const k : {m, m + 2 * s + 3, m + 2 * s + 5}) {
                        Real* const to = out + k * family.stride + v;
                        hn::Store(hn::Add(hn::Load(d, to), from), d, to);
                    }
                }
    }
}

/// Copies a family's table to a table with one run of moments per channel, for functions that
/// multiply moments of different channels.
inline void spread(CentrePlan const& plan, CentrePlan::Family const& family, Real const* table,
                   Real* moments) {
    for (int c = 0; c < family.count; ++c) {
        Real* to = moments + plan.channels[static_cast<std::size_t>(family.first + c)].moments;
        for (int m = 0; m < moments_up_to(family.degree); ++m) to[m] = table[m * family.stride + c];
    }
}

/// Calls work(lane, constant K) for the vectors of a slot within its near radius, K at a time.
template <class F>
HWY_INLINE void over_near_lanes(Workspace<Real>::Slot const& slot, F const& work) {
    int const n_lanes = lanes_of_vector();
    int i = slot.first;
    for (; i + 4 * n_lanes <= slot.near_end; i += 4 * n_lanes)
        work(i, std::integral_constant<int, 4>{});
    switch ((slot.near_end - i) / n_lanes) {
        case 3:
            return work(i, std::integral_constant<int, 3>{});
        case 2:
            return work(i, std::integral_constant<int, 2>{});
        case 1:
            return work(i, std::integral_constant<int, 1>{});
        default:
            return;
    }
}

#if HWY_TARGET != HWY_SCALAR
/// Half of a vector plus the other half, until one block of 128 bits is left.
template <class T, class VT>
HWY_INLINE auto fold(T d, VT v) {
    if constexpr (hn::MaxLanes(d) * sizeof(Real) <= 16) {
        return v;
    } else {
        hn::Half<T> const half;
        return fold(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
    }
}

#endif

/// out[k] = sum of the lanes of the k-th of n vectors. Two (four) sums of blocks at a time share
/// their additions.
inline void sum_lanes(Real const* vectors, int n, Real* out) {
    int const n_lanes = lanes_of_vector();
    int k = 0;
#if HWY_TARGET != HWY_SCALAR
    D const d;
    hn::CappedTag<Real, 16 / sizeof(Real)> const block;
    auto const pair = [&](int q) {
        auto const a = fold(d, load(vectors + (k + q) * n_lanes));
        auto const b = fold(d, load(vectors + (k + q + 1) * n_lanes));
        return hn::Add(hn::InterleaveLower(block, a, b), hn::InterleaveUpper(block, a, b));
    };
    if constexpr (sizeof(Real) == 8) {
        for (; k + 2 <= n; k += 2) hn::StoreU(pair(0), block, out + k);
    } else {
        for (; k + 4 <= n; k += 4) {
            auto const low = pair(0);
            auto const high = pair(2);
            hn::StoreU(hn::Add(hn::ConcatLowerLower(block, high, low),
                               hn::ConcatUpperUpper(block, high, low)),
                       block, out + k);
        }
    }
#endif
    for (; k < n; ++k) out[k] = sum_of(load(vectors + k * n_lanes));
}

/// Sums over lanes, then the lower degrees: `sums` → the table of a family, all degrees.
/// \param line  room for one number per sum
inline void finish_moments(CentrePlan::Family const& family, Real const* sums, Real* line,
                           Real* table) {
    Top const top{family.degree};
    sum_lanes(sums, top.count * family.count, line);
    DC const d;
    int const n_lanes = static_cast<int>(hn::Lanes(d));
    for (int v = 0; v < family.stride; v += n_lanes) {
        auto const there = hn::FirstN(d, static_cast<std::size_t>(std::max(0, family.count - v)));
        for (int m = 0; m < top.count; ++m)
            hn::Store(hn::IfThenElseZero(there, hn::LoadU(d, line + m * family.count + v)), d,
                      table + (top.first + m) * family.stride + v);
    }
    contract(family, table);
}

/// Room for the sums of the families before one, and with it where its sums start.
inline std::size_t sums_before(CentrePlan const& plan, std::size_t family) {
    std::size_t n = 0;
    for (std::size_t f = 0; f < family; ++f)
        n += static_cast<std::size_t>(plan.families[f].count * Top{plan.families[f].degree}.count *
                                      lanes_of_vector());
    return n;
}

/// Sums → tables, for families whose slot has no neighbours too.
inline void finish_all(CentrePlan const& plan, Workspace<Real>& w, Real* sums, Real* tables,
                       Real* moments) {
    for (std::size_t f = 0; f < plan.families.size(); ++f) {
        auto const& family = plan.families[f];
        auto const& slot = w.slots[static_cast<std::size_t>(family.slot)];
        Real* const from = sums + sums_before(plan, f);
        if (slot.near_end == slot.first)
            std::fill_n(from, sums_before(plan, f + 1) - sums_before(plan, f), Real{0});
        // whole rows are read from it
        Real* line = w.scratch.line.room(static_cast<std::size_t>(moments_up_to(family.degree)) *
                                             static_cast<std::size_t>(family.count) +
                                         channel_block + static_cast<std::size_t>(family.stride));
        finish_moments(family, from, line, tables + family.table);
        if (plan.mixes_channels) spread(plan, family, tables + family.table, moments);
    }
}

/// Moments M_m = Σ_j g_j u_j^m of every channel that wants them, all degrees.
inline void fill_moments(CentrePlan const& plan, Workspace<Real>& w) {
    Real* sums = w.scratch.sums.room(sums_before(plan, plan.families.size()));
    for (std::size_t s = 0; s < plan.slots.size(); ++s) {
        int const degree = plan.slots[s].degree;
        if (degree == 0) continue;
        Real* basis = w.scratch.basis.room(
            static_cast<std::size_t>(4 * lane_block<Real> * moments_up_to(degree)));
        over_near_lanes(w.slots[s], [&](int lane, auto k) {
            constexpr int K = decltype(k)::value;
            fill_basis<K>(w, lane, degree, basis);
            for (std::size_t f = 0; f < plan.families.size(); ++f) {
                auto const& family = plan.families[f];
                if (family.slot != static_cast<int>(s)) continue;
                accumulate_family<K>(family, w, w.g, lane, basis, sums + sums_before(plan, f),
                                     lane == w.slots[s].first);
            }
        });
    }
    finish_all(plan, w, sums, w.tables.room(static_cast<std::size_t>(plan.n_table)),
               w.moments.room(static_cast<std::size_t>(plan.n_moments)));
}

/// Moments and their rates along the motion: Ṁ_m = Σ_j (ġ_j u_j^m + g_j d(u_j^m)/dt).
inline void fill_moments_and_rates(CentrePlan const& plan, Workspace<Real>& w) {
    auto const n_sums = sums_before(plan, plan.families.size());
    Real* sums = w.scratch.sums.room(n_sums);
    Real* rates = w.scratch.sums_rate.room(n_sums);
    int const n_lanes = lanes_of_vector();
    for (std::size_t s = 0; s < plan.slots.size(); ++s) {
        int const degree = plan.slots[s].degree;
        if (degree == 0) continue;
        auto const room = static_cast<std::size_t>(4 * lane_block<Real> * moments_up_to(degree));
        Real* basis = w.scratch.basis.room(room);
        Real* basis_rate = w.scratch.basis_rate.room(room);
        over_near_lanes(w.slots[s], [&](int lane, auto k) {
            constexpr int K = decltype(k)::value;
            fill_basis<K>(w, lane, degree, basis);
            fill_basis_rate<K>(w, lane, degree, basis, basis_rate);
            bool const first = lane == w.slots[s].first;
            for (std::size_t f = 0; f < plan.families.size(); ++f) {
                auto const& family = plan.families[f];
                if (family.slot != static_cast<int>(s)) continue;
                auto const at = sums_before(plan, f);
                accumulate_family<K>(family, w, w.g, lane, basis, sums + at, first);
                Top const top{family.degree};
                int const from = top.first * K * n_lanes;
                over_channels<rates_at_once>(family.count, [&](int c, auto width) {
                    accumulate_rates<K, decltype(width)::value>(
                        row(w.g, family.first + c, w) + lane,
                        row(w.scratch.g_rate, family.first + c, w) + lane, w.lanes, basis + from,
                        basis_rate + from, top.count, rates + at + c * n_lanes, family.count,
                        first);
                });
            }
        });
    }
    auto const n_table = static_cast<std::size_t>(plan.n_table);
    auto const n_moments = static_cast<std::size_t>(plan.n_moments);
    finish_all(plan, w, sums, w.tables.room(n_table), w.moments.room(n_moments));
    finish_all(plan, w, rates, w.scratch.tables_rate.room(n_table),
               w.scratch.moments_rate.room(n_moments));
}

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::detail::KAMACITE_KERNELS
HWY_AFTER_NAMESPACE();
#endif

// Wide and power functions from moments: values, gradient and rates.
#if defined(KAMACITE_DESCRIPTORS_WIDE_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KAMACITE_DESCRIPTORS_WIDE_INL
#undef KAMACITE_DESCRIPTORS_WIDE_INL
#else
#define KAMACITE_DESCRIPTORS_WIDE_INL
#endif

#include "moments-inl.hpp"
#include "triple-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace kamacite::detail::KAMACITE_KERNELS {
namespace HWY_NAMESPACE {

HWY_INLINE Real* moments_of_channel(CentrePlan const& plan, int channel,
                                    Buffer<Real> const& table) {
    return table.get() + plan.channels[static_cast<std::size_t>(channel)].moments;
}

/// Σ_m weight_m a_m b_m
HWY_INLINE Real weighted_dot(Real const* weight, Real const* a, Real const* b, int count) {
    D const d;
    int const n_lanes = lanes_of_vector();
    V sum = zero();
    int m = 0;
    for (; m + n_lanes <= count; m += n_lanes)
        sum = hn::MulAdd(hn::Mul(hn::LoadU(d, weight + m), hn::LoadU(d, a + m)),
                         hn::LoadU(d, b + m), sum);
    Real result = sum_of(sum);
    for (; m < count; ++m) result += weight[m] * a[m] * b[m];
    return result;
}

/// out[n][c] = Σ_m multinomial_m A_mc B_mc over the monomials of each degree n, for all channels of
/// a family at once.
inline void family_dots(CentrePlan::Family const& family, Real const* a, Real const* b, Real* out) {
    DC const d;
    Real const* weight = monomial_tables<Real>.multinomial.data();
    for (int v = 0; v < family.count; v += static_cast<int>(hn::Lanes(d)))
        for (int n = 0; n <= family.degree; ++n) {
            VC sum[2] = {hn::Zero(d), hn::Zero(d)};
            for (int m = first_moment(n); m < first_moment(n + 1); ++m) {
                VC const product = hn::Mul(hn::Load(d, a + m * family.stride + v),
                                           hn::Load(d, b + m * family.stride + v));
                sum[m % 2] = hn::MulAdd(hn::Set(d, weight[m]), product, sum[m % 2]);
            }
            hn::Store(hn::Add(sum[0], sum[1]), d, out + n * family.stride + v);
        }
}

/// G_t of a group from S_n and Σ g² (or from their rates).
HWY_INLINE void group_values(CentrePlan::Wide const& group, double const* s, double square,
                             double* g) {
    double const* coefficient = group.coefficients.data();
    for (std::size_t t = 0; t < group.columns.size(); ++t, coefficient += group.degree + 1) {
        double value = -group.diagonal[t] * square;
        for (int n = 0; n <= group.degree; ++n) value += coefficient[n] * s[n];
        g[group.columns[t]] += value;
    }
}

/// Σ_j g_j h_j of the channel of a group, if any of its functions wants it.
HWY_INLINE double diagonal_of(CentrePlan const& plan, CentrePlan::Wide const& group,
                              Workspace<Real> const& w, Buffer<Real> const& h) {
    if (!group.has_diagonal) return 0.0;
    return dot_of_channel(plan.channels[static_cast<std::size_t>(group.a)], row(w.g, group.a, w),
                          row(h, group.a, w), w);
}

/// G_t = Σ_n coefficient S_n − diagonal Σ_j g_j²,  S_n = Σ_m multinomial_m M^a_m M^b_m.
inline void wide_values(CentrePlan const& plan, Workspace<Real>& w, double* g) {
    double s[largest_degree + 1];
    for (auto const& family : plan.families) {
        if (family.groups.empty()) continue;
        Real const* table = w.tables.get() + family.table;
        Real* dots =
            w.scratch.dots.room(static_cast<std::size_t>((largest_degree + 1) * family.stride));
        family_dots(family, table, table, dots);
        for (int const k : family.groups) {
            auto const& group = plan.wide[static_cast<std::size_t>(k)];
            for (int n = 0; n <= group.degree; ++n)
                s[n] = dots[n * family.stride + group.a - family.first];
            group_values(group, s, diagonal_of(plan, group, w, w.g), g);
        }
    }
    Real const* weight = monomial_tables<Real>.multinomial.data();
    for (auto const& group : plan.wide) {
        if (group.a == group.b) continue;
        Real const* a = moments_of_channel(plan, group.a, w.moments);
        Real const* b = moments_of_channel(plan, group.b, w.moments);
        for (int n = 0; n <= group.degree; ++n) {
            int const at = first_moment(n);
            s[n] = weighted_dot(weight + at, a + at, b + at, moments_of(n));
        }
        group_values(group, s, 0.0, g);
    }
}

/// Rates of wide_values() from the moments and their rates.
inline void wide_rates(CentrePlan const& plan, Workspace<Real>& w, double* rate) {
    double s[largest_degree + 1];
    for (auto const& family : plan.families) {
        if (family.groups.empty()) continue;
        Real* dots =
            w.scratch.dots.room(static_cast<std::size_t>((largest_degree + 1) * family.stride));
        family_dots(family, w.tables.get() + family.table,
                    w.scratch.tables_rate.get() + family.table, dots);
        for (int const k : family.groups) {
            auto const& group = plan.wide[static_cast<std::size_t>(k)];
            for (int n = 0; n <= group.degree; ++n)
                s[n] = 2.0 * dots[n * family.stride + group.a - family.first];
            group_values(group, s, 2.0 * diagonal_of(plan, group, w, w.scratch.g_rate), rate);
        }
    }
    Real const* weight = monomial_tables<Real>.multinomial.data();
    for (auto const& group : plan.wide) {
        if (group.a == group.b) continue;
        Real const* a = moments_of_channel(plan, group.a, w.moments);
        Real const* b = moments_of_channel(plan, group.b, w.moments);
        Real const* da = moments_of_channel(plan, group.a, w.scratch.moments_rate);
        Real const* db = moments_of_channel(plan, group.b, w.scratch.moments_rate);
        for (int n = 0; n <= group.degree; ++n) {
            int const at = first_moment(n);
            s[n] = weighted_dot(weight + at, da + at, b + at, moments_of(n)) +
                   weighted_dot(weight + at, a + at, db + at, moments_of(n));
        }
        group_values(group, s, 0.0, rate);
    }
}

/// ∂E/∂S_n of a group; what its diagonal terms give goes to w.scratch.quadratic.
HWY_INLINE void group_gradient(CentrePlan::Wide const& group, Workspace<Real> const& w,
                               double const* dE_dG, double* ds) {
    std::fill_n(ds, group.degree + 1, 0.0);
    double diagonal = 0.0;
    double const* coefficient = group.coefficients.data();
    for (std::size_t t = 0; t < group.columns.size(); ++t, coefficient += group.degree + 1) {
        double const c = dE_dG[group.columns[t]];
        for (int n = 0; n <= group.degree; ++n) ds[n] += c * coefficient[n];
        diagonal += c * group.diagonal[t];
    }
    w.scratch.quadratic.get()[group.a] -= static_cast<Real>(2.0 * diagonal);
}

/// ∂E/∂M of functions of two or three different channels, channel by channel.
inline void mixed_gradient(CentrePlan const& plan, Workspace<Real>& w, double const* dE_dG) {
    auto const n_moments = static_cast<std::size_t>(plan.n_moments);
    std::fill_n(w.scratch.moments_gradient.room(n_moments), n_moments, Real{0});
    Real const* weight = monomial_tables<Real>.multinomial.data();
    for (auto const& group : plan.wide) {
        if (group.a == group.b) continue;
        double ds[largest_degree + 1];
        group_gradient(group, w, dE_dG, ds);
        Real const* a = moments_of_channel(plan, group.a, w.moments);
        Real const* b = moments_of_channel(plan, group.b, w.moments);
        Real* HWY_RESTRICT da = moments_of_channel(plan, group.a, w.scratch.moments_gradient);
        Real* HWY_RESTRICT db = moments_of_channel(plan, group.b, w.scratch.moments_gradient);
        for (int n = 0; n <= group.degree; ++n)
            for (int m = first_moment(n); m < first_moment(n + 1); ++m) {
                Real const factor = static_cast<Real>(ds[n]) * weight[m];
                da[m] += factor * b[m];
                db[m] += factor * a[m];
            }
    }
    triple_gradient(plan, w, dE_dG);
}

/// ∂E/∂M of the two top degrees of every family, and what the diagonal terms add to
/// w.scratch.quadratic.
inline void wide_gradient(CentrePlan const& plan, Workspace<Real>& w, double const* dE_dG) {
    DC const d;
    if (plan.mixes_channels) mixed_gradient(plan, w, dE_dG);
    Real* const all = w.scratch.tables_gradient.room(static_cast<std::size_t>(plan.n_table));
    for (auto const& family : plan.families) {
        Real const* table = w.tables.get() + family.table;
        Real* out = all + family.table;
        auto const n_dots = static_cast<std::size_t>((largest_degree + 1) * family.stride);
        Real* slopes = w.scratch.dots.room(n_dots);  // 2 ∂E/∂S_n of each channel
        std::fill_n(slopes, n_dots, Real{0});
        for (int const k : family.groups) {
            auto const& group = plan.wide[static_cast<std::size_t>(k)];
            double ds[largest_degree + 1];
            group_gradient(group, w, dE_dG, ds);
            for (int n = 0; n <= group.degree; ++n)
                slopes[n * family.stride + group.a - family.first] = static_cast<Real>(2.0 * ds[n]);
        }
        for (int v = 0; v < family.count; v += static_cast<int>(hn::Lanes(d)))
            for (int n = 0; n <= family.degree; ++n) {
                VC const slope = hn::Load(d, slopes + n * family.stride + v);
                for (int m = first_moment(n); m < first_moment(n + 1); ++m) {
                    VC const weight = hn::Set(d, monomial_tables<Real>.multinomial.data()[m]);
                    VC const moment = hn::Load(d, table + m * family.stride + v);
                    hn::Store(hn::Mul(hn::Mul(slope, weight), moment), d,
                              out + m * family.stride + v);
                }
            }
        if (plan.mixes_channels)
            for (int c = 0; c < family.count; ++c) {
                Real const* from =
                    moments_of_channel(plan, family.first + c, w.scratch.moments_gradient);
                for (int m = 0; m < moments_up_to(family.degree); ++m)
                    out[m * family.stride + c] += from[m];
            }
        contract_gradient(family, out);
    }
}

/// For C channels and K vectors of lanes: A_c = Σ_m D_cm B_m, whose product with dg_c/dr is added
/// to `radial`, and mixed_m (+)= Σ_c D_cm g_c.
/// \param gradient  D of the two top degrees, (monomials, stride); \param first  overwrite mixed
template <int K, int C>
HWY_INLINE void apply_gradient(Workspace<Real> const& w, int channel, int lane,
                               Real const* gradient, int stride, Real const* basis, int count,
                               Real* mixed, bool first, V* radial) {
    int const n_lanes = lanes_of_vector();
    V a[C][K], g[C][K];
    for (int c = 0; c < C; ++c)
        for (int k = 0; k < K; ++k) {
            a[c][k] = zero();
            g[c][k] = load(row(w.g, channel + c, w) + lane + k * n_lanes);
        }
    auto const apply = [&](auto fresh) {
        for (int m = 0; m < count; ++m) {
            V monomial[K], mix[K];
            for (int k = 0; k < K; ++k) {
                monomial[k] = load(basis + (m * K + k) * n_lanes);
                if constexpr (decltype(fresh)::value)
                    mix[k] = zero();
                else
                    mix[k] = load(mixed + (m * K + k) * n_lanes);
            }
            for (int c = 0; c < C; ++c) {
                V const factor = set(gradient[m * stride + c]);
                for (int k = 0; k < K; ++k) {
                    a[c][k] = hn::MulAdd(factor, monomial[k], a[c][k]);
                    mix[k] = hn::MulAdd(factor, g[c][k], mix[k]);
                }
            }
            for (int k = 0; k < K; ++k) store(mix[k], mixed + (m * K + k) * n_lanes);
        }
    };
    if (first)
        apply(std::true_type{});
    else
        apply(std::false_type{});
    for (int c = 0; c < C; ++c)
        for (int k = 0; k < K; ++k)
            radial[k] = hn::MulAdd(
                a[c][k], load(row(w.g_slope, channel + c, w) + lane + k * n_lanes), radial[k]);
}

/// Slopes of the energy for K vectors of lanes.
template <int K>
struct Gradient {
    V radial[K];         ///< ∂E/∂r
    V x[K], y[K], z[K];  ///< ∂E/∂u
};

/// Adds Σ_m mixed_m ∂B_m/∂u of the degree n; `basis` starts at degree 0, `mixed` at degree n.
template <int K>
HWY_INLINE void add_slopes(int n, Real const* basis, Real const* mixed, Gradient<K>& out) {
    int const n_lanes = lanes_of_vector();
    int const below = first_moment(n - 1);
    auto const& t = monomial_tables<Real>;
    for (int s = 0, m = 0; s < n; ++s)
        for (int c = 0; c <= s; ++c, ++m) {
            auto const j = static_cast<std::size_t>(below + m);
            V const px = set(t.x_power[j]);
            V const py = set(t.y_power[j]);
            V const pz = set(t.z_power[j]);
            for (int k = 0; k < K; ++k) {
                auto const at = [&](int q) { return load(mixed + (q * K + k) * n_lanes); };
                V const b = load(basis + ((below + m) * K + k) * n_lanes);
                out.x[k] = hn::MulAdd(hn::Mul(px, at(m)), b, out.x[k]);
                out.y[k] = hn::MulAdd(hn::Mul(py, at(m + s + 1)), b, out.y[k]);
                out.z[k] = hn::MulAdd(hn::Mul(pz, at(m + s + 2)), b, out.z[k]);
            }
        }
}

/// Adds to w.scratch.px, w.scratch.py, w.scratch.pz what K vectors of lanes of a slot get from its
/// families.
template <int K>
HWY_INLINE void pull_lanes(CentrePlan const& plan, Workspace<Real>& w, int s, int i, Real* basis,
                           Real* mixed) {
    int const n_lanes = lanes_of_vector();
    fill_basis<K>(w, i, plan.slots[static_cast<std::size_t>(s)].degree, basis);
    Gradient<K> p;
    for (int k = 0; k < K; ++k) p.radial[k] = p.x[k] = p.y[k] = p.z[k] = zero();
    for (auto const& family : plan.families) {
        if (family.slot != s) continue;
        Top const top{family.degree};
        Real const* gradient =
            w.scratch.tables_gradient.get() + family.table + top.first * family.stride;
        over_channels(family.count, [&](int c, auto width) {
            apply_gradient<K, decltype(width)::value>(
                w, family.first + c, i, gradient + c, family.stride,
                basis + top.first * K * n_lanes, top.count, mixed, c == 0, p.radial);
        });
        if (family.degree > 1) add_slopes<K>(family.degree - 1, basis, mixed, p);
        add_slopes<K>(family.degree, basis, mixed + moments_of(family.degree - 1) * K * n_lanes, p);
    }
    for (int k = 0; k < K; ++k) {
        int const at = i + k * n_lanes;
        V const x = load(w.ux.get() + at);
        V const y = load(w.uy.get() + at);
        V const z = load(w.uz.get() + at);
        V const inverse = load(w.inverse.get() + at);
        // ∂E/∂r_vec = u ∂E/∂r + (1 − u uᵀ)/r ∂E/∂u
        V const along = hn::MulAdd(x, p.x[k], hn::MulAdd(y, p.y[k], hn::Mul(z, p.z[k])));
        V const radial = hn::NegMulAdd(along, inverse, p.radial[k]);
        auto const add = [&](Buffer<Real> const& to, V u, V slope) {
            V const sum = hn::MulAdd(u, radial, hn::MulAdd(slope, inverse, load(to.get() + at)));
            store(sum, to.get() + at);
        };
        add(w.scratch.px, x, p.x[k]);
        add(w.scratch.py, y, p.y[k]);
        add(w.scratch.pz, z, p.z[k]);
    }
}

/// Adds to w.scratch.px, w.scratch.py, w.scratch.pz what the functions of moments give, after
/// wide_gradient().
inline void wide_pull(CentrePlan const& plan, Workspace<Real>& w) {
    constexpr int K = channels_at_once >= 6 ? 2 : 1;  // what the registers hold
    int const n_lanes = lanes_of_vector();
    for (std::size_t s = 0; s < plan.slots.size(); ++s) {
        int const degree = plan.slots[s].degree;
        if (degree == 0) continue;
        auto const room = static_cast<std::size_t>(K * lane_block<Real>);
        Real* basis = w.scratch.basis.room(room * static_cast<std::size_t>(moments_up_to(degree)));
        Real* mixed = w.scratch.mixed.room(room * static_cast<std::size_t>(Top{degree}.count));
        int i = w.slots[s].first;
        for (; i + K * n_lanes <= w.slots[s].near_end; i += K * n_lanes)
            pull_lanes<K>(plan, w, static_cast<int>(s), i, basis, mixed);
        for (; i < w.slots[s].near_end; i += n_lanes)
            pull_lanes<1>(plan, w, static_cast<int>(s), i, basis, mixed);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::detail::KAMACITE_KERNELS
HWY_AFTER_NAMESPACE();
#endif

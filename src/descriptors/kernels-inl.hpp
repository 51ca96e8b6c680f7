// The operations on one atom, in the precision KAMACITE_REAL. Compiled once per instruction set by
// kernels_double.cpp and kernels_float.cpp; no include guard on purpose.
#include "kernels.hpp"
#include "lanes-inl.hpp"
#include "pair_pull-inl.hpp"
#include "wide-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace kamacite::detail::KAMACITE_KERNELS {
namespace HWY_NAMESPACE {

void Gather(CentrePlan const& plan, NeighboursOfAtom const& list, std::span<int const> slot_of,
            Workspace<Real>& w) {
    gather_lanes(plan, list, slot_of, w);
}

void Move(Workspace<Real>& w, int i, std::span<Vec3 const> displacements, Mat3 const& strain) {
    move_lanes(w, i, displacements, strain);
}

void Scatter(Workspace<Real>& w, int i, AtomSum* sums) {
    HWY_ALIGN double total[4] = {0.0, 0.0, 0.0, 0.0};
    double const* pushes = interleave_pushes(w);
    for (auto const& slot : w.slots) {
        scatter_lanes(w, pushes, slot.first, slot.near_last, sums, total);
        scatter_lanes(w, pushes, slot.near_end, slot.last, sums, total);
    }
    for (int k = 0; k < 3; ++k) sums[i].force[k] += total[k];
}

/// What the values, the pull-back and the tangent start from: g and dg/dr of every channel and the
/// moments.
void Prepare(CentrePlan const& plan, Workspace<Real>& w) {
    fill_geometry(plan, w);
    fill_channels_and_slopes(plan, w);
    if (plan.n_moments > 0) fill_moments(plan, w);
}

void Values(CentrePlan const& plan, Workspace<Real>& w, double* g) {
    std::fill_n(g, plan.size, 0.0);
    for (auto const& r : plan.radial)
        g[r.column] += r.factor * sum_of_channel(plan.channels[static_cast<std::size_t>(r.channel)],
                                                 row(w.g, r.channel, w), w);
    wide_values(plan, w, g);
    triple_values(plan, w, g);
    add_pair_sums<Collect::pairs>(plan, w, g);
}

void Evaluate(CentrePlan const& plan, Workspace<Real>& w, double* g) {
    fill_geometry(plan, w);
    fill_channels(plan, w);
    if (plan.n_moments > 0) fill_moments(plan, w);
    Values(plan, w, g);
}

/// p = u Σ_c (linear_c + quadratic_c g_c) dg_c/dr on all lanes.
void RadialPull(CentrePlan const& plan, Workspace<Real>& w) {
    for (auto* b : {&w.scratch.px, &w.scratch.py, &w.scratch.pz})
        b->room(static_cast<std::size_t>(w.lanes));
    int const n_channels = static_cast<int>(plan.channels.size());
    int first = 0;  // channels are sorted by slot
    for (std::size_t s = 0; s < plan.slots.size(); ++s) {
        int last = first;
        while (last < n_channels &&
               plan.channels[static_cast<std::size_t>(last)].slot == static_cast<int>(s))
            ++last;
        for (int i = w.slots[s].first; i < w.slots[s].end; i += lanes_of_vector()) {
            V slope = zero();
            for (int c = first; c < last; ++c) {
                if (i >= channel_end(plan.channels[static_cast<std::size_t>(c)], w)) continue;
                V const dE_dg =
                    hn::MulAdd(set(w.scratch.quadratic.get()[c]), load(row(w.g, c, w) + i),
                               set(w.scratch.linear.get()[c]));
                slope = hn::MulAdd(dE_dg, load(row(w.g_slope, c, w) + i), slope);
            }
            store(hn::Mul(slope, load(w.ux.get() + i)), w.scratch.px.get() + i);
            store(hn::Mul(slope, load(w.uy.get() + i)), w.scratch.py.get() + i);
            store(hn::Mul(slope, load(w.uz.get() + i)), w.scratch.pz.get() + i);
        }
        first = last;
    }
}

/// After Prepare().
void Pull(CentrePlan const& plan, Workspace<Real>& w, double const* dE_dG) {
    auto const n = plan.channels.size();
    std::fill_n(w.scratch.linear.room(n), n, Real{0});
    std::fill_n(w.scratch.quadratic.room(n), n, Real{0});
    for (auto const& r : plan.radial)
        w.scratch.linear.get()[r.channel] += static_cast<Real>(r.factor * dE_dG[r.column]);
    if (plan.n_moments > 0) wide_gradient(plan, w, dE_dG);
    RadialPull(plan, w);
    if (plan.n_moments > 0) wide_pull(plan, w);
    pair_pull(plan, w, dE_dG);
}

void Tangent(CentrePlan const& plan, Workspace<Real>& w, double* rate) {
    fill_geometry(plan, w);
    fill_channels_and_slopes(plan, w);
    fill_rates(plan, w);
    std::fill_n(rate, plan.size, 0.0);
    for (auto const& r : plan.radial)
        rate[r.column] +=
            r.factor * sum_of_channel(plan.channels[static_cast<std::size_t>(r.channel)],
                                      row(w.scratch.g_rate, r.channel, w), w);
    if (plan.n_moments > 0) {
        fill_moments_and_rates(plan, w);
        wide_rates(plan, w, rate);
        triple_rates(plan, w, rate);
    }
    add_pair_sums<Collect::rates>(plan, w, rate);
}

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::detail::KAMACITE_KERNELS
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kamacite::detail {
namespace KAMACITE_KERNELS {

HWY_EXPORT(Gather);
HWY_EXPORT(Move);
HWY_EXPORT(Scatter);
HWY_EXPORT(Evaluate);
HWY_EXPORT(Prepare);
HWY_EXPORT(Values);
HWY_EXPORT(Pull);
HWY_EXPORT(Tangent);

}  // namespace KAMACITE_KERNELS

template <>
void gather_atom(CentrePlan const& plan, NeighboursOfAtom const& list, std::span<int const> slot_of,
                 Workspace<KAMACITE_REAL>& w) {
    HWY_DYNAMIC_DISPATCH(KAMACITE_KERNELS::Gather)(plan, list, slot_of, w);
}

template <>
void move_atom(Workspace<KAMACITE_REAL>& w, int i, std::span<Vec3 const> displacements,
               Mat3 const& strain) {
    HWY_DYNAMIC_DISPATCH(KAMACITE_KERNELS::Move)(w, i, displacements, strain);
}

template <>
void scatter_atom(Workspace<KAMACITE_REAL>& w, int i, AtomSum* sums) {
    HWY_DYNAMIC_DISPATCH(KAMACITE_KERNELS::Scatter)(w, i, sums);
}

template <>
void evaluate_atom(CentrePlan const& plan, Workspace<KAMACITE_REAL>& w, double* g) {
    HWY_DYNAMIC_DISPATCH(KAMACITE_KERNELS::Evaluate)(plan, w, g);
}

template <>
void prepare_atom(CentrePlan const& plan, Workspace<KAMACITE_REAL>& w) {
    HWY_DYNAMIC_DISPATCH(KAMACITE_KERNELS::Prepare)(plan, w);
}

template <>
void values_of_atom(CentrePlan const& plan, Workspace<KAMACITE_REAL>& w, double* g) {
    HWY_DYNAMIC_DISPATCH(KAMACITE_KERNELS::Values)(plan, w, g);
}

template <>
void pull_back_atom(CentrePlan const& plan, Workspace<KAMACITE_REAL>& w, double const* dE_dG) {
    HWY_DYNAMIC_DISPATCH(KAMACITE_KERNELS::Pull)(plan, w, dE_dG);
}

template <>
void tangent_atom(CentrePlan const& plan, Workspace<KAMACITE_REAL>& w, double* rate) {
    HWY_DYNAMIC_DISPATCH(KAMACITE_KERNELS::Tangent)(plan, w, rate);
}

}  // namespace kamacite::detail
#endif

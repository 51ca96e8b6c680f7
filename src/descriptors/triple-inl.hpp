// Four-body functions from moments: values, gradient and rates. Work per atom, none per neighbour.
#if defined(KAMACITE_DESCRIPTORS_TRIPLE_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KAMACITE_DESCRIPTORS_TRIPLE_INL
#undef KAMACITE_DESCRIPTORS_TRIPLE_INL
#else
#define KAMACITE_DESCRIPTORS_TRIPLE_INL
#endif

#include "vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace kamacite::detail::KAMACITE_KERNELS {
namespace HWY_NAMESPACE {

/// G = Σ coefficient M_i M_j M_k of the list of products in the plan.
inline void triple_values(CentrePlan const& plan, Workspace<Real> const& w, double* g) {
    Real const* m = w.moments.get();
    for (auto const& f : plan.triple) {
        double value = 0.0;
        int t = 0;
        for (auto const& run : f.sum.runs) {
            double inner = 0.0;
            for (; t < run.end; ++t) {
                auto const n = static_cast<std::size_t>(t);
                inner += f.sum.coefficient[n] * m[f.sum.third[n]];
            }
            value += static_cast<double>(m[run.i]) * m[run.j] * inner;
        }
        g[f.column] += value;
    }
}

/// Rates of triple_values() from the moments and their rates.
inline void triple_rates(CentrePlan const& plan, Workspace<Real> const& w, double* rate) {
    Real const* m = w.moments.get();
    Real const* dm = w.scratch.moments_rate.get();
    for (auto const& f : plan.triple) {
        double value = 0.0;
        int t = 0;
        for (auto const& run : f.sum.runs) {
            double inner = 0.0;
            double inner_rate = 0.0;
            for (; t < run.end; ++t) {
                auto const n = static_cast<std::size_t>(t);
                inner += f.sum.coefficient[n] * m[f.sum.third[n]];
                inner_rate += f.sum.coefficient[n] * dm[f.sum.third[n]];
            }
            double const i = m[run.i];
            double const j = m[run.j];
            value += i * j * inner_rate + (dm[run.i] * j + i * dm[run.j]) * inner;
        }
        rate[f.column] += value;
    }
}

/// Adds ∂E/∂M of all degrees to w.scratch.moments_gradient.
inline void triple_gradient(CentrePlan const& plan, Workspace<Real>& w, double const* dE_dG) {
    Real const* m = w.moments.get();
    Real* gradient = w.scratch.moments_gradient.get();
    for (auto const& f : plan.triple) {
        double const dE = dE_dG[f.column];
        int t = 0;
        for (auto const& run : f.sum.runs) {
            double const i = dE * m[run.i];
            double const j = m[run.j];
            double const both = i * j;
            double inner = 0.0;
            for (; t < run.end; ++t) {
                auto const n = static_cast<std::size_t>(t);
                double const c = f.sum.coefficient[n];
                inner += c * m[f.sum.third[n]];
                gradient[f.sum.third[n]] += static_cast<Real>(c * both);
            }
            gradient[run.i] += static_cast<Real>(dE * j * inner);
            gradient[run.j] += static_cast<Real>(i * inner);
        }
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::detail::KAMACITE_KERNELS
HWY_AFTER_NAMESPACE();
#endif

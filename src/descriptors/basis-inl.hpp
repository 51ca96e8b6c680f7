// Monomials of the directions of neighbours, and their rates and slopes.
#if defined(KAMACITE_DESCRIPTORS_BASIS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KAMACITE_DESCRIPTORS_BASIS_INL
#undef KAMACITE_DESCRIPTORS_BASIS_INL
#else
#define KAMACITE_DESCRIPTORS_BASIS_INL
#endif

#include "monomials.hpp"
#include "vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace kamacite::detail::KAMACITE_KERNELS {
namespace HWY_NAMESPACE {

/// Monomials of degree 0 … `degree` of K vectors of directions; monomial m of vector k is at
/// (m K + k) vectors from `basis`.
template <int K>
HWY_INLINE void fill_basis(Workspace<Real> const& w, int lane, int degree, Real* basis) {
    int const n_lanes = lanes_of_vector();
    V x[K], y[K], z[K];
    for (int k = 0; k < K; ++k) {
        x[k] = load(w.ux.get() + lane + k * n_lanes);
        y[k] = load(w.uy.get() + lane + k * n_lanes);
        z[k] = load(w.uz.get() + lane + k * n_lanes);
        store(set(1.0), basis + k * n_lanes);
    }
    int const step = K * n_lanes;
    Real const* below = basis;
    for (int n = 1; n <= degree; ++n) {
        Real* out = basis + first_moment(n) * step;
        int const count = moments_of(n - 1);
        for (int m = 0; m < count; ++m)
            for (int k = 0; k < K; ++k)
                store(hn::Mul(x[k], load(below + m * step + k * n_lanes)),
                      out + m * step + k * n_lanes);
        // a = 0: the last row (s = n − 1) of the degree below, times y, and its last one times z
        Real const* last_row = below + (count - n) * step;
        Real* last_out = out + count * step;
        for (int c = 0; c < n; ++c)
            for (int k = 0; k < K; ++k)
                store(hn::Mul(y[k], load(last_row + c * step + k * n_lanes)),
                      last_out + c * step + k * n_lanes);
        for (int k = 0; k < K; ++k)
            store(hn::Mul(z[k], load(last_row + (n - 1) * step + k * n_lanes)),
                  last_out + n * step + k * n_lanes);
        below = out;
    }
}

/// Rates of the monomials from those of the directions.
template <int K>
HWY_INLINE void fill_basis_rate(Workspace<Real> const& w, int lane, int degree, Real const* basis,
                                Real* rate) {
    int const n_lanes = lanes_of_vector();
    int const step = K * n_lanes;
    for (int k = 0; k < K; ++k) {
        int const i = lane + k * n_lanes;
        V const x = load(w.ux.get() + i);
        V const y = load(w.uy.get() + i);
        V const z = load(w.uz.get() + i);
        V const dx = load(w.scratch.ux_rate.get() + i);
        V const dy = load(w.scratch.uy_rate.get() + i);
        V const dz = load(w.scratch.uz_rate.get() + i);
        store(zero(), rate + k * n_lanes);
        auto const product = [&](V u, V du, int from, int to) {
            V const b = load(basis + from * step + k * n_lanes);
            V const db = load(rate + from * step + k * n_lanes);
            store(hn::MulAdd(u, db, hn::Mul(du, b)), rate + to * step + k * n_lanes);
        };
        for (int n = 1; n <= degree; ++n) {
            int const below = first_moment(n - 1);
            int const out = first_moment(n);
            int const count = moments_of(n - 1);
            for (int m = 0; m < count; ++m) product(x, dx, below + m, out + m);
            for (int c = 0; c < n; ++c) product(y, dy, below + count - n + c, out + count + c);
            product(z, dz, below + count - 1, out + count + n);
        }
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::detail::KAMACITE_KERNELS
HWY_AFTER_NAMESPACE();
#endif

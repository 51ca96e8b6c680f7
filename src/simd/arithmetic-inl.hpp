// Loops that do nothing but arithmetic, compiled once per instruction set: instruction_set.cpp.
#include "arithmetic.hpp"

HWY_BEFORE_NAMESPACE();
namespace kamacite::detail::arithmetic {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

int64_t Target() {
    return HWY_TARGET;
}

/// Ten independent sums: more than the latency of two multiply-add units asks for, and with the
/// factors no more registers than AVX2 has. They start from memory, or the compiler would see that
/// some are equal. \returns flops
template <class Real>
HWY_INLINE double run_chains(long long rounds, Real* values) {
    hn::CappedTag<Real, 64 / sizeof(Real)> const d;
    auto const n = hn::Lanes(d);
    auto const factor = hn::Set(d, Real(0.999));
    auto const term = hn::Set(d, Real(0.001));
    auto const at = [&](std::size_t k) { return hn::Load(d, values + k * n); };
    auto s0 = at(0), s1 = at(1), s2 = at(2), s3 = at(3), s4 = at(4);
    auto s5 = at(5), s6 = at(6), s7 = at(7), s8 = at(8), s9 = at(9);
    for (long long round = 0; round < rounds; ++round) {
        s0 = hn::MulAdd(s0, factor, term);
        s1 = hn::MulAdd(s1, factor, term);
        s2 = hn::MulAdd(s2, factor, term);
        s3 = hn::MulAdd(s3, factor, term);
        s4 = hn::MulAdd(s4, factor, term);
        s5 = hn::MulAdd(s5, factor, term);
        s6 = hn::MulAdd(s6, factor, term);
        s7 = hn::MulAdd(s7, factor, term);
        s8 = hn::MulAdd(s8, factor, term);
        s9 = hn::MulAdd(s9, factor, term);
    }
    auto const keep = [&](auto s, std::size_t k) { hn::Store(s, d, values + k * n); };
    keep(s0, 0), keep(s1, 1), keep(s2, 2), keep(s3, 3), keep(s4, 4);
    keep(s5, 5), keep(s6, 6), keep(s7, 7), keep(s8, 8), keep(s9, 9);
    return 2.0 * chains * static_cast<double>(n) * static_cast<double>(rounds);
}

/// Adds a block of 6 rows and two vectors of columns of A B to C, `depth` terms of it. B comes as a
/// panel: its two vectors of columns, row after row.
template <class Real>
HWY_INLINE void add_block(Real const* a, Real const* panel, Real* c, int edge, int depth) {
    hn::CappedTag<Real, 64 / sizeof(Real)> const d;
    auto const n = hn::Lanes(d);
    using V = hn::Vec<decltype(d)>;
    V left[6], right[6];
    for (int r = 0; r < 6; ++r) left[r] = right[r] = hn::Zero(d);
    for (int k = 0; k < depth; ++k) {
        V const b0 = hn::Load(d, panel + 2 * n * k);
        V const b1 = hn::Load(d, panel + 2 * n * k + n);
        for (int r = 0; r < 6; ++r) {
            V const x = hn::Set(d, a[r * edge + k]);
            left[r] = hn::MulAdd(x, b0, left[r]);
            right[r] = hn::MulAdd(x, b1, right[r]);
        }
    }
    for (int r = 0; r < 6; ++r) {
        Real* const out = c + r * edge;
        hn::Store(hn::Add(hn::Load(d, out), left[r]), d, out);
        hn::Store(hn::Add(hn::Load(d, out + n), right[r]), d, out + n);
    }
}

/// C += A B. \returns flops
template <class Real>
HWY_INLINE double multiply(Matrices<Real>& m) {
    hn::CappedTag<Real, 64 / sizeof(Real)> const d;
    constexpr int edge = Matrices<Real>::edge;
    constexpr int depth = edge / 3;  // the panel stays in the first-level cache
    int const width = 2 * static_cast<int>(hn::Lanes(d));
    Real* const panel = m.panel.get();
    for (int from = 0; from < edge; from += depth)
        for (int column = 0; column < edge; column += width) {
            for (int k = 0; k < depth; ++k)
                std::copy_n(m.b.get() + (from + k) * edge + column, width, panel + k * width);
            for (int row = 0; row < edge; row += 6)
                add_block(m.a.get() + row * edge + from, panel, m.c.get() + row * edge + column,
                          edge, depth);
        }
    return 2.0 * edge * edge * edge;
}

double ChainsOfDouble(long long rounds, double* values) {
    return run_chains(rounds, values);
}
double ChainsOfFloat(long long rounds, float* values) {
    return run_chains(rounds, values);
}
double ProductOfDouble(Matrices<double>& m) {
    return multiply(m);
}
double ProductOfFloat(Matrices<float>& m) {
    return multiply(m);
}

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::detail::arithmetic
HWY_AFTER_NAMESPACE();

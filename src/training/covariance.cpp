#include "covariance.hpp"

#include <algorithm>
#include <array>

#include "kamacite/core/error.hpp"
#include "kamacite/simd/targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "training/covariance.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kamacite::training {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<double, 8>;
using V = hn::Vec<D>;
constexpr int lanes = static_cast<int>(hn::MaxLanes(D{}));
constexpr int vectors = measurements / lanes;
constexpr int height = lanes == 8 ? 4 : 2;  // rows at a time, so that all sums are in registers
static_assert(vectors * lanes == measurements);

/// out(r, s) = Σ_c p(r, c) h(c, s) for `rows` rows r.
template <int rows>
HWY_INLINE void multiply_rows(double const* p, long n, double const* h, double* out) {
    D const d;
    V sum[rows][vectors];
    for (auto& row : sum)
        for (auto& v : row) v = hn::Zero(d);
    for (long c = 0; c < n; ++c)
        for (int k = 0; k < vectors; ++k) {
            V const x = hn::LoadU(d, h + c * measurements + k * lanes);
            for (int r = 0; r < rows; ++r)
                sum[r][k] = hn::MulAdd(hn::Set(d, p[r * n + c]), x, sum[r][k]);
        }
    for (int r = 0; r < rows; ++r)
        for (int k = 0; k < vectors; ++k)
            hn::StoreU(sum[r][k], d, out + r * measurements + k * lanes);
}

void multiply_all(double const* p, long rows, long n, double const* h, double* out) {
    long r = 0;
    for (; r + height <= rows; r += height)
        multiply_rows<height>(p + r * n, n, h, out + r * measurements);
    for (; r < rows; ++r) multiply_rows<1>(p + r * n, n, h, out + r * measurements);
}

/// p(r, c) ← (p(r, c) − Σ_s a(r, s) b(s, c)) · factor for `rows` rows and one vector of columns.
template <int rows>
HWY_INLINE void subtract_columns(double* p, long n, double const* a, double const* b, long b_stride,
                                 V factor) {
    D const d;
    V x[rows];
    for (int r = 0; r < rows; ++r) x[r] = hn::LoadU(d, p + r * n);
    for (int s = 0; s < measurements; ++s) {
        V const y = hn::LoadU(d, b + s * b_stride);
        for (int r = 0; r < rows; ++r)
            x[r] = hn::NegMulAdd(hn::Set(d, a[r * measurements + s]), y, x[r]);
    }
    for (int r = 0; r < rows; ++r) hn::StoreU(hn::Mul(x[r], factor), d, p + r * n);
}

template <int rows>
HWY_INLINE void subtract_rows(double* p, long n, double const* a, double const* b, V factor) {
    long c = 0;
    for (; c + lanes <= n; c += lanes) subtract_columns<rows>(p + c, n, a, b + c, n, factor);
    // What is left of the columns, in a vector of its own.
    auto const left = static_cast<std::size_t>(n - c);
    if (left == 0) return;
    std::array<double, std::size_t{rows} * lanes> some{};
    std::array<double, std::size_t{measurements} * lanes> its{};
    for (int r = 0; r < rows; ++r) std::copy_n(p + r * n + c, left, some.begin() + r * lanes);
    for (int s = 0; s < measurements; ++s)
        std::copy_n(b + s * n + c, left, its.begin() + s * lanes);
    subtract_columns<rows>(some.data(), lanes, a, its.data(), lanes, factor);
    for (int r = 0; r < rows; ++r) std::copy_n(some.begin() + r * lanes, left, p + r * n + c);
}

void subtract_all(double* p, long rows, long n, double const* a, double const* b, double factor) {
    V const f = hn::Set(D{}, factor);
    long r = 0;
    for (; r + height <= rows; r += height)
        subtract_rows<height>(p + r * n, n, a + r * measurements, b, f);
    for (; r < rows; ++r) subtract_rows<1>(p + r * n, n, a + r * measurements, b, f);
}

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::training
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kamacite::training {

HWY_EXPORT(multiply_all);
HWY_EXPORT(subtract_all);

void multiply(Matrix const& p, Matrix const& h_transposed, Matrix& out) {
    KAMACITE_EXPECTS(h_transposed.cols() == measurements && h_transposed.rows() == p.cols());
    out.resize(p.rows(), measurements);
    HWY_DYNAMIC_DISPATCH(multiply_all)
    (p.data(), p.rows(), p.cols(), h_transposed.data(), out.data());
}

void subtract(Matrix& p, Matrix const& a, Matrix const& b, double factor) {
    KAMACITE_EXPECTS(a.rows() == p.rows() && a.cols() == measurements && b.cols() == p.cols() &&
                     b.rows() == measurements);
    HWY_DYNAMIC_DISPATCH(subtract_all)(p.data(), p.rows(), p.cols(), a.data(), b.data(), factor);
}

}  // namespace kamacite::training
#endif

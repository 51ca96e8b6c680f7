#include "near_in_block.hpp"

#include <bit>
#include <cstdint>

#include "kamacite/simd/targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "neighbours/near_in_block.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kamacite::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Writes those of the numbers behind `from` that the mask names, one beside the other, and rubbish
/// behind them. \returns how many they are
template <class D, class M>
HWY_INLINE int store_kept(D d, M mask, int const* from, int* out) {
#if HWY_TARGET <= HWY_AVX3
    // Highway 1.0.3 takes the mask through memory; and to memory the instruction itself is slow
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi32(mask.raw, _mm512_loadu_si512(from)));
    return static_cast<int>(hn::CountTrue(d, mask));
#else
    std::uint64_t bits = 0;
    hn::StoreMaskBits(d, mask, reinterpret_cast<std::uint8_t*>(&bits));
    int n = 0;
    for (; bits != 0; bits &= bits - 1) out[n++] = from[std::countr_zero(bits)];
    return n;
#endif
}

int find_near_all(Gathered const& atoms, Search const& search, std::span<int const> ranges,
                  int* out, bool& on_point) {
    hn::ScalableTag<float> const d;
    hn::RebindToSigned<decltype(d)> const di;
    auto const lanes = static_cast<int>(hn::Lanes(d));
    auto const x = hn::Set(d, search.x), y = hn::Set(d, search.y), z = hn::Set(d, search.z);
    auto const limit = hn::Set(d, atoms.limit2), point = hn::Set(d, atoms.point2);
    auto const self = hn::Set(di, search.self);
    auto nearest = limit;
    int n = 0;
    for (std::size_t r = 0; r < ranges.size(); r += 2) {
        int const end = ranges[r + 1];
        for (int p = ranges[r]; p < end; p += lanes) {
            auto const dx = hn::Sub(hn::LoadU(d, atoms.x + p), x);
            auto const dy = hn::Sub(hn::LoadU(d, atoms.y + p), y);
            auto const dz = hn::Sub(hn::LoadU(d, atoms.z + p), z);
            auto const d2 = hn::MulAdd(dx, dx, hn::MulAdd(dy, dy, hn::Mul(dz, dz)));
            auto const place = hn::LoadU(di, atoms.place + p);
            auto const other = hn::RebindMask(d, hn::Ne(place, self));
            auto mask = hn::And(hn::Lt(d2, limit), other);
            if (end - p < lanes)
                mask = hn::And(mask, hn::FirstN(d, static_cast<std::size_t>(end - p)));
            nearest = hn::Min(nearest, hn::IfThenElse(mask, d2, limit));
            n += store_kept(d, mask, atoms.place + p, out + n);
        }
    }
    on_point = !hn::AllFalse(d, hn::Lt(nearest, point));
    return n;
}

int find_vectors_all(std::span<int const> atoms, double const* positions, int centre, double limit2,
                     Vectors const& out) {
    double const* const r = positions + 3 * static_cast<std::ptrdiff_t>(centre);
    std::size_t n = 0, e = 0;
#if HWY_TARGET <= HWY_AVX3
    auto const cx = _mm512_set1_pd(r[0]), cy = _mm512_set1_pd(r[1]), cz = _mm512_set1_pd(r[2]);
    auto const limit = _mm512_set1_pd(limit2);
    for (; e < atoms.size(); e += 8) {
        auto const left = atoms.size() - e;
        auto const some = static_cast<__mmask8>(left < 8 ? (1U << left) - 1U : 255U);
        auto const atom = _mm256_maskz_loadu_epi32(some, atoms.data() + e);
        auto const place = _mm256_add_epi32(atom, _mm256_add_epi32(atom, atom));
        auto const x = _mm512_sub_pd(_mm512_i32gather_pd(place, positions, 8), cx);
        auto const y = _mm512_sub_pd(_mm512_i32gather_pd(place, positions + 1, 8), cy);
        auto const z = _mm512_sub_pd(_mm512_i32gather_pd(place, positions + 2, 8), cz);
        auto const d2 = _mm512_fmadd_pd(x, x, _mm512_fmadd_pd(y, y, _mm512_mul_pd(z, z)));
        auto const near = _mm512_mask_cmp_pd_mask(some, d2, limit, _CMP_LT_OQ);
        _mm512_storeu_pd(out.x + n, _mm512_maskz_compress_pd(near, x));
        _mm512_storeu_pd(out.y + n, _mm512_maskz_compress_pd(near, y));
        _mm512_storeu_pd(out.z + n, _mm512_maskz_compress_pd(near, z));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out.atom + n),
                            _mm256_maskz_compress_epi32(near, atom));
        n += static_cast<std::size_t>(std::popcount(static_cast<unsigned>(near)));
    }
#else
    for (; e < atoms.size(); ++e) {
        double const* const s = positions + 3 * static_cast<std::ptrdiff_t>(atoms[e]);
        double const x = s[0] - r[0], y = s[1] - r[1], z = s[2] - r[2];
        out.x[n] = x;
        out.y[n] = y;
        out.z[n] = z;
        out.atom[n] = atoms[e];
        // no branch: the entry is overwritten if it is too far
        n += x * x + y * y + z * z < limit2 ? 1 : 0;
    }
#endif
    return static_cast<int>(n);
}

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kamacite::detail {

HWY_EXPORT(find_near_all);
HWY_EXPORT(find_vectors_all);

int find_near(Gathered const& atoms, Search const& search, std::span<int const> ranges, int* out,
              bool& on_point) {
    return HWY_DYNAMIC_DISPATCH(find_near_all)(atoms, search, ranges, out, on_point);
}

int find_vectors(std::span<int const> atoms, double const* positions, int centre, double limit2,
                 Vectors const& out) {
    return HWY_DYNAMIC_DISPATCH(find_vectors_all)(atoms, positions, centre, limit2, out);
}

}  // namespace kamacite::detail
#endif

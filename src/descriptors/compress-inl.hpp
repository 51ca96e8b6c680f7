// Lanes that a mask names, one beside the other, and back.
#if defined(KAMACITE_DESCRIPTORS_COMPRESS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KAMACITE_DESCRIPTORS_COMPRESS_INL
#undef KAMACITE_DESCRIPTORS_COMPRESS_INL
#else
#define KAMACITE_DESCRIPTORS_COMPRESS_INL
#endif

#include <array>
#include <bit>
#include <cstdint>

#include "vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace kamacite::detail::KAMACITE_KERNELS {
namespace HWY_NAMESPACE {

// compress(v, mask): the lanes of v that the mask names, one beside the other; rubbish behind them.
// bits_of(mask): bit n is set if lane n is named.
// expand(from, bits): numbers that stand one beside the other, each in its lane, 0 in the others;
// a whole vector is read.
#if HWY_TARGET <= HWY_AVX3
// Highway 1.0.3 takes the mask through memory
HWY_INLINE __m512d compressed(__mmask8 mask, __m512d v) {
    return _mm512_maskz_compress_pd(mask, v);
}
HWY_INLINE __m512 compressed(__mmask16 mask, __m512 v) {
    return _mm512_maskz_compress_ps(mask, v);
}
HWY_INLINE __m512d expanded(unsigned bits, double const* from) {
    return _mm512_maskz_expandloadu_pd(static_cast<__mmask8>(bits), from);
}
HWY_INLINE __m512 expanded(unsigned bits, float const* from) {
    return _mm512_maskz_expandloadu_ps(static_cast<__mmask16>(bits), from);
}
template <class M>
HWY_INLINE unsigned bits_of(M mask) {
    return static_cast<unsigned>(mask.raw);
}
template <class M>
HWY_INLINE V compress(V v, M mask) {
    return V{compressed(mask.raw, v.raw)};
}
HWY_INLINE V expand(Real const* from, unsigned bits) {
    return V{expanded(bits, from)};
}

#elif HWY_TARGET == HWY_AVX2
/// For each mask, where the 32-bit parts of a vector come from: a permutation and its inverse.
/// Highway 1.0.3 copies its table to the stack on every call.
struct Permutations {
    static constexpr int lanes = 32 / static_cast<int>(sizeof(Real));
    static constexpr int parts = 8 / lanes;  // of a lane
    alignas(64) std::array<std::array<std::uint8_t, 8>, std::size_t{1} << lanes> compress{},
        expand{};
    constexpr Permutations() {
        for (unsigned mask = 0; mask < compress.size(); ++mask)
            for (unsigned lane = 0, at = 0; lane < lanes; ++lane) {
                if ((mask >> lane & 1U) == 0U) continue;
                for (unsigned part = 0; part < parts; ++part) {
                    compress[mask][at * parts + part] =
                        static_cast<std::uint8_t>(lane * parts + part);
                    expand[mask][lane * parts + part] =
                        static_cast<std::uint8_t>(at * parts + part);
                }
                ++at;
            }
    }
};
inline constexpr Permutations permutations;

HWY_INLINE __m256i places(std::array<std::uint8_t, 8> const& bytes) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<__m128i const*>(bytes.data())));
}
HWY_INLINE __m256d permuted(__m256d v, __m256i from) {
    return _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(v), from));
}
HWY_INLINE __m256 permuted(__m256 v, __m256i from) {
    return _mm256_permutevar8x32_ps(v, from);
}
HWY_INLINE unsigned sign_bits(__m256d v) {
    return static_cast<unsigned>(_mm256_movemask_pd(v));
}
HWY_INLINE unsigned sign_bits(__m256 v) {
    return static_cast<unsigned>(_mm256_movemask_ps(v));
}
template <class M>
HWY_INLINE unsigned bits_of(M mask) {
    return sign_bits(mask.raw);
}
template <class M>
HWY_INLINE V compress(V v, M mask) {
    return V{permuted(v.raw, places(permutations.compress[bits_of(mask)]))};
}
HWY_INLINE V expand(Real const* from, unsigned bits) {
    D const d;
    hn::RebindToSigned<D> const integer;
    using Integer = hn::TFromD<decltype(integer)>;
    alignas(32) static constexpr Integer names[8] = {1, 2, 4, 8, 16, 32, 64, 128};
    auto const name = hn::Load(integer, names);
    auto const named = hn::Eq(hn::And(hn::Set(integer, static_cast<Integer>(bits)), name), name);
    V const v{permuted(hn::LoadU(d, from).raw, places(permutations.expand[bits]))};
    return hn::IfThenElseZero(hn::RebindMask(d, named), v);
}

#else
template <class M>
HWY_INLINE unsigned bits_of(M mask) {
    std::uint64_t bits = 0;
    hn::StoreMaskBits(D{}, mask, reinterpret_cast<std::uint8_t*>(&bits));
    return static_cast<unsigned>(bits);
}
template <class M>
HWY_INLINE V compress(V v, M mask) {
    return hn::Compress(v, mask);
}
HWY_INLINE V expand(Real const* from, unsigned bits) {
    HWY_ALIGN Real lanes[lane_block<Real>] = {};
    for (unsigned rest = bits; rest != 0; rest &= rest - 1) lanes[std::countr_zero(rest)] = *from++;
    return load(lanes);
}
#endif

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::detail::KAMACITE_KERNELS
HWY_AFTER_NAMESPACE();
#endif

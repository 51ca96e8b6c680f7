#pragma once
#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <cstddef>

namespace kamacite::detail::arithmetic {

inline constexpr int chains = 10;  ///< sums at a time

/// Numbers that the chains of multiply-adds start from and end with, for the widest vector.
template <class Real>
inline constexpr std::size_t chain_values = chains*(64 / sizeof(Real));

/// Three square matrices, row-major, with an edge that the blocks of any vector divide.
template <class Real>
struct Matrices {
    static constexpr int edge = 480;
    static constexpr std::size_t size = std::size_t{edge} * edge;

    hwy::AlignedFreeUniquePtr<Real[]> a = hwy::AllocateAligned<Real>(size);
    hwy::AlignedFreeUniquePtr<Real[]> b = hwy::AllocateAligned<Real>(size);
    hwy::AlignedFreeUniquePtr<Real[]> c = hwy::AllocateAligned<Real>(size);
    hwy::AlignedFreeUniquePtr<Real[]> panel = hwy::AllocateAligned<Real>(size);

    Matrices() {
        std::fill_n(a.get(), size, Real(1.0 / edge));
        std::fill_n(b.get(), size, Real{1});
        std::fill_n(c.get(), size, Real{0});
    }
};

}  // namespace kamacite::detail::arithmetic

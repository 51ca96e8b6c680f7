#include "kamacite/simd/denormals.hpp"

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace kamacite {

#if defined(__SSE2__)
FlushDenormals::FlushDenormals(Precision precision) noexcept : before_{_mm_getcsr()} {
    constexpr unsigned results = 0x8000;    // FTZ
    constexpr unsigned arguments = 0x0040;  // DAZ
    if (precision == Precision::mixed) _mm_setcsr(before_ | results | arguments);
}
FlushDenormals::~FlushDenormals() {
    _mm_setcsr(before_);
}
#else
FlushDenormals::FlushDenormals(Precision) noexcept {}
FlushDenormals::~FlushDenormals() = default;
#endif

}  // namespace kamacite

#pragma once
/// \file
/// For the files that Highway compiles once per instruction set: include it before Highway.
///
/// The scalable vectors of ARM and RISC-V have no size at compile time, so that there are no arrays
/// of them; those machines use their fixed-size vectors. Of x86, AVX-512 and AVX2 are worth the
/// time to compile; older processors get the portable code.
#define HWY_DISABLED_TARGETS \
    (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | HWY_SSSE3 | HWY_SSE4)

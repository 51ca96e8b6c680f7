#define KAMACITE_REAL float
#define KAMACITE_KERNELS kernels_of_float
#include "kamacite/simd/targets.hpp"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "descriptors/kernels_float.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels-inl.hpp"

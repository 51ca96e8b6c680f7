#define KAMACITE_REAL double
#define KAMACITE_KERNELS kernels_of_double
#include "kamacite/simd/targets.hpp"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "descriptors/kernels_double.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels-inl.hpp"

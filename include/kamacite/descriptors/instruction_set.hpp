#pragma once
#include <string>

#include "kamacite/descriptors/pass.hpp"

namespace kamacite {

/// The vector instructions that the kernels use on this processor, by Highway's name: "AVX3" and
/// what begins with it is AVX-512, "EMU128" is the portable code.
[[nodiscard]] std::string instruction_set();

/// Arithmetic of one core, measured now, in the instructions of instruction_set() [flop/s].
struct ArithmeticRate {
    double registers;       ///< multiply-adds on registers alone: no kernel can be faster
    double matrix_product;  ///< C += A B of 480 × 480 matrices, blocked for registers and cache
};
/// Takes about 0.2 s. In single precision if `precision` is mixed. The best of many tries counts.
[[nodiscard]] ArithmeticRate measured_arithmetic_rate(Precision precision);

}  // namespace kamacite

#pragma once
#include <string>
#include <vector>

#include "kamacite/simd/precision.hpp"

namespace kamacite {

/// Vector instructions that the kernels have and this processor too, the widest first: of "avx512",
/// "avx2", "neon" and others, and last "portable", which is what the compiler makes for any
/// processor of the kind.
[[nodiscard]] std::vector<std::string> instruction_sets();

/// The one of them that the kernels use: the first, unless UseInstructionSet says otherwise.
[[nodiscard]] std::string instruction_set();

/// Lets all kernels of this process use one instruction set, until it goes out of scope: to compare
/// them.
class UseInstructionSet {
public:
    /// \param name  one of instruction_sets() \throws UsageError that names them
    explicit UseInstructionSet(std::string const& name);
    ~UseInstructionSet();
    UseInstructionSet(UseInstructionSet const&) = delete;
    UseInstructionSet& operator=(UseInstructionSet const&) = delete;
};

/// Arithmetic of one core, measured now, in the instructions of instruction_set() [flop/s].
struct ArithmeticRate {
    double registers;       ///< multiply-adds on registers alone: no kernel can be faster
    double matrix_product;  ///< C += A B of 480 × 480 matrices, blocked for registers and cache
};
/// Takes about 0.2 s. In single precision if `precision` is mixed. The best of many tries counts.
[[nodiscard]] ArithmeticRate measured_arithmetic_rate(Precision precision);

}  // namespace kamacite

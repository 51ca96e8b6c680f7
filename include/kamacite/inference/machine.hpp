#pragma once
#include <optional>
#include <string>

#include "kamacite/simd/instruction_set.hpp"

namespace kamacite::inference {

/// Name of the processor as the operating system gives it, "unknown" if it gives none.
[[nodiscard]] std::string processor_name();

/// What this process gets from one core, all measured now.
struct MachineRates {
    ArithmeticRate arithmetic;  ///< in the kernels' instructions [flop/s]
    double eigen_product;       ///< Eigen's matrix product, 512 × 512, as built [flop/s]
    double bandwidth;           ///< a_i = b_i + s c_i over 64 MiB, 24 bytes per i [B/s]
};
/// Takes about half a second. In single precision if `precision` is mixed.
[[nodiscard]] MachineRates measured_rates(Precision precision);

/// Memory that a stretch of work makes resident beyond what was there [B].
class MemoryGrowth {
public:
    MemoryGrowth();  ///< the stretch begins; freed memory is given back to the system first

    /// The largest so far; nothing where the system does not tell (other than Linux, or a sandbox
    /// in which the high-water mark cannot be reset).
    [[nodiscard]] std::optional<double> largest() const;

private:
    std::optional<double> before_;
};

}  // namespace kamacite::inference

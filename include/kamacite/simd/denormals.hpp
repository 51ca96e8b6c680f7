#pragma once
#include "kamacite/simd/precision.hpp"

namespace kamacite {

/// While it lives, and in mixed precision, this thread takes denormal numbers for zero and gives
/// zero for them; what was the rule before is the rule again after. Arithmetic on denormals takes a
/// hundred times as long, and in single precision weights near a cutoff reach them; in double they
/// do not, and nothing changes. On processors other than x86 nothing changes either.
class FlushDenormals {
public:
    explicit FlushDenormals(Precision precision) noexcept;
    ~FlushDenormals();
    FlushDenormals(FlushDenormals const&) = delete;
    FlushDenormals& operator=(FlushDenormals const&) = delete;

private:
    unsigned before_ = 0;
};

}  // namespace kamacite

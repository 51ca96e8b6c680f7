#pragma once
#include <array>
#include <cstdint>

namespace kamacite::generate {

/// Point `index` of the six-dimensional Sobol sequence, each coordinate in [0, 1).
///
///     x_j(i) = ⊕ over the bits b of the Gray code i ⊕ (i >> 1) of v_j,b / 2³²
///
/// A low-discrepancy sequence: of its first 2ᵏ points exactly one lies in each of the 2ᵏ equal
/// intervals of each coordinate. A pure function of `index`, which is below 2³².
/// Source: Sobol (1967); order of Antonov and Saleev (1979); direction numbers new-joe-kuo-6 of
/// Joe and Kuo, SIAM J. Sci. Comput. 30, 2635 (2008).
[[nodiscard]] std::array<double, 6> sobol_point(std::uint32_t index);

}  // namespace kamacite::generate

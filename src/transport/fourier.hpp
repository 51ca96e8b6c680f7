#pragma once
#include <complex>
#include <vector>

/// \file
/// Fourier transforms of real series.

namespace kamacite::transport {

/// The largest 2^a 3^b 5^c, a ≥ 1, that is at most n; n ≥ 2. Transforms of such lengths are fast.
[[nodiscard]] int fast_length(int n);

/// Σ_n x_n e^{−2πikn/N}, k = 0 … N/2, of an even number of values.
[[nodiscard]] std::vector<std::complex<double>> transform(std::vector<double> const& x);

/// The inverse: N = 2(size − 1) values.
[[nodiscard]] std::vector<double> inverse_transform(std::vector<std::complex<double>> const& half);

}  // namespace kamacite::transport

#pragma once
// Private to the module: the two products that a Kalman filter spends its time on. Every row is
// treated by itself, in one order, so that the bits do not depend on how P is cut.
#include "kamacite/core/types.hpp"

namespace kamacite::training {

inline constexpr int measurements = 16;  ///< that are taken at once

/// out = P Hᵀ for some rows of P.
/// \param p  (rows, n); \param h_transposed  (n, measurements); \param out  (rows, measurements)
void multiply(Matrix const& p, Matrix const& h_transposed, Matrix& out);

/// P ← (P − A B) · factor for some rows of P.
/// \param p  (rows, n); \param a  (rows, measurements); \param b  (measurements, n)
void subtract(Matrix& p, Matrix const& a, Matrix const& b, double factor);

}  // namespace kamacite::training

#pragma once
#include <string>

#include "kamacite/core/types.hpp"

namespace kamacite {

/// Function applied to the weighted sum of a unit. All but relu are smooth (C^∞).
///
///     linear x    tanh tanh x    silu x s(x)    softplus ln(1 + eˣ)    sigmoid s(x) = 1/(1 + e⁻ˣ)
///     relu   max(0, x): its slope jumps, so nothing is trained with it where slopes are forces
///     gaussian exp(−x²/2)    cosine cos x    reversed_sigmoid 1 − s(x)
///     exponential e⁻ˣ        square x²       of models read from n2p2
enum class Activation : int {
    linear = 0,
    tanh = 1,
    silu = 2,
    softplus = 3,
    sigmoid = 4,
    relu = 5,
    gaussian = 6,
    cosine = 7,
    reversed_sigmoid = 8,
    exponential = 9,
    square = 10,
};
inline constexpr int number_of_activations = 11;  ///< their values are 0 … 10

[[nodiscard]] std::string name_of(Activation activation);         ///< e.g. "silu"
[[nodiscard]] Activation activation_of(std::string const& name);  ///< \throws InputError
/// Whether its slope is continuous, as forces need it.
[[nodiscard]] constexpr bool is_smooth(Activation a) {
    return a != Activation::relu;
}

/// f, f′ and f″ of every entry of x, in one go.
/// \param x       any shape
/// \param value   f(x), \param slope f′(x), \param curvature f″(x): resized to the shape of x
void apply(Activation activation, Matrix const& x, Matrix& value, Matrix& slope, Matrix& curvature);

/// f and f′ only.
void apply(Activation activation, Matrix const& x, Matrix& value, Matrix& slope);

}  // namespace kamacite

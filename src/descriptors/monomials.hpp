#pragma once
#include <array>

namespace kamacite::detail {

/// Monomials x^a y^b z^c of degree n = a + b + c stand degree by degree, and within a degree at
///
///     index(a, b, c) = s (s + 1)/2 + c,   s = b + c,
///
/// which does not depend on a: multiplying by x leaves the index as it is, multiplying by y adds
/// s + 1, multiplying by z adds s + 2.
inline constexpr int largest_degree = 16;
inline constexpr int largest_power = 4;  ///< of a cosine in a four-body function

constexpr int moments_of(int degree) {  ///< number of monomials of a degree
    return (degree + 1) * (degree + 2) / 2;
}
constexpr int moments_up_to(int degree) {  ///< number of monomials of degree 0 … degree
    return degree < 0 ? 0 : (degree + 1) * (degree + 2) * (degree + 3) / 6;
}
constexpr int first_moment(int degree) {  ///< where the monomials of a degree start
    return moments_up_to(degree - 1);
}

template <class Real>
struct MonomialTables {
    /// n!/(a! b! c!)
    std::array<Real, moments_up_to(largest_degree)> multinomial{};
    /// a + 1, b + 1, c + 1: the factors of the derivative of the monomial one degree above
    std::array<Real, moments_up_to(largest_degree)> x_power{}, y_power{}, z_power{};
};

template <class Real>
constexpr MonomialTables<Real> make_monomial_tables() {
    MonomialTables<Real> t;
    std::array<double, largest_degree + 1> factorial{1.0};
    for (std::size_t n = 1; n < factorial.size(); ++n)
        factorial[n] = factorial[n - 1] * static_cast<double>(n);
    std::size_t at = 0;
    for (std::size_t n = 0; n <= largest_degree; ++n)
        for (std::size_t s = 0; s <= n; ++s)
            for (std::size_t c = 0; c <= s; ++c, ++at) {
                t.multinomial[at] = static_cast<Real>(
                    factorial[n] / (factorial[n - s] * factorial[s - c] * factorial[c]));
                t.x_power[at] = static_cast<Real>(n - s + 1);
                t.y_power[at] = static_cast<Real>(s - c + 1);
                t.z_power[at] = static_cast<Real>(c + 1);
            }
    return t;
}

template <class Real>
inline constexpr MonomialTables<Real> monomial_tables = make_monomial_tables<Real>();

}  // namespace kamacite::detail

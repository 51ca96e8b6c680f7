#pragma once

namespace kamacite::magnetism {

/// The temperature at which classical spins are as ordered as quantum ones are at T.
///
///     T_sim = T_c,sim (T/T_c)^α
///
/// Classical spins lose their order linearly with T, quantum ones by a higher power. α is fitted to
/// the measured M(T) of an element, so what follows is no prediction of M(T) far from it.
/// \param temperature  T [K], ≥ 0
/// \param curie        T_c [K] that the result is to have, positive
/// \param simulated    T_c,sim [K] of the classical spins, positive
/// \param alpha        α; 1: classical
/// Source: Evans, Atxitia, Chantrell, Phys. Rev. B 91, 144425 (2015); arXiv:1409.7397.
[[nodiscard]] double classical_temperature(double temperature, double curie, double simulated,
                                           double alpha);

/// α of iron. Source: as classical_temperature(), table I.
inline constexpr double alpha_iron = 2.876;

/// A measured magnetisation in closed form.
///
///     M(T)/M(0) = [1 − s τ^{3/2} − (1 − s) τ^p]^{1/3},   τ = T/T_c
struct Kuzmin {
    double curie;  ///< T_c [K], positive
    double s;      ///< 0 … 1: of spin waves, which rule at low temperatures
    double p;      ///< above 3/2
};
/// Bcc iron: T_c = 1043 K, s = 0.35, p = 4.
/// Source: Kuz'min, Phys. Rev. Lett. 94, 107204 (2005).
[[nodiscard]] constexpr Kuzmin kuzmin_iron() {
    return {1043.0, 0.35, 4.0};
}

/// M(T)/M(0); 0 from T_c on.
/// \param temperature  [K], ≥ 0
[[nodiscard]] double kuzmin(double temperature, Kuzmin const& curve);

}  // namespace kamacite::magnetism

#pragma once
#include <functional>
#include <span>
#include <vector>

#include "kamacite/structure/structure.hpp"

namespace kamacite::magnetism {

/// Which spins act on which, and how strongly: J_ij of
///
///     H = −Σ_{i≠j} J_ij e_i · e_j,   |e_i| = 1
///
/// where every pair counts twice, as in Liechtenstein's formula. A Hamiltonian that counts pairs
/// once has couplings twice as large. One list per atom, end to end; every image is an entry.
class Exchange {
public:
    Exchange() = default;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(first_.size()) - 1; }
    [[nodiscard]] std::span<int const> neighbours_of(int i) const;
    [[nodiscard]] std::span<double const> couplings_of(int i) const;  ///< J_ij [eV], as long

    void add(int atom, double coupling);  ///< one more neighbour of the atom being listed
    void close_atom();                    ///< what add() gives next belongs to the next atom

private:
    std::vector<int> first_{0};  // first_[i] .. first_[i+1]: the entries of atom i
    std::vector<int> atom_;
    std::vector<double> coupling_;
    // Where all atoms have the couplings of the first, as in a crystal of one element, these alone
    // are kept: they stay in the nearest cache.
    bool shared_ = true;
};

/// Couplings of two elements by shells: J of the nearest pairs of these elements, of the next …
struct Shells {
    int first = 0, second = 0;      ///< atomic numbers; 0: any element
    std::vector<double> couplings;  ///< J [eV]
};

/// Exchange by shells in a crystal. A shell is all pairs of the two elements that have one
/// distance; distances are one if they differ by less than a thousandth.
/// \param crystal  large enough that no atom is its own neighbour
/// \throws InputError if shells name a pair of elements twice or none; DataError if the crystal is
///         too small, or the structure has no shells (atoms displaced)
[[nodiscard]] Exchange exchange_by_shells(Structure const& crystal, std::span<Shells const> shells);

/// Exchange as a function of distance, as Bethe and Slater have it.
///
///     J(r) = 4 α (r/δ)² [1 − γ (r/δ)²] exp(−(r/δ)²)
///
/// Source: Kaneyoshi, Introduction to Amorphous Magnets (1992); Tranchida, Plimpton, Thibaudeau,
/// Thompson, J. Comput. Phys. 372, 406 (2018), whose Hamiltonian counts pairs twice too.
struct BetheSlater {
    double alpha = 0.0;  ///< α [eV]
    double delta = 1.0;  ///< δ [Å], positive
    double gamma = 0.0;  ///< γ, dimensionless

    [[nodiscard]] double operator()(double r) const;  ///< J(r) [eV]
};

/// Exchange of all pairs closer than a cutoff, in any structure: atoms need not be in their places.
/// \param coupling  J(r) [eV] of a distance [Å]
/// \param cutoff    [Å], positive
/// \throws DataError if an atom is its own neighbour: the structure is too small
[[nodiscard]] Exchange exchange_by_distance(Structure const& s,
                                            std::function<double(double)> const& coupling,
                                            double cutoff);

/// Curie temperature of the mean field.
///
///     k_B T = ⅔ λ,   λ the eigenvalue of J_ij whose vector is nearest to all spins parallel
///
/// In a crystal with one kind of atom λ = Σ_j J_0j. Fluctuations lower the true one, in iron by a
/// third.
/// \returns [K]; ≤ 0 if the parallel state is not favoured
/// \throws NumericalError if the vector is not found
[[nodiscard]] double mean_field_temperature(Exchange const& exchange);

}  // namespace kamacite::magnetism

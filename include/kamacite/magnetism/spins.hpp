#pragma once
#include <vector>

#include "kamacite/core/random.hpp"
#include "kamacite/magnetism/exchange.hpp"

namespace kamacite::magnetism {

/// Classical spins in thermal contact with a bath, updated one after the other.
///
///     H = −Σ_{i≠j} J_ij e_i · e_j − Σ_i b · e_i
///
/// All that is random comes from the stream given, so the same stream gives the same bits.
class Spins {
public:
    /// All spins along z.
    /// \param exchange     must outlive the spins
    /// \param temperature  [K], positive
    /// \param field        b [eV]: moment times magnetic field
    Spins(Exchange const& exchange, double temperature, RandomStream random,
          Vec3 field = Vec3::Zero());

    [[nodiscard]] int size() const noexcept { return static_cast<int>(spins_.size()); }
    [[nodiscard]] Vec3 spin(int i) const;
    void set(int i, Vec3 const& spin);  ///< made a unit vector; not zero
    void randomise();                   ///< all directions alike

    /// Every spin is drawn anew from its distribution with the others held: density
    /// ∝ exp(h·e/k_B T), h_i = 2 Σ_j J_ij e_j + b. The order of the spins is fixed, so that a sweep
    /// leaves the canonical distribution as it is. Source: Miyatake, Yamamoto, Kim, Toyonaga,
    /// Nagai, J. Phys. C 19, 2539 (1986).
    void heat_bath();
    /// Every spin is turned by half a turn about its field h_i: the energy stays, the state moves
    /// far. Not ergodic alone. Source: Creutz, Phys. Rev. D 36, 515 (1987).
    void over_relax();

    [[nodiscard]] Vec3 mean() const;      ///< Σ e_i/N
    [[nodiscard]] double energy() const;  ///< H [eV], summed anew
    /// H [eV] as it is carried along by the updates: rounding apart, energy().
    [[nodiscard]] double carried_energy() const noexcept { return energy_; }

private:
    // Four numbers, so that a spin is a whole number of vector registers.
    struct alignas(32) Spin {
        double x, y, z, unused;
    };
    [[nodiscard]] Spin field_of(int i) const;

    Exchange const* exchange_;
    double thermal_;  // k_B T [eV]
    RandomStream random_;
    Vec3 field_;
    std::vector<Spin> spins_;
    double energy_;
};

}  // namespace kamacite::magnetism

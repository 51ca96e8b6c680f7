#pragma once
#include "kamacite/potential/potential.hpp"

namespace kamacite {

/// Lennard-Jones pairs, the same for all elements, switched off smoothly:
///
///     E_i = ½ Σ_j φ(r_ij) s(r_ij),   φ(r) = 4ε [(σ/r)¹² − (σ/r)⁶]
///     s(r) = 1 for r ≤ r_s,  y³ (10 − 15y + 6y²) with y = (r_c − r)/(r_c − r_s) from there to r_c
///
/// Its numbers are in the literature, so that what is built on Potential can be tested with it.
class LennardJones final : public Potential {
public:
    /// ε, σ and where the switch begins and ends.
    struct Parameters {
        double epsilon = 0.5;      ///< ε [eV], positive
        double sigma = 2.2;        ///< σ [Å], positive
        double switch_from = 4.5;  ///< r_s [Å], in (0, r_c)
        double cutoff = 5.5;       ///< r_c [Å]
    };

    /// \throws InputError if a parameter is out of its range
    explicit LennardJones(Parameters const& p);

    /// φ(r) s(r) and its slope at a distance r [Å].
    struct Pair {
        double energy;  ///< [eV]
        double slope;   ///< [eV/Å]
    };
    [[nodiscard]] Pair pair(double r) const;

    [[nodiscard]] double cutoff() const override { return p_.cutoff; }
    [[nodiscard]] Prediction predict(Structure const& structure,
                                     Neighbours const& neighbours) const override;

private:
    Parameters p_;
};

}  // namespace kamacite

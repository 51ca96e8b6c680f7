#pragma once
#include <map>
#include <span>
#include <utility>

#include "kamacite/potential/potential.hpp"

namespace kamacite {

/// Screened repulsion of nuclei, the same formula for all pairs of elements, switched off smoothly:
///
///     E_i = ½ Σ_j φ(r_ij) s(r_ij),   φ(r) = (Z_i Z_j e²/4πε₀ r) χ(r/a)
///     χ(x) = 0.18175 e^(−3.1998x) + 0.50986 e^(−0.94229x) + 0.28022 e^(−0.4029x)
///            + 0.02817 e^(−0.20162x),    a = 0.46850 Å / (Z_i^0.23 + Z_j^0.23)
///     s(r) = 1 for r ≤ r₁, 0 for r ≥ r₂, and 1 − t⁴ (35 − 84t + 70t² − 20t³) with
///            t = (r − r₁)/(r₂ − r₁) in between: three continuous derivatives
///
/// Source: Ziegler, Biersack, Littmark, The Stopping and Range of Ions in Solids (Pergamon, 1985).
class Zbl final : public Potential {
public:
    /// Where the switch begins and ends.
    struct Switch {
        double inner = 1.0;  ///< r₁ [Å], not negative
        double outer = 2.0;  ///< r₂ [Å], above r₁
    };
    /// Switches of pairs of atomic numbers, the smaller first.
    using Pairs = std::map<std::pair<int, int>, Switch>;

    /// \param others  of the pairs of elements that are not in `pairs`
    /// \throws InputError if a switch is out of its range
    explicit Zbl(Switch const& others, Pairs pairs = {});

    /// φ(r) s(r) and its slope for two atomic numbers at a distance r [Å], positive.
    struct Pair {
        double energy;  ///< [eV]
        double slope;   ///< [eV/Å]
    };
    [[nodiscard]] Pair pair(int z1, int z2, double r) const;

    [[nodiscard]] Switch const& switch_of(int z1, int z2) const;
    [[nodiscard]] Switch const& others() const noexcept { return others_; }
    [[nodiscard]] Pairs const& pairs() const noexcept { return pairs_; }
    [[nodiscard]] double cutoff() const override { return reach_; }  ///< the largest r₂ [Å]
    [[nodiscard]] Prediction predict(Structure const& structure,
                                     Neighbours const& neighbours) const override;
    /// The same where only the atomic numbers are at hand, those of ghosts behind the others.
    /// \param neighbours  may reach farther
    [[nodiscard]] Prediction predict(std::span<int const> species,
                                     Neighbours const& neighbours) const;

private:
    Switch others_;
    Pairs pairs_;
    double reach_;
};

}  // namespace kamacite

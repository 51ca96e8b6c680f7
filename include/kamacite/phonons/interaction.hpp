#pragma once
#include <span>

#include "kamacite/phonons/third_order.hpp"

namespace kamacite::phonons {

/// Third-order constants over masses, summed over the places of atoms for one wave vector at a
/// time:
///
///     A = Σ_ijk Φ_iα,jβ,kγ e_iα e′_jβ e″_kγ e^(i(q·r_i + q′·r_j + q″·r_k))/(m_i m_j m_k)^½
class Interaction {
public:
    Interaction(Harmonic const& crystal, ThirdOrder const& third);

    /// Σ_jβ for each branch of q′ and each place of k, 3 × 3 in α, γ: [branch][place].
    using Contracted = std::vector<std::vector<Eigen::Matrix3cd>>;
    /// \param vectors  of q′, as Modes::vectors
    [[nodiscard]] Contracted with_second(Vec3 const& q, ComplexMatrix const& vectors) const;

    /// e^(iq″·(r_k − r_i)) for each place of k, with the phase of i.
    [[nodiscard]] std::vector<std::complex<double>> phases(Vec3 const& q1, Vec3 const& q2,
                                                           Vec3 const& q3) const;

    /// Σ over the places of k: the matrix B with A = eᵀ B e″ [1/(Å eV^½ fs³)], 3N × 3N.
    [[nodiscard]] ComplexMatrix between(std::vector<Eigen::Matrix3cd> const& contracted,
                                        std::span<std::complex<double> const> phases) const;

private:
    struct Second {
        int j;       // of the unit cell
        Vec3 apart;  // r_j − r_i, fractional
        Tensor3 constants;
    };
    struct Third {
        int i, k;
        Vec3 apart;  // r_k − r_i
        std::vector<Second> seconds;
    };
    int branches_;
    std::vector<Vec3> places_;  // of the unit cell's atoms, fractional
    std::vector<Third> thirds_;
};

/// Mode Grüneisen parameters from third-order constants,
///
///     γ = −1/(6ω²) Σ Φ_iα,jβ,kγ e*_iα e_jβ e^(iq·(r_j − r_i)) r_kγ/(m_i m_j)^½
///
/// of crystals in which no atom moves against the others as the volume changes (one atom to a cell,
/// or all fixed by symmetry). As the other grueneisen_parameters() of crystals at three volumes,
/// but where branches meet and for what the cutoff of the third order leaves out. \returns one per
/// branch; 0 where ω is 0 Source: Barron and Klein, in Dynamical Properties of Solids 1,
/// North-Holland (1974).
[[nodiscard]] std::vector<double> grueneisen_parameters(Harmonic const& crystal,
                                                        ThirdOrder const& third, Vec3 const& q);

}  // namespace kamacite::phonons

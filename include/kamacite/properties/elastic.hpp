#pragma once
#include "kamacite/dynamics/relax.hpp"

namespace kamacite::properties {

/// A tensor of fourth rank in Voigt's notation.
using Mat6 = Eigen::Matrix<double, 6, 6>;

/// Elastic constants in Voigt's order xx, yy, zz, yz, xz, xy.
struct ElasticConstants {
    Mat6 c;       ///< C_ij = ∂σ_i/∂ε_j [eV/Å³]; ε_4 = 2 ε_yz, and so on
    Mat6 error;   ///< by which the two steps of the differences disagree [eV/Å³]
    Mat3 stress;  ///< of the structure as given [eV/Å³]; where it is not 0, C are those of Birch

    /// Means over what is equal in a cubic crystal along its axes.
    [[nodiscard]] double c11() const { return (c(0, 0) + c(1, 1) + c(2, 2)) / 3.0; }
    [[nodiscard]] double c12() const {
        return (c(0, 1) + c(1, 0) + c(0, 2) + c(2, 0) + c(1, 2) + c(2, 1)) / 6.0;
    }
    [[nodiscard]] double c44() const { return (c(3, 3) + c(4, 4) + c(5, 5)) / 3.0; }
    /// Whether every small strain costs energy: all eigenvalues of the symmetric part are positive.
    [[nodiscard]] bool stable() const;
};

/// Elastic constants by central differences of the stress at ±δ and ±δ/2, extrapolated to δ → 0;
/// atoms are relaxed in every strained cell if the unstrained one, which is taken to be at rest,
/// has more than one.
/// \param strain  δ, positive, e.g. 0.004
/// \throws NumericalError naming the strain if a relaxation does not converge
[[nodiscard]] ElasticConstants elastic_constants(Potential const& potential, Structure const& s,
                                                 double strain,
                                                 dynamics::RelaxOptions const& relax = {});

}  // namespace kamacite::properties

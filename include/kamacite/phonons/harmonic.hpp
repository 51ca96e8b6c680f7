#pragma once
#include <complex>

#include "kamacite/phonons/force_constants.hpp"

namespace kamacite::phonons {

using ComplexMatrix = Eigen::MatrixXcd;  ///< of 3N rows: component α of atom i is row 3i + α

/// 1 THz as an angular frequency [1/fs]: ω = 2π ν.
inline constexpr double thz = 2.0 * 3.14159265358979323846 * 1e-3;

/// Vibrations of one wave vector.
struct Modes {
    /// ω [1/fs], 3N, ascending; −√(−ω²) where ω² is negative: the crystal is unstable there.
    std::vector<double> frequencies;
    ComplexMatrix vectors;  ///< columns: eigenvectors e of D(q), of length one
};

/// The harmonic crystal:
///
///     D_iα,jβ(q) = (m_i m_j)^(−½) Σ_R Φ_iα,jβ(R) e^(iq·(r_j + R − r_i)),   ω² e = D e
///
/// Of the images of an atom in the supercell the nearest counts; if several are equally near, each
/// with an equal part. Masses are the standard ones.
/// Source: Parlinski, Li and Kawazoe, Phys. Rev. Lett. 78, 4063 (1997).
class Harmonic {
public:
    explicit Harmonic(ForceConstants constants);

    [[nodiscard]] ForceConstants const& constants() const noexcept { return constants_; }
    [[nodiscard]] Structure const& unit() const noexcept { return constants_.supercell.unit(); }
    [[nodiscard]] int branches() const noexcept { return 3 * unit().size(); }

    /// \param q  in units of the reciprocal vectors of the unit cell: q·r = 2π Σ q_k x_k
    [[nodiscard]] ComplexMatrix dynamical_matrix(Vec3 const& q) const;
    /// ∂D/∂q_α for Cartesian q [Å 1/fs²].
    [[nodiscard]] std::array<ComplexMatrix, 3> gradient(Vec3 const& q) const;

    [[nodiscard]] Modes modes(Vec3 const& q) const;

    /// Group velocities ∂ω/∂q [Å/fs] of modes(q): ⟨e|∂D/∂q|e⟩/2ω. Where branches meet, those of
    /// the eigenvectors of ∂D/∂q along a direction that no symmetry holds; 0 where ω is 0.
    [[nodiscard]] std::vector<Vec3> velocities(Vec3 const& q, Modes const& modes) const;

private:
    struct Term {
        int i, j;    // of the unit cell
        Vec3 apart;  // fractional, of the unit cell
        Mat3 block;  // Φ over √(m_i m_j) and the number of equally near images
    };
    ForceConstants constants_;
    std::vector<Term> terms_;
};

/// The vectors from atom i of the unit cell to the nearest images of atom j of the supercell, in
/// fractional coordinates of the unit cell; several if they are equally near, within 1e-5 Å.
[[nodiscard]] std::vector<Vec3> nearest_images(Supercell const& supercell, int i, int j);

}  // namespace kamacite::phonons

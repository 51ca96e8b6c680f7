#pragma once
#include <cstdint>

#include "kamacite/phonons/mesh.hpp"
#include "kamacite/phonons/third_order.hpp"

namespace kamacite::phonons {

/// All modes of the whole grid of a mesh, mode b of grid point g at [g · branches + b].
struct GridModes {
    int branches = 0;
    std::vector<double> frequencies;  ///< ω [1/fs]
    /// [Å/fs]; of modes of one frequency their mean, which does not depend on how their vectors are
    /// chosen.
    std::vector<Vec3> velocities;
    std::vector<ComplexMatrix> vectors;  ///< per grid point, as Modes::vectors
};

/// \throws NumericalError naming q if a frequency is imaginary
[[nodiscard]] GridModes grid_modes(Harmonic const& crystal, Mesh const& mesh);

/// Modes below this ω [1/fs] are translations of the crystal: they neither scatter nor carry heat.
inline constexpr double still = 1e-3 * thz;

/// How δ(ω − f) is taken over the grid: by linear tetrahedra, or by a Gaussian of one width, with
/// which the matrix of collisions is symmetric to rounding.
struct Broadening {
    double width = 0.0;  ///< of the Gaussian [1/fs]; 0: tetrahedra
};

/// One way in which a phonon λ scatters.
struct Process {
    enum class Kind : std::uint8_t {
        decay,       ///< ω → ω′ + ω″, q + q′ + q″ = G: −λ′ and −λ″ are made
        absorption,  ///< ω + ω′ → ω″: λ′ vanishes, −λ″ is made
        isotope,     ///< ω → ω′: λ′ is made
    };
    std::uint32_t second, third;  ///< modes λ′ and λ″, as GridModes counts; equal for isotopes
    Kind kind;
    /// decay, absorption: (πħ/4N) |A|²/(ωω′ω″) δ(…), isotope: (π/2N) ωω′ Σ_i g_i |e*_i·e′_i|² δ(ω −
    /// ω′) [1/fs]; the factors of occupation are left out.
    double strength;
};

/// The processes of the modes of one irreducible point: one list per branch.
using PointProcesses = std::vector<std::vector<Process>>;

/// What scatters phonons.
struct Scatterers {
    ThirdOrder const& third;       ///< other phonons
    std::vector<double> isotopes;  ///< g per atom of the unit cell, 0 without; or empty
};

/// All processes that conserve energy, for some irreducible points of the mesh, with
///
///     A = Σ Φ_ijk e_i e′_j e″_k e^(i(q·r_i + q′·r_j + q″·r_k))/(m_i m_j m_k)^½
///
/// \param points  indices into Mesh::points
/// Source: Togo, Chaput and Tanaka, Phys. Rev. B 91, 094306 (2015); isotopes: Tamura, Phys. Rev. B
/// 27, 858 (1983).
[[nodiscard]] std::vector<PointProcesses> find_processes(Harmonic const& crystal,
                                                         Scatterers const& scatterers,
                                                         Mesh const& mesh, GridModes const& modes,
                                                         std::vector<int> const& points,
                                                         Broadening const& broadening);

/// The grid point of each irreducible point.
[[nodiscard]] std::vector<int> grid_indices(Mesh const& mesh);

}  // namespace kamacite::phonons

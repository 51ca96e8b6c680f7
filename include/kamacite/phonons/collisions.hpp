#pragma once
#include "kamacite/phonons/scattering.hpp"

namespace kamacite::phonons {

/// How vectors of the modes at the irreducible points of a mesh become those of the whole grid, and
/// back. Irreducible modes count as point · branches + branch. Keeps references to its arguments.
class Star {
public:
    Star(SpaceGroup const& group, Mesh const& mesh, GridModes const& modes);

    [[nodiscard]] Mesh const& mesh() const noexcept { return mesh_; }
    [[nodiscard]] GridModes const& modes() const noexcept { return modes_; }
    [[nodiscard]] std::size_t branches() const { return std::size_t(modes_.branches); }
    [[nodiscard]] std::size_t points() const { return grid_.size(); }
    /// Grid points that are equivalent to an irreducible one.
    [[nodiscard]] int size(std::size_t point) const { return sizes_[point]; }
    /// Of an irreducible mode, as GridModes counts.
    [[nodiscard]] std::size_t mode(std::size_t point, std::size_t branch) const {
        return std::size_t(grid_[point]) * branches() + branch;
    }
    /// Vectors of the whole grid from those of the irreducible modes: they turn with q.
    [[nodiscard]] std::vector<Vec3> spread(std::vector<Vec3> const& irreducible) const;
    /// Their mean over the group and over modes of one frequency, of three numbers a mode of the
    /// grid.
    [[nodiscard]] std::vector<Vec3> fold(std::span<double const> vectors) const;
    /// The same of one number a mode, which no operation changes.
    [[nodiscard]] std::vector<double> fold_scalars(std::span<double const> scalars) const;

private:
    template <class T>
    void level(std::vector<T>& values, T const& zero) const;

    Mesh const& mesh_;
    GridModes const& modes_;
    std::vector<int> grid_;  // grid index of each irreducible point
    std::vector<int> sizes_;
    std::vector<Mat3> turns_;  // per grid point, from its irreducible one
    std::vector<Mat3> kept_;   // per irreducible point: projects onto what its symmetry leaves
};

/// The matrix of collisions Ω at one temperature,
///
///     φΩφ = Σ R (φ_λ + φ_λ′ + φ_λ″)² + Σ R_iso (φ_λ − φ_λ′)²
///     R = (πħ/4N) |A|²/(ωω′ω″) δ(…)/(8 s s′ s″),   s = sinh(ħω/2kT)
///
/// over the processes of all modes; R is the rate n(n′ + 1)(n″ + 1)|…|² of the process and of its
/// reverse. Each process is found from all modes that take part in it, with a δ of its own where δ
/// is by tetrahedra; their mean makes Ω symmetric and positive semidefinite on every mesh. Keeps
/// references to its arguments.
/// Source: Chaput, Phys. Rev. Lett. 110, 265506 (2013), the symmetric form.
class Collisions {
public:
    /// \param points     the irreducible points of this rank …
    /// \param processes  … and their processes, as find_processes()
    /// \param sines      s of all modes of the grid; 0 of translations
    Collisions(mpi::Communicator const& comm, Star const& star, std::vector<int> const& points,
               std::vector<PointProcesses> const& processes, std::vector<double> const& sines);

    /// Ω times vectors φ of the irreducible modes [1/fs times that of φ]. Collective.
    [[nodiscard]] std::vector<Vec3> operator()(std::vector<Vec3> const& phi) const;
    /// Σ R of the processes of each irreducible mode [1/fs], the diagonal of Ω but for processes in
    /// which a mode takes part twice; n(n + 1)/τ. Collective.
    [[nodiscard]] std::vector<double> leaving() const;

private:
    template <class Visit>
    void each(Visit&& visit) const {
        auto weight = weights_.begin();
        for (std::size_t k = 0; k < points_.size(); ++k)
            for (std::size_t b = 0; b < star_.branches(); ++b)
                for (auto const& process : processes_[k][b])
                    visit(star_.mode(std::size_t(points_[k]), b), process, *weight++);
    }
    mpi::Communicator const& comm_;
    Star const& star_;
    std::vector<int> const& points_;
    std::vector<PointProcesses> const& processes_;
    std::vector<double> weights_;  // R, with the star of λ and the mean over who takes part
};

}  // namespace kamacite::phonons

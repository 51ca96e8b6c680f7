#pragma once
#include <array>

#include "kamacite/potential/eam_tables.hpp"
#include "kamacite/potential/potential.hpp"

namespace kamacite {

/// A function given on an equal grid from zero, n ≥ 5 points a step h apart, by cubics between
/// them:
///
///     f(x) = f_k + t (g_k + t (3 d − 2 g_k − g_k+1 + t (g_k + g_k+1 − 2 d)))
///     t = x/h − k,   d = f_k+1 − f_k
///     g_k = (f_k−2 − 8 f_k−1 + 8 f_k+1 − f_k+2)/12, the slope times h from five points; next to an
///     end from the two points beside it, (f_k+1 − f_k−1)/2; at an end from the last two, d
///
/// The function and its slope are continuous. Below 0 the first cubic goes on; beyond the last
/// point value and slope are those of the last point.
/// Source: LAMMPS manual, pair_style eam; the ends as its program has them.
class EvenSpline {
public:
    EvenSpline(std::vector<double> const& values, double step);

    /// f(x) and f'(x).
    struct Point {
        double value, slope;
    };
    [[nodiscard]] Point at(double x) const noexcept;
    [[nodiscard]] double last() const noexcept { return last_; }  ///< x of the last point

private:
    std::vector<std::array<double, 4>> cubics_;  // of t, by ascending power
    double per_step_;                            // 1/h
    double last_;
};

/// Embedded atoms and Finnis-Sinclair potentials from tables:
///
///     E_i = F_α(ρ_i) + ½ Σ_j φ_αβ(r_ij),   ρ_i = Σ_j ρ_αβ(r_ij)
///
/// α, β: elements of i and j; F, ρ and r φ by EvenSpline; F goes on as a straight line above the
/// last density of its table. Numbers are those of LAMMPS with the same file.
/// Source: Daw and Baskes, Phys. Rev. B 29, 6443 (1984); Finnis and Sinclair, Phil. Mag. A 50, 45
/// (1984).
class EmbeddedAtom final : public Potential {
public:
    /// \param tables  as parse_eam() makes them; each has at least 5 points
    explicit EmbeddedAtom(EamTables const& tables);

    [[nodiscard]] double cutoff() const override { return cutoff_; }
    [[nodiscard]] std::vector<int> const& elements() const noexcept { return elements_; }

    /// The lists may be those of the first neighbours.size() atoms alone. The atoms behind them are
    /// ghosts: they have no energy of their own, and get forces and virials from the energies of
    /// the atoms with lists.
    /// \returns energies: one per list; forces and virials: one per atom
    [[nodiscard]] Prediction predict(Structure const& structure,
                                     Neighbours const& neighbours) const override;

private:
    std::vector<int> elements_;
    double cutoff_;
    std::vector<EvenSpline> embedding_;  // [α]
    std::vector<EvenSpline> density_;    // [β n + α]
    std::vector<EvenSpline> pair_;       // [α n + β], r φ
};

}  // namespace kamacite

#pragma once
#include <memory>
#include <span>
#include <vector>

#include "kamacite/descriptors/functions.hpp"
#include "kamacite/neighbours/neighbours.hpp"

namespace kamacite {

namespace detail {
struct Plan;
}

/// A set of symmetry functions for one or more elements: three exact operations, none of which
/// stores ∂G/∂r.
///
/// The functions of centre element e are numbered 0 … size(e)−1: kind by kind as in FunctionSet,
/// those of a kind in the order given. Matrices have one row per atom and width() columns; the
/// columns beyond size(e) of an atom's element are zero.
class Descriptors {
public:
    /// \param least_moment  below this, an atom has no direction [μ_B]; 0: all have one
    /// \throws InputError if a function is malformed (η < 0, r_c ≤ 0, ζ < 1, an element not in
    ///         `elements`), or an element has no function
    Descriptors(std::vector<int> elements, FunctionSet functions, double least_moment = 0.0);

    [[nodiscard]] std::vector<int> const& elements() const noexcept { return elements_; }
    [[nodiscard]] FunctionSet const& functions() const noexcept { return functions_; }
    [[nodiscard]] int size(int species) const;                        ///< functions of its element
    [[nodiscard]] int width() const noexcept { return width_; }       ///< the largest size()
    [[nodiscard]] double cutoff() const noexcept { return cutoff_; }  ///< the largest r_c [Å]

    /// Whether functions tell atoms of an element apart by the direction of their moments.
    [[nodiscard]] bool has_directions(int element) const;
    [[nodiscard]] bool has_directions() const noexcept { return !directed_.empty(); }  ///< any
    [[nodiscard]] double least_moment() const noexcept { return least_moment_; }
    /// What kind a neighbour is for a centre, as functions name it.
    [[nodiscard]] int seen_as(int centre_species, int species) const;

    /// \param species  species of each atom that `neighbours` names, whose signs matter only if
    ///                 has_directions(); there may be
    ///                 more atoms than lists (atoms of other domains), with the listed ones first
    /// \returns G, shape (n_atoms, width()), dimensionless
    /// \throws DataError if an atom's element is not in elements()
    [[nodiscard]] Matrix evaluate(Neighbours const& neighbours, std::span<int const> species) const;

    struct Pulled {
        std::vector<Vec3> forces;   ///< −∂E/∂r_i [eV/Å], one per atom of `species`
        std::vector<Mat3> virials;  ///< W_i [eV], as Prediction::virials
    };
    /// Pulls a gradient back through evaluate(): given ∂E_i/∂G_ik it gives forces and virials.
    /// \param dE_dG  shape (n_atoms, width()) [eV]; columns beyond an element's size() are not read
    [[nodiscard]] Pulled pull_back(Neighbours const& neighbours, std::span<int const> species,
                                   Matrix const& dE_dG) const;

    /// Derivative of evaluate() along a motion: r_ij changes by δ_j − δ_i + ε_i r_ij.
    /// \param displacements  δ [Å], one per atom of `species`
    /// \param strains        ε, one per list (the structure of atom i is strained by ε_i)
    /// \returns Ġ, shape (n_atoms, width())
    [[nodiscard]] Matrix tangent(Neighbours const& neighbours, std::span<int const> species,
                                 std::span<Vec3 const> displacements,
                                 std::span<Mat3 const> strains) const;

    [[nodiscard]] detail::Plan const& plan() const noexcept { return *plan_; }  ///< for kernels

private:
    std::shared_ptr<detail::Plan const> plan_;  // never changes: copies share it
    std::vector<int> elements_;
    std::vector<int> directed_;  // those with directions
    FunctionSet functions_;
    int width_ = 0;
    double cutoff_ = 0.0;
    double least_moment_ = 0.0;
};

}  // namespace kamacite

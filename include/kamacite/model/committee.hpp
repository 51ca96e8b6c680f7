#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/model/model.hpp"

namespace kamacite {

/// How far the members of a committee are apart, times the factors of its calibration: their
/// disagreement tells where not to trust them.
struct Spread {
    double energy = 0.0;         ///< √(Σ_m (E_m − Ē)²/(n − 1)) of the energy [eV]
    std::vector<double> forces;  ///< √(Σ_m |F_m − F̄|²/(n − 1)) of each atom [eV/Å]
};

/// What a committee says of one structure.
struct CommitteePrediction {
    Prediction mean;  ///< of the members, number by number; of extrapolation and grade the largest
    std::optional<Spread> spread;  ///< absent for a committee of one
};

/// Factors by which the spread of a committee's members is multiplied, so that it is a standard
/// deviation of the error of their mean (docs/theory/uncertainty.md).
struct Calibration {
    double energy = 1.0, forces = 1.0;
};

/// Models of the same quantities and elements that are asked together. A single model is a
/// committee of one. Source: Schran, Brezina, Marsalek, J. Chem. Phys. 153, 104105 (2020).
class Committee {
public:
    /// \param names  of the members, for errors; may be empty
    /// \throws DataError if there is none, or naming the member that has other elements, predicts
    ///         other quantities than the first, or sees directions from another least moment on
    explicit Committee(std::vector<Model> members, std::vector<std::string> const& names = {});

    [[nodiscard]] std::vector<Model> const& members() const noexcept { return members_; }
    [[nodiscard]] int size() const noexcept { return static_cast<int>(members_.size()); }
    [[nodiscard]] double cutoff() const noexcept { return cutoff_; }  ///< the largest [Å]
    [[nodiscard]] int element_index(int species) const {  ///< \throws DataError if not known
        return members_.front().element_index(species);
    }
    /// Whether a member tells atoms apart by the direction of their moments.
    [[nodiscard]] bool has_directions() const;
    /// Below this an atom has no direction for them [μ_B].
    [[nodiscard]] double least_moment() const;

    /// Factors of the spread; 1 unless they are set.
    [[nodiscard]] Calibration const& calibration() const noexcept { return calibration_; }
    void set_calibration(Calibration const& calibration) noexcept { calibration_ = calibration; }

    /// As Model::predict(). \param block  with neighbours within cutoff()
    [[nodiscard]] std::vector<CommitteePrediction> predict(
        Block const& block, std::span<Conditions const> conditions = {}) const;

    /// The same for one structure, which may have ghosts as Potential::predict() has them. With
    /// ghosts there is no spread: that of a force is not the sum of the spreads of its parts.
    [[nodiscard]] CommitteePrediction predict(Structure const& structure,
                                              Neighbours const& neighbours,
                                              Conditions const& conditions = {}) const;

private:
    std::vector<Model> members_;
    double cutoff_ = 0.0;
    Calibration calibration_;
};

}  // namespace kamacite

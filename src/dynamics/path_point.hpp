#pragma once
#include <vector>

#include "kamacite/dynamics/free_structure.hpp"

namespace kamacite::dynamics {

/// Where a structure stands, as numbers that ranks share in the order of the atoms:
///
///     r_i = F (r_i⁰ + x_i),   h = F h⁰ (columns),   F = 1 + U/L
///
/// with x_i, three numbers for each atom of a rank's block, and U, nine numbers behind them on the
/// last rank. The gradient is
///
///     ∂H/∂x_i = −Fᵀ F_i,   ∂H/∂U = −(W − p V 1) F⁻ᵀ/L, of which the part that is free
class PathPoint {
public:
    /// \param s  must outlive this; r⁰ and h⁰ are where it stands
    explicit PathPoint(FreeStructure& s);

    /// Where it stands now.
    [[nodiscard]] std::vector<double> const& coordinates() const noexcept { return at_; }
    /// How many of them belong to atoms.
    [[nodiscard]] std::size_t atom_numbers() const noexcept { return atom_numbers_; }
    /// The longest way [Å] of an atom from the point that was accepted last, or ten ångström times
    /// the strain of the cell since then if that is more. Collective.
    [[nodiscard]] double stride(std::vector<double> const& to) const;
    /// The longest way [Å] of an atom from r⁰ to where it stands. Collective.
    [[nodiscard]] double far_from_start() const;
    /// Moves the structure there and evaluates it, if it is not there. Collective.
    void go_to(std::vector<double> const& to);
    /// H − H at r⁰, h⁰ [eV]. Changes since the last accepted point that rounding would hide are
    /// those of the forces' work, ½ (g + g′)·(x − x′).
    [[nodiscard]] double value() const noexcept { return value_; }
    [[nodiscard]] std::vector<double> const& gradient() const noexcept { return gradient_; }
    /// The structure stands where a step has led.
    void accept();

private:
    void evaluate();
    [[nodiscard]] Mat3 strain_of(std::vector<double> const& x) const;

    FreeStructure* s_;
    std::size_t atom_numbers_;
    std::vector<double> at_, gradient_;
    Mat3 F_ = Mat3::Identity();
    double value_ = 0.0, change_at_start_;
    // of the point that was accepted last
    std::vector<double> accepted_, accepted_gradient_;
    double accepted_value_ = 0.0, accepted_change_ = 0.0;
};

}  // namespace kamacite::dynamics
